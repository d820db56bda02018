"""Buckets that tell of their objects, and buckets of others: rules on the account's own bus, and addresses."""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.hops import Guarantee, Ordering, semantics
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.lint.engine import run
from penstock.lint.rules import RULES
from penstock.plan.values import ImportValue, Ref, Select, Split, Sub
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of, topology_of

UPLOADS = "stores: {uploads: {type: s3, stream: %s}}\n"
QUEUE = "queues: {work: {from: {source: uploads, messages: [OrderPlaced]%s}}}\n"


def resources(fragment: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return made


def rule(fragment: str, name: str = "WorkQueueFromUploadsStoreRule") -> dict[str, Any]:
    properties: dict[str, Any] = resources(fragment)[name]["Properties"]
    return properties


@pytest.mark.parametrize(
    ("said", "types"),
    [
        ("created", ["Object Created"]),
        ("deleted", ["Object Deleted"]),
        ("[created, deleted]", ["Object Created", "Object Deleted"]),
    ],
)
def test_the_bucket_tells_eventbridge_and_a_rule_takes_what_it_tells(said: str, types: list[str]) -> None:
    made = resources(UPLOADS % said + QUEUE % "")
    told = made["UploadsBucket"]["Properties"]["NotificationConfiguration"]
    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    own = made["WorkQueueFromUploadsStoreRule"]["Properties"]
    assert own["EventBusName"] == "default"
    assert own["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": types,
        "detail": {"bucket": {"name": [Ref("UploadsBucket")]}},
    }


def test_a_bucket_without_stream_tells_nothing() -> None:
    assert "NotificationConfiguration" not in resources("stores: {uploads: {type: s3}}")["UploadsBucket"]["Properties"]


def test_a_pattern_takes_less_and_never_of_another_bucket() -> None:
    pattern = ", pattern: {detail: {object: {key: [{prefix: in/}]}, bucket: {name: [other]}}, source: [shop]}"
    assert rule(UPLOADS % "created" + QUEUE % pattern)["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"object": {"key": [{"prefix": "in/"}]}, "bucket": {"name": [Ref("UploadsBucket")]}},
    }


def test_the_event_comes_with_the_name_of_its_message() -> None:
    (target,) = rule(UPLOADS % "created" + QUEUE % "")["Targets"]
    transformer = target["InputTransformer"]
    template = transformer["InputTemplate"]
    for name, path in transformer["InputPathsMap"].items():
        template = template.replace(f"<{name}>", json.dumps(path))
    event = json.loads(template)
    assert event.pop("detail-type") == "OrderPlaced"
    assert event == {name: f"$.{name}" for name in event}
    assert set(event) == {"version", "id", "source", "account", "time", "region", "resources", "detail"}


def test_a_part_of_the_event_goes_alone() -> None:
    (target,) = rule(UPLOADS % "created" + QUEUE % ", payload: detail")["Targets"]
    assert target["InputPath"] == "$.detail"
    assert "InputTransformer" not in target


def test_what_is_promised_is_what_a_rule_promises() -> None:
    topology = topology_of(complete(UPLOADS % "created" + QUEUE % ", retries: {max_retries: 3}"))
    (connection,) = topology.connections
    promise = semantics(connection, topology)
    assert promise is not None
    assert (promise.guarantee, promise.ordering) == (Guarantee.AT_LEAST_ONCE, Ordering.NONE)
    assert (promise.retried_by, promise.attempts) == ("EventBridge", 4)


@pytest.mark.parametrize(
    ("existing", "name", "address"),
    [
        ("their-papers", "their-papers", Sub("arn:${AWS::Partition}:s3:::their-papers")),
        ("'arn:aws:s3:::their-papers'", "their-papers", "arn:aws:s3:::their-papers"),
        (
            "{ssm: /shop/papers}",
            Select(5, Split(":", Ref("UploadsStoreAddress"))),
            Ref("UploadsStoreAddress"),
        ),
        (
            "{export: shop-papers}",
            Select(5, Split(":", ImportValue("shop-papers"))),
            ImportValue("shop-papers"),
        ),
    ],
)
def test_a_bucket_of_others_is_found_by_name_or_arn(existing: str, name: object, address: object) -> None:
    store = f"stores: {{uploads: {{type: s3, existing: {existing}, stream: created}}}}\n"
    plan = lower(topology_of(complete(f"{store}{QUEUE % ''}consumers: {{f: {{uses: {{uploads: read}}}}}}\n")))
    made = plan.template()["Resources"]
    assert "UploadsBucket" not in made
    assert "UploadsBucketPolicy" not in made
    pattern = made["WorkQueueFromUploadsStoreRule"]["Properties"]["EventPattern"]
    assert pattern["detail"] == {"bucket": {"name": [name]}}
    (policy,) = made["FFunctionRole"]["Properties"]["Policies"]
    statements = {one["Sid"]: one["Resource"] for one in policy["PolicyDocument"]["Statement"]}
    assert address in statements.values()
    variables = made["FFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_STORE_UPLOADS"] == name
    assert list(plan.notes) == [
        "store 'uploads' is not made here: its owner must let it send its events to EventBridge"
    ]


def test_a_bucket_is_published_by_its_arn() -> None:
    made = resources("stores: {uploads: {type: s3, export: {ssm: /shop/uploads}}}")
    (parameter,) = (one["Properties"] for one in made.values() if one["Type"] == "AWS::SSM::Parameter")
    assert parameter["Name"] == "/shop/uploads"


def faults(fragment: str) -> list[tuple[str, str]]:
    built = build(document_of(complete(fragment)), lambda name: read_schema_file(Path(name), name))
    return [(fault.code, fault.message) for fault in built.faults]


@pytest.mark.parametrize(
    ("fragment", "code", "words"),
    [
        (
            "stores: {uploads: {type: s3}}\n" + QUEUE % "",
            "REF030",
            "queue 'work' reads store 'uploads', which tells nothing of its objects",
        ),
        (
            UPLOADS % "created" + "queues: {work: {from: uploads}}\n",
            "REF031",
            "queue 'work' reads store 'uploads', but does not name the one message that its events are",
        ),
        (
            UPLOADS % "created" + QUEUE % ", retries: {max_retries: 9999}",
            "REF015",
            "queue 'work' asks for 9,999 retries, but EventBridge makes 185 at most",
        ),
        (
            "stores: {uploads: {type: s3, existing: theirs, versioning: true}}\n",
            "REF030",
            "'uploads' exists already, so `versioning` has no effect: it is its owner's to say",
        ),
    ],
)
def test_what_cannot_be_read(fragment: str, code: str, words: str) -> None:
    assert faults(fragment) == [(code, words)]


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        (QUEUE % "", "DLQ007"),
        (
            "queues: {work: {fifo: {deduplication: content}, from: {source: uploads, messages: [Plain], dlq: {}}}}",
            "ORD004",
        ),
        (
            "queues: {work: {fifo: {}, from: {source: uploads, messages: [OrderPlaced], dlq: {}}}}",
            "ORD005",
        ),
        ("queues: {work: {from: {source: uploads, messages: [OrderPlaced], pattern: {detail: x}, dlq: {}}}}", "FLT001"),
        ("topics: {work: {fifo: {}, from: {source: uploads, messages: [OrderPlaced], dlq: {}}}}", "ORD015"),
    ],
)
def test_rules_on_rules_hold_for_what_buckets_tell(fragment: str, code: str) -> None:
    messages = "messages: {OrderPlaced: {schema: {type: object}, key: id}, Plain: {schema: {type: object}}}\n"
    found = run(topology_of(complete(messages + UPLOADS % "created" + fragment)), RULES)
    assert code in {one.code for one in found}
