"""Queues, topics, buses and streams as a compiled template wires them, and Lambda's ways of handing their messages to functions.

Kept to what AWS documents: a queue counts receives and gives up what was received too often; a mapping deletes what was not named as
failed, or all or nothing where it does not ask for names; a stream goes on only when its first batch is done or given up; an
asynchronous invocation is tried again and given up to its destination. What goes wrong, and when, is drawn from a seed.
"""

# ruff: noqa: ANN401 - events are JSON values

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from penstock.plan.values import GetAtt, Ref
from tests.emit_python.publishing import Sent
from tests.emit_python.sandboxes import VISIBLE, Aws, Died, Fault, Function, Sandbox, chosen
from tests.templates import Template, of_type

STEPS = 3_000
NOTHING = Fault("nothing")


@dataclass
class Item:
    """A message on its way to one function."""

    ident: str
    text: str
    key: str
    attempts: int = 0
    gone: bool = False


@dataclass
class Line:
    """What one function is handed: the messages that wait, how they are handed over, and how much may still go wrong."""

    function: Function
    kind: str
    settings: Mapping[str, Any]
    attempts: int
    dead: str
    fifo: bool = False
    waiting: list[Item] = field(default_factory=list)
    faults: int = 0

    @property
    def ordered(self) -> bool:
        return self.fifo or self.kind == "stream"

    @property
    def size(self) -> int:
        return int(self.settings.get("BatchSize", 1))

    @property
    def named(self) -> bool:
        """Whether Lambda asks which messages of a batch failed."""
        return "ReportBatchItemFailures" in self.settings.get("FunctionResponseTypes", ())


class Account:
    """A compiled topology with its messages.

    What runs its functions is ``load``-ed; where a function is ``alone``, no copy is handled beside it.
    """

    def __init__(
        self, template: Template, functions: Mapping[str, Function], aws: Aws, random: Random, only: str = ""
    ) -> None:
        self.aws, self.random = aws, random
        self.dead: dict[str, list[str]] = {}
        self.lines = list(_lines(template, functions))
        self._template, self._only = template, only
        aws.publish = self.publish
        aws.queues = {line.settings["EventSourceArn"].target for line in self.lines if line.kind in ("queue", "pool")}
        self.alone = False
        self.load: Callable[[Function, Aws], Any] = Sandbox
        self._sandboxes: dict[tuple[str, int], Any] = {}
        self.faults: dict[str, int] = {}
        self._count = 0

    def publish(self, sent: Sent) -> None:
        """Hand a message on to whatever the template connects with its channel."""
        for line, wrapped in _receivers(self._template, sent, self.lines):
            self._count += 1
            line.waiting.append(Item(str(self._count), wrapped, sent.key))

    def drain(self) -> None:
        """Deliver until nothing waits."""
        for _ in range(STEPS):
            open_lines = [line for line in self.lines if line.waiting]
            if not open_lines:
                return
            self.deliver(self.random.choice(open_lines))
            self.aws.now += VISIBLE
        raise AssertionError("the queues are never empty")

    def deliver(self, line: Line) -> None:
        """Hand one batch over."""
        batch = self._taken(line)
        if not batch:
            return
        fault = NOTHING
        if line.faults < line.attempts - 1 and self.random.random() < 0.4:
            line.faults += 1
            calls = (5 if line.kind == "pool" else 3) + (3 if line.function.sends else 0)
            fault = chosen(
                self.random,
                calls * len(batch),
                self._only,
                ordered=self.alone or line.ordered,
                pool=line.kind == "pool",
            )
            self.faults[fault.kind] = self.faults.get(fault.kind, 0) + 1
        copies = [Item(item.ident, item.text, item.key, item.attempts) for item in batch]
        if fault.kind != "is throttled":
            self._settle(line, batch, self._failed(line, batch, fault))
        elif line.kind in ("queue", "pool"):
            self._give_up(line, batch)
        else:  # a stream and Lambda's own queue wait, and count nothing
            for item in batch:
                item.attempts -= 1
        if fault.kind == "comes again":
            line.waiting[:0] = [copy for copy, item in zip(copies, batch, strict=True) if item.gone]

    def _taken(self, line: Line) -> list[Item]:
        """The next batch; a queue that is not FIFO has no order."""
        size = self.random.randint(1, line.size)
        found = line.waiting[:size] if line.ordered else self.random.sample(line.waiting, min(size, len(line.waiting)))
        for item in found:
            item.attempts += 1
        return found

    def _failed(self, line: Line, batch: list[Item], fault: Fault, box: int = 0) -> list[Item]:
        """Invoke the function; what Lambda then takes for failed."""

        def meanwhile() -> None:
            again = self._failed(line, batch, NOTHING, 1)
            for item in batch:
                item.gone = item.gone or item not in again

        place = line.function.name, box
        if place not in self._sandboxes:
            self._sandboxes[place] = self.load(line.function, self.aws)
        if line.kind == "pool":
            worker = self._sandboxes[place]
            deleted = worker.work([_received(line, item) for item in batch], fault, meanwhile)
            if worker.died:
                del self._sandboxes[place]
            return [item for item in batch if item.ident not in deleted]
        try:
            answer = self._sandboxes[place].invoke(_event(line, batch), fault, meanwhile)
        except Died:
            del self._sandboxes[place]
            return batch
        except Exception as error:
            if type(error).__name__ not in _OWN and not isinstance(error, ClientError | BotoCoreError):
                raise
            return batch
        if not line.named:
            return []
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        assert failed <= {item.ident for item in batch}, answer
        return [item for item in batch if item.ident in failed]

    def _settle(self, line: Line, batch: list[Item], failed: list[Item]) -> None:
        if line.kind == "stream" and failed:  # from the first failed one on, all of the batch comes again
            failed = batch[batch.index(failed[0]) :]
        for item in batch:
            item.gone = item.gone or item not in failed
        self._give_up(line, failed)

    def _give_up(self, line: Line, failed: list[Item]) -> None:
        for item in failed:
            if item.attempts >= line.attempts and not item.gone:
                item.gone = True
                self.dead.setdefault(line.dead, []).append(item.text)
        line.waiting[:] = [item for item in line.waiting if not item.gone]


