"""Functions to generate, small and of every kind."""

from dataclasses import replace

from penstock.emit.python_types import (
    ApiStub,
    ChannelKind,
    Constant,
    DatabaseRelayStub,
    DatabaseRowStub,
    DirectStub,
    FunctionStub,
    IdempotencyStub,
    InvocationStub,
    MessageStub,
    OffloadStub,
    Path,
    PoisonStub,
    PublishStub,
    RelayStub,
    RowStub,
    SourceStub,
    StepStub,
    Strategy,
    StreamStub,
)
from penstock.hops.wrapping import Envelope

PLACED = MessageStub(
    name="OrderPlaced",
    idempotency_key="order_id",
    schema={
        "type": "object",
        "description": 'An order was "placed".\n"""Not a trick.""" \\',
        "required": ["order_id", "items"],
        "properties": {
            "order_id": {"type": "string", "minLength": 1, "description": "Unique in the shop."},
            "class": {"enum": ["private", "business", "a class with a name that is too long for one line"]},
            "note": {"type": ["string", "null"], "maxLength": 200},
            "placed_at": {"type": ["string", "null"], "format": "date-time"},
            "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Line"}},
            "gift-to": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": False},
        },
        "additionalProperties": False,
        "$defs": {
            "Line": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
            }
        },
    },
)
CONFIRMED = MessageStub(
    name="OrderConfirmed",
    idempotency_key="order_id",
    version=2,
    schema={"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}},
)
TABLE = IdempotencyStub(strategy=Strategy.TABLE, store="idempotency", expiry_attribute="expires_at", ttl_s=1_296_000)
SOURCE = SourceStub(queue="fulfilment", messages=("OrderPlaced",), max_receives=5, dead_letters="fulfilment-dlq")
CONSUMER = FunctionStub(
    name="fulfil", topology="orders", timeout_s=30, messages=(PLACED,), sources=(SOURCE,), idempotency=TABLE
)
GRAVE = PoisonStub(queue="fulfilment-dlq", max_bytes=1_048_576)
BURYING = replace(CONSUMER, sources=(replace(SOURCE, poison=GRAVE),))
FIFO = replace(CONSUMER, sources=(replace(SOURCE, fifo=True, ordering="per group"),))
WRAPPED = replace(
    CONSUMER,
    messages=(PLACED, CONFIRMED),
    sources=(
        replace(
            SOURCE,
            messages=("OrderConfirmed", "OrderPlaced"),
            envelopes=(Envelope.DIRECT, Envelope.NOTIFICATION, Envelope.EVENT),
            detail_types={"order.confirmed": "OrderConfirmed"},
        ),
    ),
    idempotency=IdempotencyStub(),
)
KEYED = replace(CONSUMER, idempotency=IdempotencyStub(strategy=Strategy.CLIENT_KEY, key="items"))
POOLED = replace(KEYED, folder="services")
CONDITIONAL = replace(CONSUMER, idempotency=IdempotencyStub(strategy=Strategy.CONDITIONAL_WRITE))
UNIQUE = replace(CONSUMER, idempotency=IdempotencyStub(strategy=Strategy.UNIQUE_CONSTRAINT))
API = replace(
    CONSUMER,
    name="place",
    sources=(),
    apis=(ApiStub(producer="checkout", route="POST /orders", message="OrderPlaced"),),
)
SCHEDULED = replace(
    CONSUMER, name="close", sources=(), invocations=(InvocationStub(sender="nightly", message="OrderPlaced"),)
)
TWO_QUEUES = replace(
    CONSUMER, sources=(SOURCE, replace(SOURCE, queue="late-orders", fifo=True, partial_failures=False, batch_size=5))
)
TOPIC = DirectStub(
    kind="topic",
    name="orders",
    messages=("OrderPlaced",),
    service="SNS",
    guarantee="at least once",
    delivery_attempts=100_015,
    delivery_window_s=1_987_200,
    undelivered="fulfil-from-orders-dlq",
    attempts=3,
    window_s=21_600,
    failed="fulfil-failed",
)
BUS = replace(
    TOPIC,
    kind="bus",
    name="commerce",
    service="EventBridge",
    messages=("OrderConfirmed",),
    detail_types={"order.confirmed": "OrderConfirmed"},
    undelivered=None,
    attempts=1,
    failed=None,
)
INVOKED = replace(CONSUMER, sources=(), directs=(TOPIC,))
DIRECT = replace(CONSUMER, messages=(PLACED, CONFIRMED), sources=(), directs=(TOPIC, BUS))
CLICKS = StreamStub(stream="clicks", messages=("OrderPlaced",), attempts=4, window_s=3_600, failed="fulfil-failed")
READER = replace(CONSUMER, sources=(), streams=(CLICKS,))
TWO_STREAMS = replace(
    CONSUMER,
    messages=(PLACED, CONFIRMED),
    streams=(
        replace(CLICKS, messages=("OrderConfirmed", "OrderPlaced"), attempts=None, failed=None),
        replace(CLICKS, stream="views", partial_failures=False, attempts=None, failed=None, dropped=True),
    ),
)
FAILED = replace(WRAPPED, sources=(replace(WRAPPED.sources[0], envelopes=(Envelope.INVOCATION,)),))
PUBLISHER = FunctionStub(
    name="json",
    topology="orders",
    timeout_s=5,
    messages=(PLACED, CONFIRMED),
    publishes=(
        PublishStub(
            message="OrderPlaced",
            kind=ChannelKind.TOPIC,
            channel="ledger",
            group_by=Path("order_id"),
            deduplicate_by=Path("order_id"),
            attributes={"note": "note", "region": "region"},
            max_bytes=300,
        ),
        PublishStub(message="OrderPlaced", kind=ChannelKind.QUEUE, channel="intake", group_by=Constant("all")),
        PublishStub(
            message="OrderPlaced", kind=ChannelKind.STREAM, channel="clicks", group_by=Path("order_id"), max_bytes=500
        ),
        PublishStub(message="OrderConfirmed", kind=ChannelKind.STREAM, channel="views"),
        PublishStub(message="OrderConfirmed", kind=ChannelKind.BUS, channel="commerce", event_source="shop.orders"),
    ),
)
OFFLOADING = replace(
    CONSUMER,
    messages=(replace(PLACED, offload=OffloadStub(store="letters", above=60), max_bytes=240),),
    publishes=(PublishStub(message="OrderPlaced", kind=ChannelKind.QUEUE, channel="intake", max_bytes=200),),
    idempotency=IdempotencyStub(),
)
BURYING_INVOKED = replace(INVOKED, directs=(replace(TOPIC, poison=GRAVE),))
BURYING_READER = replace(READER, streams=(replace(CLICKS, poison=GRAVE),))
ROWS = tuple(
    RowStub(
        message=message,
        store=store,
        key="aggregate",
        row="row_id",
        unsent="unsent",
        parts=8,
        group_by=Path("order_id") if store == "outbox" else None,
        max_bytes=4_096,
    )
    for message, store in (("OrderPlaced", "outbox"), ("OrderConfirmed", "outbox"), ("OrderConfirmed", "other-outbox"))
)
WRITER = replace(CONSUMER, messages=(PLACED, CONFIRMED), rows=ROWS)
RELAY = RelayStub(
    name="relay",
    topology="orders",
    store="outbox",
    key="aggregate",
    row="row_id",
    unsent="unsent",
    index="unsent",
    parts=8,
    expiry="expires_at",
    keep_s=604_800,
    after_s=900,
    publishes=PUBLISHER.publishes,
)
DATABASE_RELAY = DatabaseRelayStub(
    name="relay",
    topology="orders",
    store="orders-db",
    table="relay_rows",
    batch=100,
    poll_s=0.5,
    keep_s=604_800,
    publishes=PUBLISHER.publishes,
)
DATABASE_ROW = DatabaseRowStub(
    message="OrderPlaced", store="orders-db", table="relay_rows", group_by=Path("order_id"), max_bytes=4_096
)
RELAYS: dict[str, RelayStub | DatabaseRelayStub] = {
    "database-relay": DATABASE_RELAY,
    "relay": RELAY,
    "plain-relay": replace(RELAY, expiry=None, publishes=PUBLISHER.publishes[:1]),
}
STEPS = (
    StepStub(saga="place", step="reserve-stock"),
    StepStub(saga="place", step="reserve-stock", undoes=True),
    StepStub(saga="place", step="approval", asks=True),
)
STEPPED = replace(CONSUMER, name="reserve", messages=(), sources=(), steps=STEPS)
PLAIN_STEPS = replace(STEPPED, idempotency=IdempotencyStub())
STARTER = replace(
    CONSUMER,
    name="place-starter",
    idempotency=IdempotencyStub(),
    starts="place",
    publishes=(
        PublishStub(
            message="OrderPlaced",
            kind=ChannelKind.SAGA,
            channel="place",
            deduplicate_by=Path("order_id"),
            max_bytes=262_144,
        ),
    ),
)
ANSWERING = replace(CONSUMER, name="approver", resumes=True)
ALL = {
    "offloading": OFFLOADING,
    "stepped": STEPPED,
    "plain-steps": PLAIN_STEPS,
    "stepped-and-consumer": replace(CONSUMER, steps=STEPS, resumes=True),
    "starter": STARTER,
    "answering": ANSWERING,
    "consumer": CONSUMER,
    "burying": BURYING,
    "burying-invoked": BURYING_INVOKED,
    "burying-reader": BURYING_READER,
    "burying-all": replace(
        BURYING, directs=BURYING_INVOKED.directs, streams=(*BURYING_READER.streams, replace(CLICKS, stream="views"))
    ),
    "fifo": FIFO,
    "wrapped": WRAPPED,
    "keyed": KEYED,
    "conditional": CONDITIONAL,
    "unique": UNIQUE,
    "api": API,
    "scheduled": SCHEDULED,
    "every-way": replace(CONSUMER, apis=API.apis, directs=(TOPIC,), invocations=SCHEDULED.invocations),
    "two": TWO_QUEUES,
    "invoked": INVOKED,
    "direct": DIRECT,
    "failed": FAILED,
    "reader": READER,
    "two-streams": TWO_STREAMS,
    "publisher": PUBLISHER,
    "writer": WRITER,
    "database-writer": replace(WRITER, messages=(PLACED,), rows=(DATABASE_ROW,)),
    "writer-of-both": replace(WRITER, rows=(*ROWS, DATABASE_ROW)),
    "writer-and-publisher": replace(WRITER, publishes=PUBLISHER.publishes, messages=PUBLISHER.messages),
    "nothing-arrives": replace(CONSUMER, messages=(), sources=(replace(SOURCE, messages=()),)),
    "both": replace(CONSUMER, apis=API.apis, publishes=PUBLISHER.publishes, messages=PUBLISHER.messages),
    "all": replace(CONSUMER, messages=(PLACED, CONFIRMED), apis=API.apis, directs=(TOPIC, BUS), streams=(CLICKS,)),
}
LOGIC = """
import json

def handle_order_placed(message, **given):
    if message.order_id == "broken":
        raise RuntimeError("no stock")
    print(json.dumps({"effect": [message.order_id, *given.values()]}))

def handle_order_confirmed(message, **given):
    print(json.dumps({"effect": ["confirmed", message.order_id]}))
"""
