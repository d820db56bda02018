"""Topologies that import from another account or another region."""

from pathlib import Path

from penstock.plan.values import GetAtt, ImportValue, Sub
from tests.cli.workspaces import compiled, told, workspace
from tests.templates import of_type

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
    assert (code, message) == ("REF026", "nothing here needs a key 'other' of the topology that is imported as 'stock'")


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
            "REF024",
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
