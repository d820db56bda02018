"""Topologies that import each other, as the command line reads them."""

from pathlib import Path

import pytest

from penstock.emit.cloudformation import template as text_of
from penstock.graph.flow import flow
from penstock.hops.lowering import lower
from penstock.pipeline import check, check_every
from penstock.plan.values import ImportValue
from tests.cli.conftest import Penstock
from tests.templates import Template, of_type, read
from tests.topologies import EXAMPLES, example

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