_OWN = {
    "BatchFailed",
    "ReadFailed",
    "MessageError",
    "EnvelopeError",
    "IdempotencyPersistenceLayerError",
    "IdempotencyAlreadyInProgressError",
    "OperationalError",
    "PublishError",
    "UnsentError",
}
"""Errors that a function may end with; any other is a fault of the generated code."""


def _lines(template: Template, functions: Mapping[str, Function]) -> Iterator[Line]:
    queues = of_type(template, "AWS::SQS::Queue")
    for mapping in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        source, function = mapping["EventSourceArn"].target, functions[mapping["FunctionName"].target]
        if source in queues:
            queue = queues[source]
            redrive = queue["RedrivePolicy"]
            dead = redrive["deadLetterTargetArn"].target
            yield Line(function, "queue", mapping, redrive["maxReceiveCount"], dead, queue.get("FifoQueue", False))
        else:
            dead = mapping["DestinationConfig"]["OnFailure"]["Destination"].target
            yield Line(function, "stream", mapping, mapping["MaximumRetryAttempts"] + 1, dead)
    for name, task in of_type(template, "AWS::ECS::TaskDefinition").items():
        variables = variables_of(task)
        (source,) = (value.target for key, value in variables.items() if key.startswith("PENSTOCK_SOURCE_"))
        (size,) = (int(value) for key, value in variables.items() if key.startswith("PENSTOCK_BATCH_"))
        polled = {"EventSourceArn": GetAtt(source, "Arn"), "BatchSize": size}
        redrive = queues[source]["RedrivePolicy"]
        dead, fifo = redrive["deadLetterTargetArn"].target, queues[source].get("FifoQueue", False)
        yield Line(functions[name], "pool", polled, redrive["maxReceiveCount"], dead, fifo)
    for given in of_type(template, "AWS::Lambda::EventInvokeConfig").values():
        function = functions[given["FunctionName"].target]
        dead = given["DestinationConfig"]["OnFailure"]["Destination"].target
        yield Line(function, "invocation", given, given["MaximumRetryAttempts"] + 1, dead)


