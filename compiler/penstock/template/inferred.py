"""What functions send to, inferred: no template says what code does, but it says what code may do.

A right to send is taken for a sending where it is for one resource by name, or where it is for all of them and a variable of the
function's environment names one. A right that something else explains as well is none: `sqs:*` on a queue that the function reads, all
of DynamoDB on a table, sending to where Lambda itself brings what the function fails on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.connectors import connected
from penstock.template.policies import covers, function_statements, sam_policies
from penstock.template.sam import FUNCTION, MACHINE
from penstock.template.values import Spot, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.directory import Directory
    from penstock.template.policies import Statement
    from penstock.template.stacks import Resource

_ACTIONS = {
    BUCKET: ("s3:PutObject",),
    BUS: ("events:PutEvents",),
    FUNCTION: ("lambda:InvokeFunction",),
    MACHINE: ("states:StartExecution", "states:StartSyncExecution"),
    QUEUE: ("sqs:SendMessage",),
    STREAM: ("kinesis:PutRecord", "kinesis:PutRecords"),
    TABLE: ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    TOPIC: ("sns:Publish",),
}
_KEPT = frozenset({BUCKET, TABLE})
"""What functions read without being called: a right to all actions says nothing of writing."""
_SAM = {
    "DynamoDBWritePolicy": ("TableName", "dynamodb"),
    "EventBridgePutEventsPolicy": ("EventBusName", "events"),
    "KinesisCrudPolicy": ("StreamName", "kinesis"),
    "LambdaInvokePolicy": ("FunctionName", "lambda"),
    "S3WritePolicy": ("BucketName", "s3"),
    "SNSCrudPolicy": ("TopicName", "sns"),
    "SNSPublishMessagePolicy": ("TopicName", "sns"),
    "SQSSendMessagePolicy": ("QueueName", "sqs"),
    "StepFunctionsExecutionPolicy": ("StateMachineName", "states"),
}
"""https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
_ALSO_READS = frozenset({"KinesisCrudPolicy", "SNSCrudPolicy"})
_Key = tuple[int, str]


class Sent(NamedTuple):
    """A function sends to a ``target``, as far as the right at ``spot`` lets one infer."""

    function: Resource
    target: Resource
    spot: Spot


def sent(directory: Directory) -> Iterator[Sent]:
    """What each function sends to, each target once."""
    ends = ((one, directory.get(one.stack, one.destination)) for one in connected(directory) if one.writes)
    joined = [(one, target) for one, target in ends if target]
    for function in directory.of(FUNCTION):
        found: dict[_Key, Sent] = {}
        said = list(function_statements(function, directory))
        read = _read(function, directory)
        several = [*_allowed(function, said, read, directory), *_by_template(function, read, directory)]
        several += [(target, one.spot) for one, target in joined if (one.stack, one.source) == _key(function)]
        kept = _keepers(function, directory)
        for target, spot in several:
            own = target is function or _key(target) in kept
            if target.type in _ACTIONS and not own and not _denied(target, said, directory):
                found.setdefault(_key(target), Sent(function, target, spot))
        yield from found.values()


def _key(resource: Resource) -> _Key:
    return resource.stack, resource.id


def _read(function: Resource, directory: Directory) -> set[_Key]:
    """What is read for a function."""
    found = set()
    for mapping in directory.of("AWS::Lambda::EventSourceMapping"):
        source = directory.find(mapping.properties.get("EventSourceArn"))
        if source and directory.find(mapping.properties.get("FunctionName"), "lambda") is function:
            found.add(_key(source))
    return found


def _keepers(function: Resource, directory: Directory) -> set[_Key]:
    """What Lambda itself sends to with the function's rights: what becomes of its invocations."""
    ends: list[object] = [function.properties.part("DeadLetterConfig").get("TargetArn")]
    for one in directory.of("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping"):
        if directory.find(one.properties.get("FunctionName"), "lambda") is function:
            told = one.properties.part("DestinationConfig")
            ends += [told.part(key).get("Destination") for key in told]
    return {_key(found) for one in ends if (found := directory.find(one))}


def _allowed(
    function: Resource, said: list[Statement], read: set[_Key], directory: Directory
) -> Iterator[tuple[Resource, Spot]]:
    """By statements."""
    variables = function.properties.part("Environment").part("Variables")
    in_environment = [one for one in map(directory.find, variables.values()) if one is not None]
    for one in said:
        if not one.allows or "Action" not in one.said or "NotResource" in one.said:
            continue
        actions = [text for action, _ in one.said.items_of("Action") if (text := written(action))]
        for value, _ in one.said.items_of("Resource"):
            for target in in_environment if value == "*" else _named(value, directory):
                if _sends(actions, target, read):
                    yield target, one.spot


def _named(value: object, directory: Directory) -> list[Resource]:
    """The resource that is meant alone, and the objects of a bucket or the versions of a function."""
    target, text = directory.find(value), written(value) or ""
    ends = {BUCKET: "/*", FUNCTION: ":*"}.get(target.type if target else "", "")
    return [target] if target and "*" not in text.removesuffix(ends or "?") else []


def _sends(actions: list[str], target: Resource, read: set[_Key]) -> bool:
    for action in actions:
        name = action.partition(":")[2]
        if not any(covers(action, known) for known in _ACTIONS.get(target.type, ())):
            continue
        if name[:1] not in {"", "*"} or (name == "*" and target.type not in _KEPT and _key(target) not in read):
            return True
    return False


def _by_template(function: Resource, read: set[_Key], directory: Directory) -> Iterator[tuple[Resource, Spot]]:
    """By policy templates of SAM."""
    for name, parameters, spot in sam_policies(function):
        if name in _SAM:
            key, service = _SAM[name]
            target = directory.find(parameters.get(key), service)
            if target and not (name in _ALSO_READS and _key(target) in read):
                yield target, spot


def _denied(target: Resource, said: list[Statement], directory: Directory) -> bool:
    """Whether a statement takes away all that a resource can be sent by."""
    return any(
        not one.allows
        and all(
            any(covers(action, known) for action, _ in one.said.items_of("Action")) for known in _ACTIONS[target.type]
        )
        and any(value == "*" or directory.find(value) is target for value, _ in one.said.items_of("Resource"))
        for one in said
    )
