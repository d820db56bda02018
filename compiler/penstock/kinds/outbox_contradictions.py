"""What cannot be an outbox, or would not do what an outbox is for."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic, Label
from penstock.kinds.database import Database
from penstock.kinds.outbox import UNSENT, Outbox, unsent_index
from penstock.kinds.table import Table
from penstock.model.component import Component
from penstock.model.resolve import fault

_OF_STREAMS = (("on_failure",), ("sweep",), ("retries",), ("batch", "window"))
_SHOWN = frozenset({"new-image", "both"})


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in outboxes."""
    relayed: dict[str, Outbox] = {}
    for component in components.values():
        if not isinstance(component, Outbox):
            continue
        yield from _store(component, components.get(component.store))
        twin = relayed.setdefault(component.store, component)
        if twin is not component:
            text = f"{component} and {twin} both send the rows of {component.store!r}: each would mark as sent what is the other's to send"
            first = Label(twin.at("store").span(), "sent here")
            yield fault("REF074", component.at("store"), text, "write all of it into one outbox", (first,))


def _store(outbox: Outbox, store: Component | None) -> Iterator[Diagnostic]:
    if store is None or store.word != "store":
        return  # a fault of its own
    if isinstance(store, Database):
        yield from _database(outbox, store)
    elif isinstance(store, Table):
        yield from _table(outbox, store)
    else:
        text = f"{outbox} has its rows in {store}, in which rows cannot be written in one transaction with others"
        yield fault("REF070", outbox.at("store"), text, "name a store of type `dynamodb` or `postgres`")


def _database(outbox: Outbox, store: Database) -> Iterator[Diagnostic]:
    for path in _OF_STREAMS:
        if outbox.states(*path):
            text = f"{outbox} has `{'.'.join(path)}`, but {store} is a database, which has no stream that could give a row up"
            help_ = f"remove `{'.'.join(path)}`: the relay looks for rows by itself, and tries each until it is sent"
            yield fault("REF075", outbox.at(*path), text, help_)
    if not outbox.layers:
        text = f"{outbox} has its rows in {store}, but the relay has no driver with which to read a database"
        yield fault("REF076", outbox.at("layers"), text, "write `layers:` with the ARN of a layer that has psycopg 3")


def _table(outbox: Outbox, store: Table) -> Iterator[Diagnostic]:
    if outbox.states("poll"):
        text = f"{outbox} has `poll`, but {store} is a table, whose stream brings the rows"
        yield fault("REF075", outbox.at("poll"), text, "remove `poll`; `sweep` says how often the rest is looked for")
    if store.sort_key is None:
        text = f"{outbox} has its rows in {store}, which has no sort key: it could hold one row of each aggregate"
        help_ = "write `sort_key: row_id` for the store; `key` is the aggregate's, the sort key tells its rows apart"
        yield fault("REF070", store.at("key"), text, help_, (Label(outbox.at("store").span(), "its outbox"),))
        return
    if store.stream is not None and store.stream not in _SHOWN:
        text = f"{store} shows {store.stream!r} in its stream, and not the row that {outbox} has to send"
        yield fault("REF070", store.at("stream"), text, "write `stream: new-image`")
    index = unsent_index(store)
    if index is None or index.attributes is not None:
        text = f"{store} has no index in which the sweeper of {outbox} could find whole rows that are not sent"
        help_ = f"write `indexes: {{{UNSENT}: {{key: {UNSENT}, sort_key: {store.sort_key}}}}}` for the store"
        yield fault("REF073", store.at("indexes"), text, help_, (Label(outbox.at("store").span(), "its outbox"),))
