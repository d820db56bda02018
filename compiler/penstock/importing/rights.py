"""Which stores a function may read and write, and where it may send, by the policies of its role."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from penstock.importing.inlining import given_up_to
from penstock.plan.names import environment_name
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.policies import role_statements, statements
from penstock.template.sam import FUNCTION
from penstock.template.values import Items, Map, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet
    from penstock.template.policies import Statement
    from penstock.template.stacks import Resource

SEND = "send"
_ACTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    TABLE: {
        "read": ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"),
        "write": ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    },
    BUCKET: {"read": ("s3:GetObject",), "write": ("s3:PutObject", "s3:DeleteObject")},
    BUS: {SEND: ("events:PutEvents",)},
    QUEUE: {SEND: ("sqs:SendMessage",)},
    STREAM: {SEND: ("kinesis:PutRecord", "kinesis:PutRecords")},
    TOPIC: {SEND: ("sns:Publish",)},
}
_SAM = {
    "DynamoDBCrudPolicy": ("TableName", ("read", "write")),
    "DynamoDBReadPolicy": ("TableName", ("read",)),
    "DynamoDBWritePolicy": ("TableName", ("write",)),
    "EventBridgePutEventsPolicy": ("EventBusName", (SEND,)),
    "KinesisCrudPolicy": ("StreamName", (SEND,)),
    "S3CrudPolicy": ("BucketName", ("read", "write")),
    "S3FullAccessPolicy": ("BucketName", ("read", "write")),
    "S3ReadPolicy": ("BucketName", ("read",)),
    "S3WritePolicy": ("BucketName", ("write",)),
    "SNSPublishMessagePolicy": ("TopicName", (SEND,)),
    "SQSSendMessagePolicy": ("QueueName", (SEND,)),
}
"""SAM's policy templates: what names the store or the channel, and what they allow."""


def uses(sheet: Sheet) -> None:
    """Say of each function which stores it uses, and beside it where it may send: what it sends there people must say.

    What a policy allows on everything is no word about any of them.
    """
    translation = sheet.translation
    given_up = set(given_up_to(sheet.data))
    for function in translation.directory.of(FUNCTION):
        part = translation.part_of(function)
        if part is None or part.route[0] != "consumers":
            continue
        ways: dict[str, set[str]] = {}
        kept = {(entry.get("on_failure") or {}).get("bucket") for entry in part.data.get("from", ())}
        for store, way in _rights(sheet, function):
            name = translation.name_of(store)
            if name and name not in kept | given_up and store.type in _ACTIONS:
                ways.setdefault(name, set()).add(way)
        sent = [name for name, several in sorted(ways.items()) if SEND in several]
        if sent:
            named = " and ".join(f"{sheet.word(name)} {name!r}" for name in sent)
            sheet.say(part.route, f"its role lets it send to {named}: say in `publishes` what it sends there")
        ways = {name: several for name, several in ways.items() if SEND not in several}
        if ways:
            variables = function.properties.part("Environment").part("Variables")
            for key in {environment_name("store", name) for name in ways} & variables.keys():
                sheet.expressed.add(id(variables.nodes[key][1]))
            part.data["uses"] = {name: "-".join(sorted(several)) for name, several in sorted(ways.items())}


def _rights(sheet: Sheet, function: Resource) -> Iterator[tuple[Resource, str]]:
    directory = sheet.translation.directory
    role = directory.find(function.properties.get("Role"), "iam")
    said = list(role_statements(role, directory) or ()) if role is not None and role.type == "AWS::IAM::Role" else []
    policies: Any = function.properties.get("Policies")
    for policy in policies if isinstance(policies, Items) else [policies]:
        if not isinstance(policy, Map):
            continue
        said += statements(policy)
        for name, (key, ways) in _SAM.items():
            store = directory.find(policy.part(name).get(key), "dynamodb" if key == "TableName" else "s3")
            if store is not None:
                yield from ((store, way) for way in ways)
    for one in said:
        yield from _stated(sheet, one)


def _stated(sheet: Sheet, one: Statement) -> Iterator[tuple[Resource, str]]:
    if not one.allows:
        return
    actions = [(written(action) or "").lower() for action, _ in one.said.items_of("Action")]
    for value, _ in one.said.items_of("Resource"):
        store = sheet.translation.directory.find(value)
        if store is None:
            continue
        for way, known in _ACTIONS.get(store.type, {}).items():
            if any(fnmatchcase(each.lower(), action) for each in known for action in actions):
                yield store, way
