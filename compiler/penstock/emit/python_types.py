"""What the Python generator must know of a function: plain values, filled from the topology by an adapter.

Names are the topology's own (``fulfil``, ``orders``, ``OrderPlaced``), paths are dotted paths into a payload
(``customer.id``), times are seconds, sizes are bytes.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock import resources
from penstock.hops.wrapping import Envelope


class Strategy(enum.Enum):
    """How a function makes a second copy of a message harmless; the values are the language's."""

    NONE = "none"
    TABLE = "table"
    CONDITIONAL_WRITE = "conditional-write"
    UNIQUE_CONSTRAINT = "unique-constraint"
    CLIENT_KEY = "client-key"


class ChannelKind(enum.Enum):
    """Where a function can send to; the values name the environment variables."""

    TOPIC = "topic"
    QUEUE = "queue"
    BUS = "bus"
    STREAM = "stream"
    SAGA = "saga"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffloadStub:
    """The bucket that keeps a message's payloads of more than ``above`` bytes."""

    store: str
    above: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStub:
    """A contract. ``schema`` is a JSON Schema (draft 2020-12): a mapping, or True or False.

    ``max_bytes`` bounds the payload of one that may be kept in a bucket; of all others the publication does.
    """

    name: str
    schema: Mapping[str, object] | bool
    version: int = 1
    idempotency_key: str | None = None
    offload: OffloadStub | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonStub:
    """The queue that gets at once what cannot be read, and the largest message that it takes, in bytes."""

    queue: str
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStub:
    """A queue that a function reads. ``detail_types`` is for buses: detail-type to contract, where they differ.

    Of one that is ``existing`` no attempts and no dead letters mean that they are not known. Without ``poison`` what cannot be read is
    received again as anything else that fails.
    """

    queue: str
    messages: tuple[str, ...]
    envelopes: tuple[Envelope, ...] = (Envelope.DIRECT,)
    detail_types: Mapping[str, str] = field(default_factory=dict)
    fifo: bool = False
    partial_failures: bool = True
    batch_size: int = 10
    guarantee: str = "at least once"
    ordering: str = "none"
    max_receives: int | None = None
    dead_letters: str | None = None
    poison: PoisonStub | None = None
    existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStub:
    """A stream that a function reads. ``window_s`` is how old a record can be when it is tried the last time, if that is known.

    ``image`` is set for the stream of a table: the part of its records that is the message. ``failed`` is the queue that is told
    what was given up or, with ``kept``, the bucket that keeps it.
    """

    stream: str
    image: str | None = None
    messages: tuple[str, ...]
    poison: PoisonStub | None = None
    partial_failures: bool = True
    batch_size: int = 100
    guarantee: str = "at least once"
    ordering: str = "per partition key"
    attempts: int | None = None
    window_s: int | None
    failed: str | None = None
    kept: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectStub:
    """A topic or a bus that invokes the function itself, with the two layers at which a message can fail.

    The topic or bus tries to hand the message to Lambda (``delivery_attempts`` within ``delivery_window_s``); then Lambda
    invokes the function (``attempts`` within ``window_s``). Each layer has a queue for what it gives up, or none.
    """

    kind: str
    name: str
    messages: tuple[str, ...]
    service: str
    guarantee: str
    detail_types: Mapping[str, str] = field(default_factory=dict)
    wrapped: bool = False
    delivery_attempts: int
    delivery_window_s: int
    undelivered: str | None = None
    attempts: int
    window_s: int
    failed: str | None = None
    poison: PoisonStub | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiStub:
    """A route that invokes the function, as ``POST /orders``, and the message that its body is."""

    producer: str
    route: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationStub:
    """A sender that invokes the function with one message and waits for nothing: the event is the payload."""

    sender: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStub:
    """A step of a saga that invokes the function, to do it, to ``undo`` it, or with a token that somebody answers (``asks``)."""

    saga: str
    step: str
    undoes: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyStub:
    """The declared strategy. ``key`` overrides the contracts' own; the store's facts are for ``table``."""

    strategy: Strategy = Strategy.NONE
    key: str | None = None
    store: str | None = None
    key_attribute: str = "id"
    sort_key_attribute: str | None = None
    expiry_attribute: str | None = None
    ttl_s: int | None = None
    because: str | None = None

    @property
    def by_team(self) -> bool:
        """Whether the safeguard is the team's to build."""
        return self.strategy not in {Strategy.TABLE, Strategy.NONE}


