"""Topologies that import each other, as the command line reads them."""

from pathlib import Path

import pytest

from penstock.emit.cloudformation import template as text_of
from penstock.graph.flow import flow
from penstock.hops.lowering import lower
from penstock.pipeline import check, check_every
from penstock.plan.values import GetAtt, ImportValue, Ref, Sub
from tests.cli.conftest import Penstock
from tests.templates import Template, of_type, read
from tests.topologies import EXAMPLES, complete, example

OWNER = """
penstock: 1
name: inventory
messages:
  Reserved: {schema: {type: object}, key: id, idempotency_key: id}
ENVIRONMENTS
topics:
  news: NEWS
queues:
  intake: {dlq: {max_receives: 5}INTAKE}
"""
OURS = """
penstock: 1
name: shop
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
imports: {stock: IMPORT}
ENVIRONMENTS
producers:
  shop: {type: function, publishes: {message: stock/Reserved, to: stock/intake}}
queues:
  inbox: {from: {source: stock/news, messages: [stock/Reserved], dlq: {}}, dlq: {max_receives: 5}, visibility_timeout: 2m}
consumers:
  work: {from: {source: inbox, batch: {size: 10, partial_failures: true}, max_concurrency: 5}, idempotency: {none: harmless}}
"""


def workspace(folder: Path, *, news: str = "{export: true}", intake: str = ", export: true", **more: str) -> Path:
    """Two topologies side by side; the path of the one that imports the other."""
    for name, text in (("inventory", OWNER), ("shop", OURS)):
        for word, own in (
            ("NEWS", news),
            ("INTAKE", intake),
            ("IMPORT", more.get("path", "../inventory/topology.yaml")),
            ("ENVIRONMENTS", more.get(name, "")),
        ):
            text = text.replace(word, own)  # noqa: PLW2901 - one word after another
        (folder / name).mkdir()
        (folder / name / "topology.yaml").write_text(text, encoding="utf-8")
    return folder / "shop" / "topology.yaml"


def compiled(path: Path, environment: str | None = None) -> Template:
    checked = check(path, environment)
    assert checked.topology is not None, checked.diagnostics
    return read(text_of(lower(checked.topology)))


def told(path: Path, environment: str | None = None) -> list[tuple[str, str, str | None]]:
    found = check(path, environment).diagnostics if environment else check_every(path).diagnostics
    return [(one.code, one.message, one.help) for one in found]


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


THERE = 'environments: {prod: {account: "444455556666", region: eu-central-1}}'
HERE = 'environments: {prod: {account: "111122223333", region: eu-central-1}}'
CONSENTING = '{physical_name: news, export: true, allow: {subscribe: ["111122223333"]}}'
TAKING = ', physical_name: intake, export: true, allow: {publish: ["111122223333"]}'


def test_an_owner_in_another_account_must_consent(tmp_path: Path) -> None:
    path = workspace(tmp_path, news="{physical_name: news, export: true}", intake=TAKING, inventory=THERE, shop=HERE)
    assert told(path, "prod") == [
        (
            "REF037",
            "topology 'inventory' does not let account 111122223333 subscribe to topic 'news'",
            'write `allow: {subscribe: ["111122223333"]}` for it in ../inventory/topology.yaml',
        )
    ]


def test_exports_are_not_seen_in_another_account(tmp_path: Path) -> None:
    news = '{export: true, allow: {subscribe: ["111122223333"]}}'
    path = workspace(tmp_path, news=news, intake=TAKING, inventory=THERE, shop=HERE)
    (fault,) = told(path, "prod")
    assert fault[0] == "REF035"
    assert "physical_name" in str(fault[2])


def test_with_consent_an_arn_leads_to_another_account(tmp_path: Path) -> None:
    path = workspace(tmp_path, news=CONSENTING, intake=TAKING, inventory=THERE, shop=HERE)
    (subscription,) = of_type(compiled(path, "prod"), "AWS::SNS::Subscription").values()
    assert subscription["TopicArn"].text == "arn:${AWS::Partition}:sns:eu-central-1:444455556666:news"


KEYED = ', physical_name: intake, encryption: {key: main}, allow: {publish: ["111122223333"]}'
KEY = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def keyed(folder: Path, stated: str) -> Path:
    """A queue in another account that is encrypted with a key of its topology."""
    path = workspace(folder, news=CONSENTING, intake=KEYED, inventory=THERE + "\nkeys: {main: {}}", shop=HERE)
    text = path.read_text(encoding="utf-8")
    other = f"{{topology: ../inventory/topology.yaml{stated}}}"
    path.write_text(text.replace("{stock: ../inventory/topology.yaml}", f"{{stock: {other}}}"), encoding="utf-8")
    return path


