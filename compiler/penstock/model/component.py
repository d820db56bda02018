"""Components and the connections between them: what every front end produces and every later phase reads."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar

from penstock.model.origin import Origin, Place
from penstock.records import NamedTuple, field, record


class Absent(NamedTuple):
    """A safeguard that the topology leaves out on purpose."""

    reason: str


class Redrive(NamedTuple):
    """Where messages go that were given up, and after how many receives (``None`` where the hop counts otherwise)."""

    queue: str
    max_receives: int | None
    origin: Origin


class Encryption(NamedTuple):
    """Encryption at rest: by the service's own key, by a key of the topology (``key``), or left out (``reason``)."""

    key: str | None = None
    reason: str | None = None


class Existing(NamedTuple):
    """Where something is that this stack does not make: its ARN, the SSM parameter or the export that has it; or nowhere, if not said."""

    arn: str | None = None
    parameter: str | None = None
    export: str | None = None


class Export(NamedTuple):
    """How a component's ARN is published: in an SSM parameter, or as an export of the stack; by default as the topology says."""

    parameter: str | None = None
    stack: str | None = None


class Allowance(NamedTuple):
    """The IAM principals (ARNs or account numbers) to whom a channel's owner consents."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


NO_ALLOWANCE = Allowance()
"""Consent to nobody."""

BY_SERVICE = Encryption()
"""Encryption by the service's own key, which every service here has by default."""


class Fifo(NamedTuple):
    """FIFO behaviour. ``deduplication`` is ``content``, ``explicit`` or not stated; ``per_group`` is throughput per message group."""

    deduplication: str | None
    per_group: bool


class GroupBy(NamedTuple):
    """What makes the message group or the partition key: a dotted path into the payload, or one constant for all."""

    path: str | None = None
    constant: str | None = None


class Batch(NamedTuple):
    """How many messages one invocation gets, and how many seconds it waits for them."""

    size: int
    window: int
    partial_failures: bool


class Pollers(NamedTuple):
    """How many pollers of a queue run at least and at most."""

    least: int
    most: int


_AWS_BATCH = Batch(10, 0, partial_failures=False)


@record
class Delivery:
    """One ``from:`` entry: what is read, and how it is delivered. Durations in seconds.

    ``payload`` is the part of an event that is handed on, all of it where that is ``None``.
    ``dlq`` is where the delivery's failures go: ``dlq:`` of the entry or, where a stream is read, ``on_failure:``. That may name
    a ``bucket`` instead.
    """

    source: str
    origin: Origin = field(repr=False)
    id: str | None = None
    enabled: bool = True
    messages: tuple[str, ...] | None = None
    pattern: Mapping[str, Any] | None = None
    filters: tuple[Mapping[str, Any], ...] = ()
    filter_on: str = "attributes"
    raw: bool = False
    payload: str | None = None
    max_retries: int | None = None
    max_age: int | None = None
    dlq: Redrive | Absent | None = None
    bucket: str | None = None
    group_by: GroupBy | None = None
    dedupe_by: str | None = None
    via: str | None = None
    batch: Batch = _AWS_BATCH
    max_concurrency: int | None = None
    pollers: Pollers | None = None
    start: str | None = None
    parallelization: int = 1
    bisect: bool = False


@record
class Publication:
    """One ``publishes:`` entry: a message and where it is sent."""

    message: str
    to: str
    origin: Origin = field(repr=False)


@record
class Access:
    """How a function uses a store: the ways are ``read``, ``write`` and ``idempotency``.

    An ``optional`` one may name the outside world in words instead of a store.
    """

    store: str
    ways: frozenset[str]
    optional: bool = False
    origin: Origin = field(repr=False)


@record
class Handover:
    """Where the records go of a function's asynchronous invocations that succeeded."""

    to: str
    origin: Origin = field(repr=False)


DO, UNDO, CALLBACK, CHILD, LAUNCH = "does", "undoes", "asks", "runs", "launches"
"""What a saga makes of a function or of another saga, whose end it awaits or not: see ``Call.word``."""


@record
class Call:
    """What a saga's step calls, or who starts or resumes a saga without a message: ``word`` says which, ``step`` names the step.

    ``kinds`` are what ``to`` may be; to a queue it sends the ``message``.
    """

    to: str
    word: str
    kinds: tuple[str, ...]
    key: str
    step: str = ""
    message: str | None = None
    origin: Origin = field(repr=False)


