"""Topologies that import each other, as the command line reads them."""

from pathlib import Path

import pytest

from penstock.graph.flow import flow
from penstock.graph.forms import forms
from penstock.hops.wrapping import Envelope, envelopes
from penstock.model.component import Form
from penstock.pipeline import check_every, load, owners
from penstock.plan.values import GetAtt, ImportValue, Ref
from tests.cli.conftest import Penstock
from tests.cli.workspaces import compiled, told, workspace
from tests.templates import of_type
from tests.topologies import EXAMPLES, complete, example


def test_what_is_imported_is_found_by_what_its_owner_exports(tmp_path: Path) -> None:
    template = compiled(workspace(tmp_path))
    (subscription,) = of_type(template, "AWS::SNS::Subscription").values()
    assert subscription["TopicArn"] == ImportValue("inventory-news")
    assert subscription["FilterPolicy"] == {"message": ["Reserved"]}
    assert told(tmp_path / "shop" / "topology.yaml") == []
    assert len(of_type(template, "AWS::SQS::Queue")) == len(of_type(template, "AWS::SQS::QueuePolicy")) == 3


def test_names_with_an_alias_make_legal_and_unique_ids(tmp_path: Path) -> None:
    template = compiled(workspace(tmp_path))
    assert all(name.isalnum() for name in template["Resources"])
    variables = of_type(template, "AWS::Lambda::Function")["ShopFunction"]["Environment"]["Variables"]
    assert "PENSTOCK_QUEUE_STOCK__INTAKE" in variables


def test_a_physical_name_makes_an_arn(tmp_path: Path) -> None:
    path = workspace(tmp_path, news="{physical_name: news}")
    (subscription,) = of_type(compiled(path), "AWS::SNS::Subscription").values()
    assert subscription["TopicArn"].text == "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:news"


def test_what_is_not_published_cannot_be_used(tmp_path: Path) -> None:
    assert told(workspace(tmp_path, news="{}")) == [
        (
            "REF036",
            "topology 'inventory' does not publish topic 'news'",
            "write `export: true` for it in ../inventory/topology.yaml",
        )
    ]


def test_journeys_begin_at_what_others_send_to(penstock: Penstock) -> None:
    ran = penstock("explain", str(EXAMPLES / "workspace" / "shipping" / "topology.yaml"))
    assert ran.out.startswith("bus 'commerce/events'\n  to queue 'to-pack': StockReserved\n")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("", "topology '../inventory/topology.yaml' cannot be imported: there is no file"),
        ("penstock: 1\nname: a\ntopics: {a: {colour: red}}\n", "topic 'a' has an unknown key 'colour'"),
        ("a: [", "cannot be imported"),
    ],
)
def test_a_fault_of_an_import_is_told_once_where_it_is_imported(tmp_path: Path, broken: str, message: str) -> None:
    path = workspace(tmp_path)
    other = tmp_path / "inventory" / "topology.yaml"
    other.write_text(broken, encoding="utf-8")
    if not broken:
        other.unlink()
    (found,) = check_every(path).diagnostics
    assert found.code == "REF032"
    assert message in found.message
    assert found.span.source.path.endswith("shop/topology.yaml")


