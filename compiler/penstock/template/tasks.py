"""What the states of a state machine call and send to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.machines import State, states
from penstock.template.sam import FUNCTION, MACHINE
from penstock.template.values import Map, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.directory import Directory
    from penstock.template.stacks import Resource

_INTEGRATION = re.compile(r"arn:[^:]+:states:::(?:aws-sdk:)?([a-z0-9]+):([A-Za-z]+)")
_TARGETS = {
    "dynamodb:deleteItem": (TABLE, "dynamodb", ("TableName",)),
    "dynamodb:putItem": (TABLE, "dynamodb", ("TableName",)),
    "dynamodb:updateItem": (TABLE, "dynamodb", ("TableName",)),
    "kinesis:putRecord": (STREAM, "kinesis", ("StreamName", "StreamARN", "StreamArn")),
    "kinesis:putRecords": (STREAM, "kinesis", ("StreamName", "StreamARN", "StreamArn")),
    "lambda:invoke": (FUNCTION, "lambda", ("FunctionName",)),
    "s3:putObject": (BUCKET, "s3", ("Bucket",)),
    "sfn:startExecution": (MACHINE, "states", ("StateMachineArn",)),
    "sfn:startSyncExecution": (MACHINE, "states", ("StateMachineArn",)),
    "sns:publish": (TOPIC, "sns", ("TopicArn",)),
    "sqs:sendMessage": (QUEUE, "sqs", ("QueueUrl",)),
    "sqs:sendMessageBatch": (QUEUE, "sqs", ("QueueUrl",)),
    "states:startExecution": (MACHINE, "states", ("StateMachineArn",)),
}
"""The parameters that name what a task sends to: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html"""
_EVENTS = frozenset({"events:putEvents", "eventbridge:putEvents"})


class Task(NamedTuple):
    """A state calls, starts, or sends to a ``target``, which it names at ``path``."""

    state: State
    target: Resource
    path: tuple[str | int, ...] = ()


def tasks(machine: Resource, directory: Directory) -> Iterator[Task]:
    """What a machine's states lead to, as far as it is of the templates; what a state is given at run time is not known."""
    for state in states(machine, directory.world):
        yield from tasks_of(state, directory)


def tasks_of(state: State, directory: Directory) -> Iterator[Task]:
    """What one state leads to."""
    for type_, service, path, value in _ends(state.said):
        target = directory.find(value, service)
        if target is not None and target.type == type_:
            yield Task(state, target, path)


def _ends(said: Map) -> Iterator[tuple[str, str, tuple[str | int, ...], object]]:
    """Of what type something is that a state leads to, what a plain name would be a name of, and what the state says of it, and where."""
    match = _INTEGRATION.match(written(said.get("Resource")) or "")
    if match is None:
        yield FUNCTION, "lambda", ("Resource",), said.get("Resource")
        return
    call = f"{match[1]}:{match[2]}"
    given = "Parameters" if said.part("Parameters") else "Arguments"
    own = said.part(given)
    if call in _TARGETS:
        type_, service, keys = _TARGETS[call]
        yield from ((type_, service, (given, key), own[key]) for key in keys if key in own)
    elif call in _EVENTS:
        for number, (entry, _) in enumerate(own.items_of("Entries")):
            if isinstance(entry, Map) and "EventBusName" in entry:
                yield BUS, "events", (given, "Entries", number, "EventBusName"), entry["EventBusName"]