@dataclass(frozen=True, slots=True)
class Path:
    """A value that is read from the payload."""

    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same for all messages."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStub:
    """One message that a function sends to one channel.

    ``group_by`` and ``deduplicate_by`` are given exactly where AWS wants them (FIFO, explicit deduplication; a fair
    queue has a group too, and a stream takes it for the partition key). ``attributes`` are paths of what subscriptions
    filter on. ``max_bytes`` is the smallest limit on the way. ``ordered`` says whether messages of one group must not overtake.
    """

    message: str
    kind: ChannelKind
    channel: str
    group_by: Path | Constant | None = None
    deduplicate_by: Path | Constant | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    event_source: str | None = None
    detail_type: str | None = None
    max_bytes: int | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStub:
    """One message that a function writes into the outbox of a table.

    ``key``, ``row`` and ``unsent`` are the attributes of the aggregate, of the row's id, and of what is not sent, which is spread
    over so many ``parts``. ``group_by`` is the aggregate.
    """

    message: str
    store: str
    key: str
    row: str
    unsent: str
    parts: int
    group_by: Path | None = None
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRowStub:
    """One message that a function writes into the outbox of a database, which has the rows in a ``table``."""

    message: str
    store: str
    table: str
    group_by: Path | None = None
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStub:
    """How patiently generated code calls AWS; the attempts include the first."""

    max_attempts: int = resources.limit("sdk.attempts")
    connect_timeout_s: float = resources.limit("sdk.connect_timeout")
    read_timeout_s: float = resources.limit("sdk.read_timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionStub:
    """A function to write. Without sources, streams, directs, apis, invocations and steps something else invokes it.

    ``messages`` are the contracts of all that it handles and publishes, and no others: each becomes a class. With ``starts``, a saga's
    name, nothing of it is the team's: it starts the saga with each message. One that ``resumes`` sagas answers their callbacks. Its
    ``folder`` is ``services`` for a pool of workers, and ``publishers`` for what runs elsewhere and only sends.
    """

    name: str
    topology: str
    timeout_s: float
    typescript: bool = False
    folder: str = "functions"
    messages: tuple[MessageStub, ...] = ()
    sources: tuple[SourceStub, ...] = ()
    streams: tuple[StreamStub, ...] = ()
    directs: tuple[DirectStub, ...] = ()
    apis: tuple[ApiStub, ...] = ()
    invocations: tuple[InvocationStub, ...] = ()
    steps: tuple[StepStub, ...] = ()
    publishes: tuple[PublishStub, ...] = ()
    rows: tuple[RowStub | DatabaseRowStub, ...] = ()
    starts: str | None = None
    resumes: bool = False
    idempotency: IdempotencyStub = IdempotencyStub()
    client: ClientStub = ClientStub()

    @property
    def home(self) -> str:
        """Where its code lies in the compiled folder."""
        return f"{self.folder}/{self.name}"

    def message(self, name: str) -> MessageStub:
        """The contract of that name; it is among ``messages``, or the adapter is wrong."""
        return next(message for message in self.messages if message.name == name)

    @property
    def delivered(self) -> frozenset[str]:
        """The names of the messages that come over channels."""
        arriving = {name for source in self.sources for name in source.messages}
        arriving |= {name for stream in self.streams for name in stream.messages}
        return frozenset(arriving | {name for direct in self.directs for name in direct.messages})

    @property
    def poisons(self) -> frozenset[str]:
        """The queues that get at once what cannot be read."""
        of_queues = [source.poison for source in self.sources]
        others = [*(stream.poison for stream in self.streams), *(direct.poison for direct in self.directs)]
        return frozenset(poison.queue for poison in (*of_queues, *others) if poison)

    @property
    def handled(self) -> tuple[str, ...]:
        """The names of all messages that can arrive, in order."""
        called = {api.message for api in self.apis} | {each.message for each in self.invocations}
        return tuple(sorted(self.delivered | called))

    @property
    def guards(self) -> bool:
        """Whether the team's code tells copies of messages apart by itself."""
        return self.idempotency.by_team and bool(self.handled)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStub:
    """The relay of an outbox in a table, whose attributes are called as in ``RowStub``.

    A row that is not sent is found by the ``index``, and sent by the sweeper when it is ``after_s`` old; one that is sent expires
    after ``keep_s`` by the attribute ``expiry``, if there is one.
    """

    name: str
    topology: str
    store: str
    key: str
    row: str
    unsent: str
    index: str
    parts: int
    expiry: str | None
    keep_s: int
    after_s: int
    publishes: tuple[PublishStub, ...]
    client: ClientStub = ClientStub()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRelayStub:
    """The relay of an outbox in a database, which has the rows in a ``table``; it takes so many in a ``batch``."""

    name: str
    topology: str
    store: str
    table: str
    batch: int
    poll_s: float
    keep_s: int
    publishes: tuple[PublishStub, ...]
    client: ClientStub = ClientStub()


@dataclass(frozen=True, slots=True, order=True)
class EnvironmentVariable:
    """A variable that generated code reads.

    ``kind`` says what it holds: of a topic or a saga its ARN, of a queue its URL, of a stream its name, of a bus its name or ARN, of a
    store the table's name, of a source (a queue or a stream that is read; asked for only where a function reads several) its ARN.
    """

    name: str
    kind: str
    component: str


@dataclass(frozen=True, slots=True, order=True)
class SchemaNote:
    """A part of a message's schema that the generated class does not check; ``pointer`` is a JSON Pointer."""

    message: str
    pointer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFunction:
    """What was generated for one function, in Python or in TypeScript.

    ``files`` are always rewritten. ``created_once`` is the team's: it is written where nothing stands, and copied, as
    it then is, to the place that ``copies`` names (target to origin). Without ``creates`` it is only copied until the team has its own.
    """

    files: Mapping[str, str]
    created_once: Mapping[str, str]
    copies: Mapping[str, str]
    environment: tuple[EnvironmentVariable, ...]
    notes: tuple[SchemaNote, ...]
    creates: bool = True
