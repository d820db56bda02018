"""What the embedded run knows of a topology: its doors, its queues and who hands on to whom.

Plain values that the caller fills from the model; names are component names, logical ids those of the template.
"""

import enum
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Way: TypeAlias = tuple[str, ...]  # component names in the order in which a message passes them


class EntryKind(enum.Enum):
    """The AWS service that takes a producer's messages."""

    API = "api"
    BUS = "bus"
    FUNCTION = "function"
    QUEUE = "queue"
    STREAM = "stream"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Entry:
    """A door into the topology: where `producer` puts messages.

    `name` is the channel (or function) behind the door and `logical_id` its resource; for an API it is the RestApi's
    logical id, with `stage` (name or logical id), `method`, `path` and, where callers bring one, the logical id of an API
    `key`. `event_source` is the source of a bus's events.
    """

    producer: str
    kind: EntryKind
    name: str
    logical_id: str
    fifo: bool = False
    fair: bool = False
    event_source: str = ""
    method: str = "POST"
    path: str = "/"
    stage: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """What `send` and `trace` need of a message contract; keys are dotted paths into the payload."""

    name: str
    key: str | None = None
    idempotency_key: str | None = None
    detail_type: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """A queue where a message may lie. `dlq_of` names the queue whose dead letters it keeps.

    `drained` says that something in the embedded AWS takes messages out, so that an empty queue is worth waiting for.
    """

    name: str
    logical_id: str
    dlq_of: str | None = None
    drained: bool = True


@dataclass(frozen=True, slots=True)
class Places:
    """The queues, and the hops `(from, to)` between components: producer, channel, queue and consumer names."""

    queues: tuple[QueuePlace, ...]
    hops: tuple[tuple[str, str], ...]

    def beyond(self, start: str) -> set[str]:
        """Every component that a message can reach after `start`."""
        found: set[str] = set()
        edge = [start]
        while edge:
            name = edge.pop()
            fresh = [to for source, to in self.hops if source == name and to not in found]
            found.update(fresh)
            edge.extend(fresh)
        return found

    def way(self, start: Way, end: str) -> Way:
        """A shortest way from the last name of `start` to `end`, with `start` before it; `(*start, end)` if none."""
        if start[-1] == end:
            return start
        ways: list[Way] = [start]
        reached = set(start)
        for way in ways:
            for source, to in self.hops:
                if source != way[-1] or to in reached:
                    continue
                if to == end:
                    return (*way, to)
                reached.add(to)
                ways.append((*way, to))
        return (*start, end)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to send through a door: `label` is what the user calls it, `refusal` why it did not get in, if so."""

    label: str
    contract: Contract
    entry: Entry
    payload: str
    refusal: str | None = None

    @property
    def identity(self) -> str | None:
        """The value of the idempotency key, which every copy of the same fact shares."""
        return value_at(self.payload, self.contract.idempotency_key)


def parsed(text: str) -> object:
    """The JSON value of a text; None when it is no JSON."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return value


def value_at(text: str, path: str | None) -> str | None:
    """The scalar under a dotted path of a JSON text, written as text; None when there is none."""
    value = parsed(text)
    for step in path.split(".") if path else ():
        value = value.get(step) if isinstance(value, dict) else None
    if path is None or value is None or isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def digests(payload: str) -> set[str]:
    """SHA-256 of the payload as sent, and of the ways in which a JSON payload is usually written again on its way."""
    return {hashlib.sha256(text.encode()).hexdigest() for text in _spellings(payload)}


def _spellings(payload: str) -> Iterator[str]:
    """The payload itself, and its JSON value with and without blanks, sorted and not, ASCII and not."""
    yield payload
    yield payload.strip()
    value = parsed(payload)
    if value is None:
        return
    for separators in ((",", ":"), (", ", ": ")):
        for sort in (False, True):
            for ascii_only in (False, True):
                yield json.dumps(value, separators=separators, sort_keys=sort, ensure_ascii=ascii_only)