class Threshold(NamedTuple):
    """What one alarm signal is compared with, or why there is no alarm (``reason``).

    Ages are in seconds, latencies in milliseconds or, with ``percent``, a part of the time that there is.
    """

    value: int
    reason: str | None = None
    percent: bool = False


ANY_SIGNAL = "any"
"""The key of a severity that holds for every signal which has none of its own."""


class Reference(NamedTuple):
    """A name that a component uses besides its edges, and the words for the kinds it may have."""

    name: str
    place: Place
    kinds: tuple[str, ...]


class Mention(NamedTuple):
    """A message that a component names and neither sends nor reads."""

    message: str
    place: Place


class Form(Enum):
    """How the messages of a topic or a bus look inside of its own envelope."""

    PLAIN = "plain"
    WRAPPED = "wrapped"


@record
class Component:
    """One named thing of a topology. Two components are the same only if they are one object.

    ``arn_word`` tells how an ARN is made of a name, where that is not as of all components of its ``word``.
    ``part_of`` is the component that one was written inside of: an inline dead-letter queue has no entry of its own.
    What an imported one ``carries`` are the messages that its own topology sends to it, in the ``forms`` that they have there;
    those that it ``may_carry`` nobody there sends.
    """

    word: ClassVar[str]
    arn_word: ClassVar[str] = ""

    name: str
    origin: Origin = field(repr=False)
    part_of: str | None = None
    deliveries: tuple[Delivery, ...] = ()
    publications: tuple[Publication, ...] = ()
    accesses: tuple[Access, ...] = ()
    calls: tuple[Call, ...] = ()
    references: tuple[Reference, ...] = ()
    mentions: tuple[Mention, ...] = ()
    redrive: Redrive | Absent | None = None
    handover: Handover | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    existing: Existing | None = None
    export: Export | None = None
    carries: tuple[str, ...] = ()
    may_carry: tuple[str, ...] = ()
    forms: frozenset[Form] = frozenset()

    @property
    def imported(self) -> bool:
        """Whether another topology of the workspace declares it."""
        return "/" in self.name

    @property
    def is_open(self) -> bool:
        """Whether others may send to it: other stacks, which find it by its export or its name, or accounts that it allows."""
        return bool(self.existing or self.is_shared or getattr(self, "physical_name", None))

    @property
    def is_shared(self) -> bool:
        """Whether its owner publishes it or lets other accounts send to it: then others do."""
        allowance: Allowance = getattr(self, "allowance", NO_ALLOWANCE)
        return bool(self.export or allowance.publish)

    @property
    def is_read_by_rules(self) -> bool:
        """Whether rules of EventBridge deliver what it has: a bus, or a bucket, whose events come over the account's own bus."""
        return self.word == "bus" or self.arn_word == "bucket"

    @property
    def is_fed_from_outside(self) -> bool:
        """Whether messages come to it that no component sends, such as the events of AWS's services."""
        return False

    def at(self, *path: str | int) -> Place:
        """The place of a field, for a finding."""
        return Place(self.origin, path)

    def states(self, *path: str | int) -> bool:
        """Whether the topology says anything about a field."""
        return self.origin.states(path)

    def __str__(self) -> str:
        """The component as findings name it: ``queue 'orders'``."""
        return f"{self.word} {self.name!r}"

    def dead_letters(self) -> Iterator[Redrive]:
        """Every place that this component gives messages up to: its own, and those of its deliveries."""
        for redrive in (self.redrive, *(delivery.dlq for delivery in self.deliveries)):
            if isinstance(redrive, Redrive):
                yield redrive


@record
class Connection:
    """An edge of the topology: ``source`` hands messages (or calls) to ``target``."""

    source: Component
    target: Component
    settings: Delivery | Publication | Access | Call | Handover

    def at(self, *path: str | int) -> Place:
        """The place of one of the connection's settings, for a finding."""
        return Place(self.settings.origin, path)

    def states(self, *path: str | int) -> bool:
        """Whether the topology says anything about a setting."""
        return self.settings.origin.states(path)

    @property
    def delivery(self) -> Delivery:
        """The settings of a connection that was written as ``from:``."""
        if not isinstance(self.settings, Delivery):
            message = f"{self.source} to {self.target} is no delivery"
            raise TypeError(message)
        return self.settings

    @property
    def access(self) -> Access:
        """The settings of a connection from a function into a store."""
        if not isinstance(self.settings, Access):
            message = f"{self.source} to {self.target} is no access to a store"
            raise TypeError(message)
        return self.settings
