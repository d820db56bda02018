"""Random topologies: functions and pools on every sort of source, some of which tell another one what they did."""

from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import strategies as st

SHAPE = """
    schema:
      type: object
      required: [order_id, customer, n]
      properties: {order_id: {type: string}, customer: {type: string}, n: {type: integer, minimum: 0}}
    key: customer
    idempotency_key: order_id"""
HEAD = f"""penstock: 1
name: orders
alarms: {{notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}}
messages:
  OrderPlaced:{SHAPE}
  OrderPacked:{SHAPE}
stores:
  effects: {{type: dynamodb, key: id}}
  once: {{type: dynamodb, key: id, ttl_attribute: expiration}}
  ledger: {{type: postgres, secret: ledger}}
"""
POOL = (
    'type: service, image: "w:1", vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}'
)
SHARED = {"topic": "told", "bus": "events", "stream": "moved"}
"""What functions read themselves, by the sort of their source."""
FED = {"topic-queue": "topic", "raw-queue": "topic", "bus-queue": "bus"}
"""Which channel a queue is fed from, by the sort of the source; any other queue is sent to."""
SENT_TO = ("queue", "fifo")
SOURCES = (*SHARED, *SENT_TO, *FED)
STRATEGIES = {
    "table": "{strategy: table, store: once, ttl: 30d}",
    "conditional-write": "{strategy: conditional-write, store: effects}",
    "unique-constraint": "{strategy: unique-constraint, store: ledger}",
    "client-key": "{strategy: client-key}",
}


class Consumer(NamedTuple):
    """One function or pool of workers, as it is drawn; it may tell what it did to a second one, `then`."""

    source: str
    way: str
    size: int
    partial: bool
    attempts: int
    pool: bool = False
    then: "Consumer | None" = None

    @property
    def polls(self) -> bool:
        """Whether it is a pool of workers, which reads queues alone."""
        return self.pool and self.source not in SHARED


class Case(NamedTuple):
    """A topology with what is sent through it, the seed of what goes wrong, and the `only` sort of fault that there is, if not all."""

    consumers: tuple[Consumer, ...]
    messages: int
    seed: int
    only: str = ""

    def places(self) -> Iterator["Place"]:
        """Every consumer with its name; the first of a chain is called c, the second d."""
        for at, each in enumerate(self.consumers):
            yield Place(f"c{at}", each)
            if each.then:
                yield Place(f"d{at}", each.then, str(at))


class Place(NamedTuple):
    """A consumer in its topology; what belongs to the second of a chain has the chain's number behind its name."""

    name: str
    consumer: Consumer
    chain: str = ""

    @property
    def message(self) -> str:
        return "OrderPacked" if self.chain else "OrderPlaced"

    @property
    def made_as(self) -> str:
        """The logical id of what runs it."""
        return f"{self.name.upper()}{'ServiceTask' if self.consumer.polls else 'Function'}"

    @property
    def folder(self) -> str:
        """Where its code is."""
        return f"{'services' if self.consumer.polls else 'functions'}/{self.name}/"

    @property
    def queue(self) -> str:
        return f"q-{self.name}"

    @property
    def entry(self) -> str:
        """The channel that a sender names."""
        source = self.consumer.source
        kind = FED.get(source, source)
        return SHARED[kind] + self.chain if kind in SHARED else self.queue


def consumers(then: "st.SearchStrategy[Consumer | None]") -> "st.SearchStrategy[Consumer]":
    """Consumers that tell what they did to one of these."""
    return st.builds(
        Consumer,
        source=st.sampled_from(SOURCES),
        way=st.sampled_from(sorted(STRATEGIES)),
        size=st.integers(1, 10),
        partial=st.booleans(),
        attempts=st.integers(2, 6),
        pool=st.booleans(),
        then=then,
    )


CASES = st.builds(
    Case,
    consumers=st.lists(consumers(st.none() | consumers(st.none())), min_size=1, max_size=4).map(tuple),
    messages=st.integers(1, 15),
    seed=st.integers(0, 2**32),
)


def text_of(case: Case) -> str:
    """The topology of a case: every consumer has its own queue or reads a channel; the first of all chains share the channels."""
    places = list(case.places())
    chains = ["", *(place.chain for place in places if place.chain)]
    entries = dict.fromkeys([*SHARED.values(), *(place.entry for place in places if not place.chain)])
    publishes = ", ".join(f"{{message: OrderPlaced, to: {entry}}}" for entry in entries)
    channels = {
        kind: [name + chain for chain in chains if not chain or any(place.entry == name + chain for place in places)]
        for kind, name in SHARED.items()
    }
    queues = [_queue(place) for place in places if place.consumer.source not in SHARED]
    settings = {"topic": "", "bus": "", "stream": "capacity: {shards: 1}, retention: 7d"}
    plural = {"topic": "topics", "bus": "buses", "stream": "streams"}
    parts = [
        HEAD + "producers:",
        f'  shop: {{type: external, principal: "111122223333", publishes: [{publishes}]}}',
        *(
            f"{plural[kind]}: {{{', '.join(f'{name}: {{{settings[kind]}}}' for name in names)}}}"
            for kind, names in channels.items()
        ),
        *(["queues:", *queues] if queues else []),
        "consumers:",
        *(_consumer(place, places) for place in places),
    ]
    return "\n".join(parts) + "\n"


def _queue(place: Place) -> str:
    each = place.consumer
    fed = {
        "topic-queue": f"from: {{source: {place.entry}, dlq: {{}}}}, ",
        "raw-queue": f"from: {{source: {place.entry}, raw: true, dlq: {{}}}}, ",
        "bus-queue": f"from: {{source: {place.entry}, dlq: {{}}}}, ",
        "fifo": "fifo: {deduplication: explicit}, ",
    }.get(each.source, "")
    return f"  {place.queue}: {{{fed}visibility_timeout: 3m, dlq: {{max_receives: {each.attempts}}}}}"


def _consumer(place: Place, places: list[Place]) -> str:
    each = place.consumer
    batch = f"batch: {{size: {each.size}, partial_failures: {str(each.partial).lower()}}}"
    retries = f"max_retries: {each.attempts - 1}, max_age: 1h"
    if each.source == "stream":
        start = f"from: {{source: {place.entry}, start: oldest, {batch}, retries: {{{retries}, bisect: false}}, on_failure: {{}}}}"
    elif each.source in SHARED:
        start = f"from: {{source: {place.entry}, dlq: {{}}}}, "
        start += f"async: {{max_retries: {min(each.attempts, 3) - 1}, max_age: 1h, on_failure: {{}}}}"
    else:
        start = f"from: {{source: {place.queue}, {batch}, max_concurrency: 5}}"
    effects = {"client-key": "[the service]", "unique-constraint": "[ledger]"}.get(each.way, "[effects]")
    if each.polls:
        start = f"{POOL}, from: {{source: {place.queue}, batch: {{size: {each.size}}}}}, processing_timeout: 15s"
    else:
        start += ", timeout: 30s"
    told = [other.entry for other in places if each.then and other.chain == place.name[1:]]
    publishes = "".join(f", publishes: {{message: OrderPacked, to: {entry}}}" for entry in told)
    return f"  {place.name}: {{{start}{publishes}, effects: {effects}, idempotency: {STRATEGIES[each.way]}}}"