@pytest.mark.parametrize(
    ("before", "after", "code", "message"),
    [
        ("stock/news", "stok/news", "REF034", "no topology is imported as 'stok'"),
        ("stock/news", "stock/nwes", "REF001", "topology 'inventory' has no component 'nwes'"),
        ("[stock/Reserved]", "[stock/Sold]", "REF005", "topology 'inventory' has no message 'Sold'"),
    ],
)
def test_a_name_that_nothing_has(tmp_path: Path, before: str, after: str, code: str, message: str) -> None:
    path = workspace(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert [(one[0], one[1]) for one in told(path)] == [(code, message)]


def test_what_is_published_as_a_parameter_is_found_by_that(tmp_path: Path) -> None:
    template = compiled(workspace(tmp_path, news="{export: {ssm: /stock/news}}"))
    parameter, declared = next(item for item in template["Parameters"].items() if "News" in item[0])
    assert (declared["Type"], declared["Default"]) == ("AWS::SSM::Parameter::Value<String>", "/stock/news")
    (subscription,) = of_type(template, "AWS::SNS::Subscription").values()
    assert subscription["TopicArn"] == Ref(parameter)


def test_an_owner_publishes_all_its_components_in_one_way(tmp_path: Path) -> None:
    path = workspace(tmp_path, inventory="exports: ssm")
    read = {one["Default"] for one in compiled(path)["Parameters"].values()}
    assert {"/inventory/news", "/inventory/intake"} <= read
    owner = compiled(tmp_path / "inventory" / "topology.yaml")
    published = {one["Name"]: one["Value"] for one in of_type(owner, "AWS::SSM::Parameter").values()}
    assert published == {"/inventory/news": Ref("NewsTopic"), "/inventory/intake": GetAtt("IntakeQueue", "Arn")}


BACK = """
imports: {shop: ../shop/topology.yaml}
consumers: {back: {from: {source: shop/inbox, batch: {size: 10, partial_failures: true}}, idempotency: {none: harmless}}}
"""


def test_stacks_that_wait_for_each_other_cannot_be_deployed(tmp_path: Path) -> None:
    path = workspace(tmp_path, inventory=BACK)
    path.write_text(path.read_text(encoding="utf-8").replace("inbox: {", "inbox: {export: true, "), encoding="utf-8")
    (fault,) = told(path)
    assert fault == (
        "REF025",
        "stacks wait for each other, so none of them can be the first to be deployed: shop > inventory > shop",
        "let one topology own what both need; what is only sent to is found by its `physical_name`, without `export`",
    )
    assert [one[0] for one in told(tmp_path / "inventory" / "topology.yaml")] == ["REF025"]


def test_what_is_only_sent_to_is_not_waited_for(tmp_path: Path) -> None:
    back = """
imports: {shop: ../shop/topology.yaml}
producers: {back: {type: function, timeout: 30s, publishes: {message: Reserved, to: shop/inbox}}}
"""
    path = workspace(tmp_path, inventory=back)
    named = path.read_text(encoding="utf-8").replace("inbox: {", "inbox: {physical_name: inbox, ")
    path.write_text(named, encoding="utf-8")
    assert told(path) == []


NAMES = ("amber", "birch", "cedar")


def readers(folder: Path, *following: str) -> None:
    """Topologies of which each reads from another."""
    for name, other in zip(NAMES, following, strict=True):
        (folder / name).mkdir()
        text = complete(f"""
name: {name}
imports: {{next: ../{other}/topology.yaml}}
topics: {{news: {{export: true}}}}
queues: {{inbox: {{from: {{source: next/news, dlq: {{}}}}, dlq: {{max_receives: 5}}, visibility_timeout: 2m}}}}
consumers: {{work: {{from: {{source: inbox, batch: {{size: 10, partial_failures: true}}, max_concurrency: 5}}}}}}
""").replace("name: example\n", "")
        (folder / name / "topology.yaml").write_text(text, encoding="utf-8")


def test_a_round_of_three_is_found_from_each(tmp_path: Path) -> None:
    readers(tmp_path, "birch", "cedar", "amber")
    rounds = [told(tmp_path / name / "topology.yaml")[0][1].rpartition(": ")[2] for name in NAMES]
    assert rounds == ["amber > birch > cedar > amber", "birch > cedar > amber > birch", "cedar > amber > birch > cedar"]


def test_owners_are_deployed_before_those_that_read_from_them(tmp_path: Path) -> None:
    readers(tmp_path, "birch", "cedar", "dune")
    (tmp_path / "dune").mkdir()
    quiet = complete("name: dune\ntopics: {news: {export: true}}\nenvironments: {prod: {}}").replace(
        "name: example\n", ""
    )
    (tmp_path / "dune" / "topology.yaml").write_text(quiet, encoding="utf-8")
    order = owners(tmp_path / "amber" / "topology.yaml", "prod")
    assert [(one.path.parent.name, one.environment) for one in order] == [
        ("dune", "prod"),
        ("cedar", None),
        ("birch", None),
    ]


READER = """
consumers: {take: {from: {source: intake, batch: {size: 10, partial_failures: true}}, idempotency: {none: harmless}}}
"""


def test_what_nobody_of_the_owner_sends_is_expected_of_others(tmp_path: Path) -> None:
    path = workspace(tmp_path, inventory=READER)
    assert told(path) == []
    owner = load(tmp_path / "inventory" / "topology.yaml").topology
    assert owner is not None
    assert [message.name for message in flow(owner).at[owner.components["take"]]] == ["Reserved"]
    assert envelopes(owner.components["intake"], owner) == {Envelope.DIRECT}


def test_a_message_that_no_reader_of_the_owner_expects(tmp_path: Path) -> None:
    path = workspace(tmp_path, inventory=READER)
    text = path.read_text(encoding="utf-8").replace("message: stock/Reserved", "message: Sold")
    own = "messages: {Sold: {schema: {type: object}, key: id, idempotency_key: id}}\n"
    path.write_text(text + own, encoding="utf-8")
    ((code, message, _),) = told(path)
    assert (code, message) == ("REF027", "nobody who reads queue 'intake' of topology 'inventory' expects Sold")


def test_an_imported_topic_has_the_forms_that_it_has_at_home(tmp_path: Path) -> None:
    ruled = "{export: true, from: {source: events, dlq: {}}}"
    bus = """
buses: {events: {}}
producers: {stock: {type: function, timeout: 30s, publishes: {message: Reserved, to: events}}}
"""
    path = workspace(tmp_path, news=ruled, inventory=bus)
    guest = load(path).topology
    assert guest is not None
    assert forms(guest.components["stock/news"], guest) == {Form.WRAPPED}
    assert Envelope.WRAPPED in envelopes(guest.components["inbox"], guest)


def test_a_topology_does_not_import_itself(tmp_path: Path) -> None:
    (found,) = check_every(workspace(tmp_path, path="topology.yaml")).diagnostics
    assert found.code == "REF032"
    assert found.message.endswith("it is this one, whose components need no alias")


ALERTS = '"arn:aws:sns:eu-central-1:111122223333:alerts"'


def alarming(folder: Path, owner: str) -> Path:
    path = workspace(folder, inventory=f"alarms: {{notify: {owner}}}")
    path.write_text(path.read_text(encoding="utf-8").replace(ALERTS, "stock/news"), encoding="utf-8")
    return path


def test_alarms_go_to_an_imported_topic_whose_owner_lets_them_in(tmp_path: Path) -> None:
    template = compiled(alarming(tmp_path, "news"))
    told_of = {str(alarm["AlarmActions"]) for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()}
    assert told_of == {str([ImportValue("inventory-news")])}
    assert of_type(template, "AWS::SNS::TopicPolicy") == {}
    (policy,) = of_type(compiled(tmp_path / "inventory" / "topology.yaml"), "AWS::SNS::TopicPolicy").values()
    assert "AllowAlarms" in {statement["Sid"] for statement in policy["PolicyDocument"]["Statement"]}


def test_alarms_do_not_get_into_another_imported_topic(tmp_path: Path) -> None:
    assert told(alarming(tmp_path, ALERTS)) == [
        (
            "REF023",
            "the policy of topic 'news' of topology 'inventory' lets no alarms in",
            "write `alarms: {notify: news}` in ../inventory/topology.yaml",
        )
    ]


def test_imports_may_go_round_in_a_circle() -> None:
    for name in ("commerce", "inventory", "shipping"):
        assert check_every(EXAMPLES / "workspace" / name / "topology.yaml").diagnostics == []


def test_messages_of_others_come_over_a_bus_of_ours() -> None:
    topology = example("workspace/commerce")
    held = flow(topology).at[topology.components["track"]]
    assert [message.name for message in held] == ["ParcelSent", "StockReserved"]


def test_show_tells_what_an_imported_component_is_and_where_that_is_written(tmp_path: Path, penstock: Penstock) -> None:
    ran = penstock("show", "stock/intake", str(workspace(tmp_path)))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("queue 'stock/intake'\n  dlq.max_receives: 5")
    assert "inventory/topology.yaml:" in ran.out


def test_show_knows_a_message_by_its_alias(tmp_path: Path, penstock: Penstock) -> None:
    ran = penstock("show", "stock/Reserved", str(workspace(tmp_path)))
    assert (ran.code, ran.out.splitlines()[0]) == (0, "message 'Reserved'")


def test_nobody_sends_to_an_imported_bus_of_a_partner(tmp_path: Path) -> None:
    path = workspace(tmp_path)
    owner = path.parents[1] / "inventory" / "topology.yaml"
    bus = "buses: {theirs: {partner: aws.partner/example.com/123/orders, export: true}}\n"
    owner.write_text(owner.read_text(encoding="utf-8") + bus, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("to: stock/intake", "to: stock/theirs"), encoding="utf-8")
    ((code, text, _),) = told(path)
    assert (code, text) == (
        "REF050",
        "function 'shop' sends Reserved to bus 'stock/theirs', to which only the partner can send",
    )