def test_a_key_of_another_account_is_known_by_its_arn(tmp_path: Path) -> None:
    template = compiled(keyed(tmp_path, f', keys: {{main: "{KEY}"}}'), "prod")
    (policy,) = of_type(template, "AWS::IAM::Role")["ShopFunctionRole"]["Policies"]
    allowed = {one["Sid"]: (one["Action"], one["Resource"]) for one in policy["PolicyDocument"]["Statement"]}
    assert (["kms:Decrypt", "kms:GenerateDataKey"], KEY) in allowed.values()
    owner = of_type(compiled(tmp_path / "inventory" / "topology.yaml", "prod"), "AWS::KMS::Key")["MainKey"]
    account = {"AWS": Sub("arn:${AWS::Partition}:iam::111122223333:root")}
    admitted = {one["Action"] for one in owner["KeyPolicy"]["Statement"] if one["Principal"] == account}
    assert admitted == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_a_key_of_another_account_must_be_told(tmp_path: Path) -> None:
    ((code, message, help_),) = told(keyed(tmp_path, ""), "prod")
    assert (code, help_) == ("REF035", "write its ARN at the import: `keys: {main: arn:aws:kms:...}`")
    assert message == "key 'main' of topology 'inventory' is in another account or region, where its export is not seen"


def test_a_key_that_nothing_here_needs(tmp_path: Path) -> None:
    ((code, message, _),) = told(keyed(tmp_path, f', keys: {{main: "{KEY}", other: "{KEY}"}}'), "prod")
    assert (code, message) == ("REF046", "nothing here needs a key 'other' of the topology that is imported as 'stock'")


def stating(folder: Path, news: str, **more: str) -> Path:
    """An import that says by itself that the other topology is in another account."""
    path = workspace(folder, news=news, intake=TAKING, **more)
    far = '{topology: ../inventory/topology.yaml, account: "444455556666"}'
    text = path.read_text(encoding="utf-8").replace("{stock: ../inventory/topology.yaml}", f"{{stock: {far}}}")
    path.write_text(text, encoding="utf-8")
    return path


def test_an_import_says_that_it_is_elsewhere(tmp_path: Path) -> None:
    path = stating(tmp_path, CONSENTING)
    assert told(path) == []
    (subscription,) = of_type(compiled(path), "AWS::SNS::Subscription").values()
    assert subscription["TopicArn"].text == "arn:${AWS::Partition}:sns:${AWS::Region}:444455556666:news"


def test_consent_is_asked_for_though_our_own_account_is_not_known(tmp_path: Path) -> None:
    assert told(stating(tmp_path, "{physical_name: news}")) == [
        (
            "REF037",
            "topology 'inventory' does not let other accounts subscribe to topic 'news'",
            'write `allow: {subscribe: ["<account>"]}` for it in ../inventory/topology.yaml',
        )
    ]


def test_an_environment_says_where_an_import_is(tmp_path: Path) -> None:
    ours = 'environments: {prod: {account: "111122223333", imports: {stock: {account: "444455556666"}}, queues: {}}}'
    path = workspace(tmp_path, news=CONSENTING, intake=TAKING, shop=ours)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("{stock: ..", "{stock: {topology: ..").replace("topology.yaml}", "topology.yaml}}"),
        encoding="utf-8",
    )
    topics = [
        next(iter(of_type(compiled(path, one), "AWS::SNS::Subscription").values()))["TopicArn"]
        for one in (None, "prod")
    ]
    assert topics == [
        ImportValue("inventory-news"),
        Sub("arn:${AWS::Partition}:sns:${AWS::Region}:444455556666:news"),
    ]


def test_an_environment_changes_an_import_that_there_is_not(tmp_path: Path) -> None:
    path = workspace(tmp_path, shop="environments: {prod: {imports: {stok: ../inventory}}}")
    assert told(path, "prod") == [
        ("ENV001", "environment 'prod' changes import 'stok', which there is not", "did you mean 'stock'?")
    ]


def test_dead_letters_stay_in_the_account(tmp_path: Path) -> None:
    path = workspace(tmp_path, news=CONSENTING, intake=TAKING, inventory=THERE, shop=HERE)
    text = path.read_text(encoding="utf-8").replace("dlq: {}}", "dlq: {queue: stock/intake}}")
    path.write_text(text, encoding="utf-8")
    (fault,) = told(path, "prod")
    assert fault[0] == "REF037"
    assert fault[1].startswith("queue 'intake' is in account 444455556666, and queue 'inbox' in 111122223333")


def test_journeys_begin_at_what_others_send_to(penstock: Penstock) -> None:
    ran = penstock("explain", str(EXAMPLES / "workspace" / "shipping" / "topology.yaml"))
    assert ran.out.startswith("bus 'commerce/events'\n  to queue 'to-pack': StockReserved\n")


