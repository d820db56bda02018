"""A hop's promise in words, as reports give it."""

from collections.abc import Iterator

from penstock.hops.semantics import Ending, Ordering, Semantics
from penstock.kinds import Queue
from penstock.model.component import Component
from penstock.model.units import show_duration


def phrases(promise: Semantics) -> Iterator[str]:
    """Guarantee, order, attempts and ending, then those of the layer behind: ``at least once``, ``in no order``, ``SQS tries 5 times``."""
    yield promise.guarantee.value
    yield "in no order" if promise.ordering is Ordering.NONE else f"in order {promise.ordering.value}"
    yield from _layer(promise)
    if promise.then:
        yield from _layer(promise.then)


def _layer(promise: Semantics) -> Iterator[str]:
    yield f"{promise.retried_by} {attempts(promise)}"
    yield f"then {ending(promise)}"
    if promise.unread:
        yield f"what cannot be read goes to {promise.unread} at once"


def attempts(promise: Semantics) -> str:
    """How often something is tried, and for how long."""
    within = f" within {show_duration(promise.window)}" if promise.window else ""
    match promise.attempts:
        case None:
            return f"tries any number of times{within}"
        case 1:
            return "tries once"
        case number:
            return f"tries {number:,} times{within}"


def ending(promise: Semantics) -> str:
    """Where a message goes when all attempts have failed."""
    if promise.ending is Ending.DEAD_LETTERS and promise.dead_letters is not None:
        return f"dead-letter {promise.dead_letters}{_kept(promise.dead_letters)}"
    if promise.ending is Ending.BUCKET and promise.dead_letters is not None:
        return f"kept in bucket {promise.dead_letters.name!r}"
    if promise.ending is Ending.SWEPT and promise.dead_letters is not None:
        return f"{promise.ending.value}; {promise.dead_letters} is told"
    return promise.ending.value


def _kept(queue: Component) -> str:
    if not isinstance(queue, Queue) or queue.retention is None:
        return ""
    return f", which keeps it for {show_duration(queue.retention)}"
