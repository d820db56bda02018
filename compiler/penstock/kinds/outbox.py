"""Outboxes: rows that a transaction writes beside its own, and a relay that sends them.

What must not happen is that a business row is written and its message is lost, or that a message is sent of a row that was rolled back.
So whoever writes the business row writes the message as a row of the outbox in the same transaction, and the relay sends what it finds
there until it is sent. The relay is a function whose code is generated. A pipe would need no code, but it cannot mark a row as sent, so
that nobody could say what was never sent; and it gives queues and topics neither attributes nor the row's id.

The outbox of a DynamoDB store is that table, with one item per message. Its partition key is the message's ``key`` (or the row's own id),
so that the rows of one aggregate come through one shard of the stream, in the order in which they were written; its sort key is the row's
id, which begins with the time. What is not sent yet has the attribute ``unsent``, and stands in a sparse index, where the sweeper finds it.

Of a PostgreSQL store the rows stand in a table of the database, and the relay, which a clock starts as soon as the last one has ended,
looks there by itself. It never gives a row up: what cannot be sent holds back its own key alone, and raises the alarm on the lag.
"""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.kinds import alarms
from penstock.kinds.database import Database
from penstock.kinds.deliveries import publications
from penstock.kinds.function import Function, function_arn, read_network
from penstock.kinds.function import lower as lower_function
from penstock.kinds.invocations import Invocations, failed_queue, named_queue, on_failure
from penstock.kinds.kind import Kind
from penstock.kinds.table import Index, Table
from penstock.kinds.ticking import tick
from penstock.model.component import Batch, Component, Delivery
from penstock.model.entry import Entry
from penstock.model.origin import Selected
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.plan import Plan
from penstock.records import NamedTuple, record, replace

UNSENT = "unsent"
"""The attribute of what is not sent yet, and the partition key of the index that has only such rows."""
PARTS = 8
"""Over how many keys of the index the rows are spread: one key takes 1,000 writes a second."""
_DAY = 86_400
_MINUTE = 60
_READING = {"source": "store", "batch": "batch", "retries": "retries", "on_failure": "on_failure"}
"""What of an outbox is said of how its relay reads the store."""
_INVOCATIONS = Invocations(resources.limit("lambda.async_default_retries"), resources.limit("lambda.async_default_age"))
"""Lambda's own bounds: a sweep that fails is not needed, because the next one does the same."""


class Sweep(NamedTuple):
    """How often the outbox is looked through for what was never sent, and how old that must be, in seconds."""

    every: int
    after: int


@record
class Outbox(Function):
    """A store's outbox, with the relay that sends its rows.

    ``keep`` is how many seconds a row is kept that was sent, ``poll`` how many milliseconds the relay of a database rests.
    """

    word = "outbox"

    store: str
    sweep: Sweep
    keep: int
    poll: int


def unsent_index(table: Table) -> Index | None:
    """The index by which a table's unsent rows are found in the order of their ids, if it has one."""
    return next((one for one in table.indexes if (one.key, one.sort_key) == (UNSENT, table.sort_key)), None)


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The outbox, and the queue that is told what its relay gave up."""
    retries, batch, sweep = entry.part("retries"), entry.part("batch"), entry.part("sweep")
    sent = publications(entry)
    delivery = Delivery(
        source=entry.text("store") or "",
        origin=Selected(entry.origin, _READING),
        messages=tuple(dict.fromkeys(publication.message for publication in sent)),
        max_retries=retries.number("max_retries"),
        max_age=retries.seconds("max_age"),
        bisect=retries.flag("bisect"),
        dlq=on_failure(name, entry, always=True),
        batch=Batch(batch.number("size") or 1, batch.seconds("window") or 0, partial_failures=True),
        start="oldest",
    )
    tags = entry.pairs("tags")
    yield Outbox(
        name=name,
        origin=entry.origin,
        deliveries=(delivery,),
        publications=sent,
        references=tuple(named_queue(entry)),
        tags=tags,
        consumes=True,
        runtime=entry.text("runtime") or "",
        memory=(entry.size("memory") or 0) >> 20,
        timeout=entry.seconds("timeout"),
        architecture=entry.text("architecture") or "",
        environment=entry.pairs("environment"),
        log_retention=(entry.seconds("log_retention") or 30 * _DAY) // _DAY,
        reserved=entry.part("concurrency").number("reserved"),
        layers=entry.words("layers"),
        tracing=entry.flag("tracing"),
        network=read_network(entry),
        invocations=_INVOCATIONS,
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        store=entry.text("store") or "",
        sweep=Sweep(sweep.seconds("every") or 0, sweep.seconds("after") or 0),
        keep=entry.seconds("keep") or 0,
        poll=entry.milliseconds("poll") or 0,
    )
    yield from failed_queue(name, entry, tags, always=True)


def settled(components: Mapping[str, Component]) -> dict[str, Component]:
    """The components, now that the types of stores are known: of a database there is no stream to read, and nothing that is given up."""
    found = dict(components)
    for name, component in components.items():
        if isinstance(component, Outbox) and isinstance(components.get(component.store), Database):
            (delivery,) = component.deliveries
            reading = replace(delivery, max_retries=None, max_age=None, bisect=False, dlq=None, start=None)
            found[name] = replace(component, deliveries=(reading,))
            found = {key: one for key, one in found.items() if one.part_of != name}
    return found


def rows_table(outbox: Component) -> str:
    """The name of the table that has an outbox's rows in a database."""
    return f"{outbox.name.replace('-', '_')}_rows"


def _looks(outbox: Outbox) -> int:
    """How often the relay of a database is started, in seconds: when the one before it comes to its end."""
    return max((outbox.timeout or _MINUTE) // _MINUTE, 1) * _MINUTE


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The relay, the clock by which it sweeps, and an alarm on rows that nobody sends."""
    if not isinstance(component, Outbox):
        raise TypeError(component)
    lower_function(component, topology, plan)
    every = component.sweep.every if isinstance(topology.components[component.store], Table) else _looks(component)
    tick(component, function_arn(component), every, {"sweep": True}, topology, plan)
    for alarm in alarms.for_outbox(component, every, topology):
        plan.add(alarm)


OUTBOX = Kind(Outbox, "producers", "outbox", "producer-outbox", read, lower, layer=Layer.WORKERS)