def test_a_topic_is_subscribed_to_from_another_region(tmp_path: Path) -> None:
    far = HERE.replace("eu-central-1", "eu-west-1").replace("111122223333", "444455556666")
    path = workspace(tmp_path, news="{physical_name: news}", inventory=THERE, shop=far)
    path.write_text(path.read_text(encoding="utf-8").replace("to: stock/intake", "to: inbox"), encoding="utf-8")
    (subscription,) = of_type(compiled(path, "prod"), "AWS::SNS::Subscription").values()
    assert subscription["Region"] == "eu-central-1"


def test_only_a_topic_is_read_from_another_region(tmp_path: Path) -> None:
    far = HERE.replace("eu-central-1", "eu-west-1").replace("111122223333", "444455556666")
    path = workspace(tmp_path, news="{physical_name: news}", intake=TAKING, inventory=THERE, shop=far)
    (fault,) = told(path, "prod")
    assert (fault[0], fault[1]) == (
        "REF038",
        "queue 'intake' is in region eu-central-1, and function 'shop' in eu-west-1: AWS does not join them",
    )


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
        "REF045",
        "stacks wait for each other, so none of them can be the first to be deployed: shop > inventory > shop",
        "let one topology own what both need; what is only sent to is found by its `physical_name`, without `export`",
    )
    assert [one[0] for one in told(tmp_path / "inventory" / "topology.yaml")] == ["REF045"]


def test_what_is_only_sent_to_is_not_waited_for(tmp_path: Path) -> None:
    back = """
imports: {shop: ../shop/topology.yaml}
producers: {back: {type: function, publishes: {message: Reserved, to: shop/inbox}}}
"""
    path = workspace(tmp_path, inventory=back)
    named = path.read_text(encoding="utf-8").replace("inbox: {", "inbox: {physical_name: inbox, ")
    path.write_text(named, encoding="utf-8")
    assert told(path) == []


def test_a_round_of_three_is_found_from_each(tmp_path: Path) -> None:
    names = ("amber", "birch", "cedar")
    for name, following in zip(names, (*names[1:], names[0]), strict=True):
        (tmp_path / name).mkdir()
        text = complete(f"""
name: {name}
imports: {{next: ../{following}/topology.yaml}}
topics: {{news: {{export: true}}}}
queues: {{inbox: {{from: {{source: next/news, dlq: {{}}}}, dlq: {{max_receives: 5}}, visibility_timeout: 2m}}}}
consumers: {{work: {{from: {{source: inbox, batch: {{size: 10, partial_failures: true}}, max_concurrency: 5}}}}}}
""").replace("name: example\n", "")
        (tmp_path / name / "topology.yaml").write_text(text, encoding="utf-8")
    rounds = [told(tmp_path / name / "topology.yaml")[0][1].rpartition(": ")[2] for name in names]
    assert rounds == ["amber > birch > cedar > amber", "birch > cedar > amber > birch", "cedar > amber > birch > cedar"]


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
            "REF043",
            "the policy of topic 'news' of topology 'inventory' lets no alarms in",
            "write `alarms: {notify: news}` in ../inventory/topology.yaml",
        )
    ]


BUSES = """
penstock: 1
name: inventory
messages: {Reserved: {schema: {type: object}, key: id, idempotency_key: id}}
environments: {prod: {account: "444455556666", region: eu-central-1}}
buses: {events: {physical_name: events, allow: {subscribe: ["111122223333"]}}}
"""


def reading_a_bus(folder: Path, source: str) -> Path:
    path = workspace(folder, shop=HERE)
    (folder / "inventory" / "topology.yaml").write_text(BUSES, encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("to: stock/intake", "to: inbox").replace("stock/news", source)
    own = (
        "buses: {own: {from: {source: stock/events, messages: [stock/Reserved], dlq: {}}}}\n" if source == "own" else ""
    )
    path.write_text(text + own, encoding="utf-8")
    return path


def test_a_rule_of_another_account_delivers_to_a_bus_alone(tmp_path: Path) -> None:
    assert told(reading_a_bus(tmp_path, "stock/events"), "prod") == [
        (
            "REF044",
            "bus 'events' is in account 444455556666: a rule that is written here delivers to nothing here but a bus",
            "let a bus of your own read it, and queue 'inbox' read that",
        )
    ]


def test_a_bus_of_our_own_reads_that_of_another_account(tmp_path: Path) -> None:
    template = compiled(reading_a_bus(tmp_path, "own"), "prod")
    far = "arn:${AWS::Partition}:events:eu-central-1:444455556666:event-bus/events"
    rules = [one for one in of_type(template, "AWS::Events::Rule").values() if one["EventBusName"] == Sub(far)]
    ((target,),) = [rule["Targets"] for rule in rules]
    assert target["Arn"] == GetAtt("OwnBus", "Arn")
    assert {"RoleArn", "DeadLetterConfig"} <= target.keys()


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
