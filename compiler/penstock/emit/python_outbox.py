"""What the templates of outboxes show: the rows that a function writes, and the relay that sends them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from penstock.emit.outbox_sql import statements
from penstock.emit.python_code import (
    Call,
    Code,
    Names,
    bracket,
    call,
    docstring,
    literal,
    python_name,
    snake,
    statement,
)
from penstock.emit.python_imports import imports
from penstock.emit.python_publish import BODY, identifier, parcel_lines, sender_names
from penstock.emit.python_types import DatabaseRelayStub, DatabaseRowStub, PublishStub, RelayStub, RowStub
from penstock.plan.names import environment_name

_LONGEST_PAUSE_S = 300.0
"""The most that a key rests after a failure."""
Rows = tuple[RowStub | DatabaseRowStub, ...]


def outbox_view(rows: Rows, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``outbox.py.j2``."""
    functions = [_row(name, each, class_of) for name, each in zip(row_names(rows), ordered_rows(rows), strict=True)]
    stores = {each.store: each for each in rows}
    senders = ["PublishError", *(["identifier"] if any(each.group_by for each in rows) else [])]
    used = {"messages": {class_of[each.message] for each in rows}, "senders": senders, **row_modules(rows)}
    exported = sorted(["PublishError", *(["commit"] if "table_rows" in used else []), *row_names(rows)])
    return {
        "of_databases": "database_rows" in used,
        "own_imports": imports(used),
        "exported": statement("", bracket("[", "]", map(literal, exported)), 0),
        "stores": [statement(f"{_constant(store)} = ", _store(each), 0) for store, each in sorted(stores.items())],
        "functions": functions,
    }


def row_modules(rows: Rows) -> dict[str, list[str]]:
    """The modules that are the same in every function which writes such rows, and what is used of each."""
    found: dict[str, list[str]] = {}
    if any(isinstance(each, RowStub) for each in rows):
        found["table_rows"] = ["Table", "Write", "commit", "put_row"]
    if any(isinstance(each, DatabaseRowStub) for each in rows):
        found["database_rows"] = ["insert_row"]
    return found


def row_names(rows: Rows, named: Callable[[str, str], str] = python_name, into: str = "_in") -> list[str]:
    """The names of the functions that write rows, in order; the store is in it where a message is written into several.

    ``named`` joins the verb and what it is about, and also the name and the store.
    """
    names = Names()
    found = []
    for message, group in groupby(ordered_rows(rows), key=lambda each: each.message):
        stores = [each.store for each in group]
        name = named("enqueue", message)
        found += [names.new(named(f"{name}{into}", store) if len(stores) > 1 else name) for store in stores]
    return found


def ordered_rows(rows: Rows) -> list[RowStub | DatabaseRowStub]:
    """Rows by message and store."""
    return sorted(rows, key=lambda each: (each.message, each.store))


def _constant(store: str) -> str:
    return f"{snake(store).upper()}_ROWS"


def _store(row: RowStub | DatabaseRowStub) -> Call | Code:
    """What a row is written with: the table's shape, or a statement."""
    if isinstance(row, DatabaseRowStub):
        return literal(statements(row.table).insert)
    given = {
        "variable": literal(environment_name("store", row.store)),
        "key": literal(row.key),
        "row": literal(row.row),
        "unsent": literal(row.unsent),
        "parts": literal(row.parts),
    }
    return call("Table", **given)


def _row(name: str, row: RowStub | DatabaseRowStub, class_of: Mapping[str, str]) -> dict[str, object]:
    key = identifier(row.group_by) if row.group_by else literal(None)
    shared = [Code(_constant(row.store)), literal(row.message), Code("data"), key, literal(row.max_bytes)]
    message = Code(f"message: {class_of[row.message]}")
    if isinstance(row, RowStub):
        given, result, written = [message], "Write", call("put_row", *shared)
        words = docstring(f"One write of a transaction: a row of the outbox '{row.store}'")
    else:
        given, result, written = [Code("cursor: Any"), message], "str", call("insert_row", Code("cursor"), *shared)
        words = docstring("Write a row with a DB-API cursor, and give back its id", [[f"It stands in '{row.store}'."]])
    signature = Call(f"def {name}(", call("", *given).arguments, f") -> {result}:")
    return {
        "signature": statement("", signature, 0),
        "docstring": words,
        "lines": [
            Code("data = message.to_dict()"),
            Code("type(message).from_dict(data)"),
            statement("return ", written, BODY),
        ],
    }


def sending_view(relay: RelayStub | DatabaseRelayStub) -> dict[str, object]:
    """The values for the template ``sending.py.j2``."""
    names = Names()
    made = [(names.new(f"send_{snake(each.message)}_to_{snake(each.channel)}"), each) for each in relay.publishes]
    by_message: dict[str, list[str]] = {}
    for name, each in made:
        by_message.setdefault(each.message, []).append(name)
    items = [
        bracket(f"{literal(message)}: (", ",)" if len(sent) == 1 else ")", map(Code, sent))
        for message, sent in sorted(by_message.items())
    ]
    annotated = "SENDERS: dict[str, tuple[Callable[[object, str], None], ...]] = "
    return {
        "own_imports": imports({"senders": sorted({*sender_names(relay.publishes)} - {"PublishError"})}),
        "functions": [_sending(name, each) for name, each in made],
        "table": statement(annotated, bracket("{", "}", items), 0),
    }


def _sending(name: str, target: PublishStub) -> dict[str, object]:
    signature = Call(f"def {name}(", call("", Code("data: object"), Code("row: str")).arguments, ") -> None:")
    return {
        "signature": statement("", signature, 0),
        "docstring": docstring(f"Send to {target.kind.value} '{target.channel}'"),
        "lines": list(parcel_lines(target, row=Code("row"))),
    }


def relay_view(relay: RelayStub | DatabaseRelayStub) -> tuple[str, dict[str, object]]:
    """The template of the relay itself, and its values."""
    shared = {
        "store": relay.store,
        "variable": literal(environment_name("store", relay.store)),
        "keep_s": relay.keep_s,
    }
    if isinstance(relay, DatabaseRelayStub):
        executed = {name: Code(text) for name, text in statements(relay.table)._asdict().items()}
        own = {"poll_s": relay.poll_s, "batch": relay.batch, "longest_pause_s": _LONGEST_PAUSE_S}
        return "database_relay", {**shared, **executed, **own}
    names: dict[str, object] = {
        "key": relay.key,
        "row": relay.row,
        "unsent": relay.unsent,
        "index": relay.index,
        "parts": relay.parts,
        "expiry": relay.expiry,
        "after_s": relay.after_s,
    }
    return "table_relay", {**shared, **names}


def row_lines(rows: Rows) -> Iterator[str]:
    """What the team's file says of outboxes."""
    if rows:
        names = ", ".join(f"outbox.{name}" for name in row_names(rows))
        yield f"Writes with {names}, in one transaction with what it tells of{_committed(rows)}."


def _committed(rows: Rows) -> str:
    return ": outbox.commit does all of it or nothing" if "table_rows" in row_modules(rows) else ""
