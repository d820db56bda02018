"""A topology of these tests on the embedded AWS: compiled, deployed, sent to, and looked into when it has come to rest."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from penstock.cli.output import write
from penstock.dev.deploy import Stack, deploy
from penstock.dev.embedded import ACCOUNT, EmbeddedAws
from penstock.dev.observe import Record, messages_in, observe
from penstock.dev.places import Message, Places, QueuePlace
from penstock.dev.send import send
from penstock.dev.template import read_template
from penstock.dev.topology_places import contract, entry, places
from penstock.model.topology import Topology
from penstock.pipeline import check, compile_topology
from penstock.plan.names import logical_id

HERE = Path(__file__).parent
LONGEST = 60.0
POLL = 0.05


@dataclass(frozen=True, slots=True)
class Compiled:
    """A topology of these tests and the folder that it was compiled into."""

    topology: Topology
    folder: Path

    @property
    def path(self) -> Path:
        """Where the template lies."""
        return self.folder / "template.yaml"

    @property
    def template(self) -> dict[str, Any]:
        """The template as data."""
        return read_template(self.path.read_text(encoding="utf-8"))


def compiled(name: str, folder: Path, *, noted: bool = False) -> Compiled:
    """One of the topologies beside this file, compiled as `penstock compile` does; it must be free of findings."""
    path = HERE / name / "topology.yaml"
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    assert checked.diagnostics == []
    made = compile_topology(path, checked.topology, output=folder)
    assert (made.created_once, bool(made.notes)) == ({}, noted)
    write(folder, made.files)
    return Compiled(checked.topology, folder)


@dataclass(frozen=True, slots=True)
class System:
    """A deployed topology."""

    aws: EmbeddedAws
    topology: Topology
    template: dict[str, Any]
    stack: Stack

    @classmethod
    def of(cls, aws: EmbeddedAws, given: Compiled, *, stack: str | None = None, visibility: int | None = 5) -> "System":
        """The compiled topology, deployed."""
        name = stack or given.topology.name
        return cls(aws, given.topology, given.template, deploy(given.path, name, aws, visibility=visibility))

    @property
    def places(self) -> Places:
        return places(self.topology)

    def message(self, name: str, payload: object, producer: str | None = None) -> Message:
        """A message at the door of a producer; a payload that is no text is written as JSON."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return Message(name, contract(name, self.topology), entry(name, self.topology, producer), text)

    def send(self, name: str, payload: object, producer: str | None = None) -> None:
        """Send a message through its door, which must take it."""
        assert send(self.aws, self.stack, self.message(name, payload, producer)).refusal is None

    def send_together(self, name: str, payloads: Sequence[object], producer: str | None = None) -> None:
        """Send messages at the same time."""
        with ThreadPoolExecutor(len(payloads)) as pool:
            list(pool.map(lambda payload: self.send(name, payload, producer), payloads))

    def queue(self, name: str) -> str:
        """The URL of a queue."""
        return self.stack.physical(next(place.logical_id for place in self.places.queues if place.name == name))

    def settle(self) -> None:
        """Wait until every queue that a function polls is empty: then nothing more can happen by itself.

        A message leaves a queue only after what it caused lies in the next one, because the emulator's topics and buses
        deliver before they answer. So queues that are found empty from upstream to downstream are empty together.
        """
        order = self._downstream()
        until(lambda: not any(any(messages_in(self.aws, self.stack, queue)) for queue in order), "queues are not empty")

    def _downstream(self) -> list[QueuePlace]:
        """The queues that functions poll now, each before those that its messages reach."""
        order = TopologicalSorter[str]()
        for source, target in self.places.hops:
            order.add(target, source)
        polled = {mapping["EventSourceArn"] for mapping in self._mappings() if mapping["State"] == "Enabled"}
        read = {place.name: place for place in self.places.queues if self._arn(place) in polled}
        return [read[name] for name in order.static_order() if name in read]

    def _arn(self, queue: QueuePlace) -> str:
        name = self.stack.physical(queue.logical_id).rpartition("/")[2]
        return f"arn:aws:sqs:{self.aws.region}:{ACCOUNT}:{name}"

    @contextmanager
    def paused(self, *functions: str) -> Iterator[None]:
        """Nobody polls for these functions meanwhile: what is sent can be looked at, and makes one batch in the end."""
        names = [self.stack.physical(logical_id(function, "Function")) for function in functions]
        mappings = [mapping["UUID"] for name in names for mapping in self._mappings(FunctionName=name)]
        for mapping in mappings:
            self.aws.call("lambda", "update_event_source_mapping", UUID=mapping, Enabled=False)
        yield
        for mapping in mappings:
            self.aws.call("lambda", "update_event_source_mapping", UUID=mapping, Enabled=True)

    def _mappings(self, **of: str) -> list[dict[str, Any]]:
        pages = self.aws.client("lambda").get_paginator("list_event_source_mappings").paginate(**of)
        return [mapping for page in pages for mapping in page["EventSourceMappings"]]

    def hurry(self, seconds: int) -> None:
        """Lower every visibility timeout, now that the handlers are warm and no first attempt takes longer than that."""
        for place in self.places.queues:
            url = self.stack.physical(place.logical_id)
            self.aws.call("sqs", "set_queue_attributes", QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})

    def wire(self, queue: str) -> list[dict[str, Any]]:
        """What SQS hands out of a queue that nobody polls. It counts as a receive."""
        self.settle()
        arguments = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"], "MaxNumberOfMessages": 10}
        answer = self.aws.call("sqs", "receive_message", QueueUrl=self.queue(queue), VisibilityTimeout=0, **arguments)
        got: list[dict[str, Any]] = answer.get("Messages", [])
        return got

    def passed(self, key: str, function: str | None = None) -> list[str]:
        """Which handlers (or what one of them) saw of the message with an idempotency key, as `told` writes it, sorted."""
        return sorted(
            told(record) for record in self.records() if record.key == key and function in {None, record.function}
        )

    def invocations(self, function: str) -> int:
        """How often a function was invoked."""
        group = self.stack.physical(logical_id(function, "FunctionLogs"))
        pages = self.aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return sum(event["message"].startswith("START RequestId:") for page in pages for event in page["events"])

    def records(self) -> list[Record]:
        """What the generated handlers logged, a record per message and attempt."""
        return list(observe(self.aws, self.stack, Places((), ())).records)

    def lying(self) -> dict[str, list[tuple[Any, int]]]:
        """Queue by queue the payloads that lie there, each with its ApproximateReceiveCount; empty queues are left out."""
        found: dict[str, list[tuple[Any, int]]] = {}
        for place in self.places.queues:
            for message in messages_in(self.aws, self.stack, place):
                found.setdefault(place.name, []).append((value(message.payload), message.receive_count))
        return found

    def items(self, store: str) -> list[dict[str, Any]]:
        """Every item of a table, as plain values."""
        from boto3.dynamodb.types import TypeDeserializer

        read = TypeDeserializer().deserialize
        table = self.stack.physical(logical_id(store, "Table"))
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [{key: read(given) for key, given in item.items()} for page in pages for item in page["Items"]]

    def journal(self) -> dict[str, list[str]]:
        """What the team's code wrote down, a list for each function, in the order of handling."""
        return {item["reader"]: item["seen"] for item in self.items("journal")}


def told(record: Record) -> str:
    """A record in a line: `queue > function: outcome message receive`."""
    return f"{record.queue or 'api'} > {record.function}: {record.outcome} {record.message} {record.receive_count}"


def value(payload: str) -> object:
    """A payload as JSON; what is no JSON as it is."""
    try:
        parsed: object = json.loads(payload)
    except ValueError:
        return payload
    return parsed


def until(condition: Callable[[], bool], problem: str, seconds: float = LONGEST) -> None:
    """Poll until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds:g} s: {problem}"
        time.sleep(POLL)
