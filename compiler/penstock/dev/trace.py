"""Follows sent messages to where they end.

A message is recognised by the SHA-256 of its payload, and where a handler has written the payload anew, by the value of
its idempotency key. Copies of one message cannot be told apart; they share what was seen of them: the first copy gets
the first outcome of a branch, the second copy the next.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from penstock.dev.deploy import Stack
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.observe import Lying, Observations, Record, observe
from penstock.dev.places import Message, Places, Way, digests, value_at

QUIET_SECONDS = 2.5  # longer than ministack's idle poll of queues (1 s) and the hand-over between services
POLL_SECONDS = 0.3
RANKS = ("handled", "duplicate", "dead letters", "waiting")
_FAILURES = ("failed", "poison")
NOWHERE = "not seen again"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a sent message's way. `attempts` is None where nothing counts them."""

    message: Message
    way: Way
    attempts: int | None
    place: str
    error: str = ""


@dataclass(slots=True)
class Fact:
    """The copies of one message, and what was seen of them."""

    copies: list[Message]
    digests: set[str]
    records: list[Record] = field(default_factory=list)
    lying: list[Lying] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sight:
    """One copy seen at one place: `at` is the component, `branch` the queue (or function) that it came through."""

    rank: str
    branch: str
    at: str
    attempts: int
    error: str = ""


def follow(aws: EmbeddedAws, stack: Stack, places: Places, seconds: float) -> Observations:
    """Watches until everything has come to rest, at most `seconds`; the last observations.

    At rest: every queue that is drained here is empty, and nothing new was seen for QUIET_SECONDS.
    """
    end = time.monotonic() + seconds
    last = observe(aws, stack, places)
    since = time.monotonic()
    while time.monotonic() < end:
        busy = any(message.queue.drained and message.queue.dlq_of is None for message in last.lying)
        if not busy and time.monotonic() - since >= QUIET_SECONDS:
            return last
        time.sleep(POLL_SECONDS)
        now = observe(aws, stack, places)
        if now != last:
            since = time.monotonic()
        last = now
    return last


def ends(places: Places, sent: list[Message], seen: Observations) -> tuple[End, ...]:
    """Every end of every sent message, in the order of sending."""
    facts = _facts(sent, seen)
    found = {
        id(copy): list(_ends_of(places, fact, number)) for fact in facts for number, copy in enumerate(fact.copies)
    }
    return tuple(end for copy in sent for end in found.get(id(copy)) or _without_trace(copy))


def strangers(sent: list[Message], seen: Observations) -> tuple[Record, ...]:
    """Records of no message that was sent: what handlers published under other keys."""
    facts = _facts(sent, seen)
    return tuple(record for record in seen.records if not any(record in fact.records for fact in facts))


def _without_trace(copy: Message) -> Iterator[End]:
    """The end of a message that was refused at the door, or of which nothing was seen after it."""
    way = (copy.entry.producer,) if copy.refusal else (copy.entry.producer, copy.entry.name)
    yield End(copy, way, None, "refused" if copy.refusal else NOWHERE, copy.refusal or "")


def _facts(sent: list[Message], seen: Observations) -> list[Fact]:
    """The sent messages grouped by payload, each with what was seen of it."""
    facts: dict[str, Fact] = {}
    for copy in sent:
        if copy.refusal is None:
            facts.setdefault(copy.payload, Fact([], digests(copy.payload))).copies.append(copy)
    known = list(facts.values())
    for record in seen.records:
        if (fact := _fact_of_record(known, record)) is not None:
            fact.records.append(record)
    for message in seen.lying:
        if (fact := _fact_of_lying(known, message)) is not None:
            fact.lying.append(message)
    return known


def _fact_of_record(facts: list[Fact], record: Record) -> Fact | None:
    """By payload first: a poison message often has the key of a good one."""
    same = [fact for fact in facts if record.digest in fact.digests]
    alike = [fact for fact in facts if record.key is not None and fact.copies[0].identity == record.key]
    return next(iter(same + alike), None)


def _fact_of_lying(facts: list[Fact], message: Lying) -> Fact | None:
    """As for records; the key is looked for where the sent message's contract has it."""
    same = [fact for fact in facts if digests(message.payload) & fact.digests]
    alike = [fact for fact in facts if _same_identity(fact.copies[0], message.payload)]
    return next(iter(same + alike), None)


def _same_identity(sent: Message, payload: str) -> bool:
    """Whether a payload has the idempotency key of a sent message."""
    return sent.identity is not None and value_at(payload, sent.contract.idempotency_key) == sent.identity


def _ends_of(places: Places, fact: Fact, number: int) -> Iterator[End]:
    """The ends of copy `number` of a fact: what was seen of it, less the places that handed it on."""
    sights = [sight for share in _shares(fact).values() for sight in _share_of(share, number, len(fact.copies))]
    copy = fact.copies[number]
    for sight in sights:
        onward = places.beyond(sight.at)
        if sight.rank == "handled" and any(other.branch in onward or other.at in onward for other in sights):
            continue
        yield End(copy, _way(places, copy, sight), sight.attempts, _words(sight), sight.error)


def _shares(fact: Fact) -> dict[str, list[Sight]]:
    """What was seen of a fact, by branch; within a branch the best outcome first."""
    shares: dict[str, list[Sight]] = {}
    for sight in (*_handled(fact), *_lying(fact)):
        shares.setdefault(sight.branch, []).append(sight)
    for share in shares.values():
        share.sort(key=lambda sight: RANKS.index(sight.rank))
    return shares


def _share_of(share: list[Sight], number: int, copies: int) -> list[Sight]:
    """The sights of one branch that belong to copy `number`; the last copy has what is over."""
    return share[number:] if number == copies - 1 else share[number : number + 1]


def _handled(fact: Fact) -> Iterator[Sight]:
    """A sight for each record that was handled or suppressed; the attempts are the highest count of that kind there."""
    for record in fact.records:
        if record.outcome not in _FAILURES:
            branch = record.queue or record.function
            yield Sight(record.outcome, branch, record.function, record.receive_count)


def _lying(fact: Fact) -> Iterator[Sight]:
    """A sight for each message that lies in a queue, with the last error of the handler that failed on it."""
    for message in fact.lying:
        source = message.queue.dlq_of or message.queue.name
        failed = [record for record in fact.records if record.outcome in _FAILURES]
        failures = [record for record in failed if source == (record.queue or record.function)]
        error = failures[-1].error if failures else ""
        rank = "dead letters" if message.queue.dlq_of else "waiting"
        attempts = message.receive_count or len(failures) // len(fact.copies)
        yield Sight(rank, source, message.queue.name, attempts, error)


def _way(places: Places, sent: Message, sight: Sight) -> Way:
    """The components that the copy passed: producer, door, the branch's queue, and where it was seen."""
    start = places.way((sent.entry.producer, sent.entry.name), sight.branch)
    return start if sight.at == start[-1] else (*start, sight.at)


def _words(sight: Sight) -> str:
    """The final place as the table shows it."""
    match sight.rank:
        case "handled":
            return f"handled by {sight.at}"
        case "duplicate":
            return f"duplicate, suppressed by {sight.at}"
        case "dead letters":
            return f"dead letters {sight.at}"
        case _:
            return f"still in {sight.at}"
