"""What a hop promises: the one object that the linter, the compiler and every report ask."""

from enum import Enum

from penstock.model.component import Component
from penstock.records import NamedTuple


class Guarantee(Enum):
    """How often a message that was accepted arrives."""

    AT_LEAST_ONCE = "at least once"
    AT_MOST_ONCE = "at most once"


class Ordering(Enum):
    """Which order the hop keeps."""

    NONE = "none"
    PER_GROUP = "per message group"
    PER_KEY = "per partition key"


class Ending(Enum):
    """What becomes of a message that the hop gives up."""

    DEAD_LETTERS = "dead-letter queue"
    BUCKET = "bucket"
    CALLER = "error to the caller"
    DROPPED = "dropped"
    EXPIRED = "deleted when its retention ends"
    SWEPT = "stays in the outbox, which is swept"


class Semantics(NamedTuple):
    """The promise of one connection.

    ``attempts`` counts every delivery, the first included; ``None`` is no bound but the ``window``: the seconds after which a message is
    given up, ``None`` where nothing but the attempts bounds it. ``dead_letters`` is the queue of ``Ending.DEAD_LETTERS``,
    or the bucket of ``Ending.BUCKET``.
    ``unread`` is the queue to which generated code sends a message that it cannot read, at the first delivery and with the reason.
    ``then`` is the promise of the layer behind, which takes over where this one has handed the message on.
    """

    guarantee: Guarantee
    ordering: Ordering
    retried_by: str
    attempts: int | None
    window: int | None
    ending: Ending
    source: str
    dead_letters: Component | None = None
    unread: Component | None = None
    then: "Semantics | None" = None