def variables_of(task: Mapping[str, Any]) -> dict[str, Any]:
    """The environment of a task's only container."""
    (container,) = task["ContainerDefinitions"]
    return {each["Name"]: each["Value"] for each in container["Environment"]}


def _receivers(template: Template, sent: Sent, lines: list[Line]) -> Iterator[tuple[Line, str]]:
    """Whatever gets a message of a channel, with the text that it gets."""

    def of(target: object) -> Iterator[Line]:
        for line in lines:
            source = line.settings.get("EventSourceArn")
            arrives = isinstance(target, GetAtt) and source is not None and source.target == target.target
            if arrives or (line.kind == "invocation" and line.settings["FunctionName"] == Ref(target.target)):  # type: ignore[attr-defined]
                yield line

    channel, text = sent.channel, sent.text
    kind = template["Resources"][channel]["Type"]
    if kind == "AWS::SNS::Topic":
        for each in of_type(template, "AWS::SNS::Subscription").values():
            if each["TopicArn"] == Ref(channel):
                raw = each.get("RawMessageDelivery", False)
                yield from ((line, text if raw else _notification(sent)) for line in of(each["Endpoint"]))
    elif kind == "AWS::Events::EventBus":
        event = _of_bus(sent)
        for rule in of_type(template, "AWS::Events::Rule").values():
            matched = all(event[name] in values for name, values in rule["EventPattern"].items())
            if rule["EventBusName"] == Ref(channel) and matched:
                yield from ((line, json.dumps(event)) for target in rule["Targets"] for line in of(target["Arn"]))
    else:
        wrapped = f'{{"message": "{sent.name}", "data": {text}}}' if kind == "AWS::Kinesis::Stream" else text
        yield from ((line, wrapped) for line in of(GetAtt(channel, "Arn")))


def _notification(sent: Sent) -> str:
    attribute = {"message": {"Type": "String", "Value": sent.name}}
    return json.dumps({"Type": "Notification", "MessageId": "n", "Message": sent.text, "MessageAttributes": attribute})


def _of_bus(sent: Sent) -> dict[str, Any]:
    named = {"version": "0", "id": "e", "source": sent.source, "detail-type": sent.name}
    return {**named, "time": "2026-01-01T00:00:00Z", "detail": json.loads(sent.text)}


def _event(line: Line, batch: list[Item]) -> Any:
    """What Lambda hands to the function."""
    if line.kind == "invocation":
        (item,) = batch
        given = json.loads(item.text)
        return given if "detail-type" in given else {"Records": [{"EventSource": "aws:sns", "Sns": _sns(given)}]}
    make: Callable[[Line, Item], dict[str, Any]] = _of_stream if line.kind == "stream" else _of_queue
    return {"Records": [make(line, item) for item in batch]}


def _sns(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "Timestamp": "2026-01-01T00:00:00.000Z"}


def _of_queue(line: Line, item: Item) -> dict[str, Any]:
    told = {"ApproximateReceiveCount": str(item.attempts), "SentTimestamp": "1700000000000"}
    return {
        "messageId": item.ident,
        "receiptHandle": "r",
        "body": item.text,
        "attributes": told | ({"MessageGroupId": item.key} if line.fifo else {}),
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:q",
    }


def _received(line: Line, item: Item) -> dict[str, Any]:
    """The same, as a queue answers who polls it."""
    record = _of_queue(line, item)
    return {
        "MessageId": item.ident,
        "ReceiptHandle": item.ident,
        "Body": item.text,
        "Attributes": record["attributes"],
        "MessageAttributes": {},
    }


def _of_stream(_: Line, item: Item) -> dict[str, Any]:
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": item.key,
        "sequenceNumber": item.ident,
        "data": base64.b64encode(item.text.encode()).decode(),
        "approximateArrivalTimestamp": 1_700_000_000.0,
    }
    arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/s"
    return {"eventSource": "aws:kinesis", "eventSourceARN": arn, "eventID": f"shard:{item.ident}", "kinesis": kinesis}
