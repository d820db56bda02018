"""What the templates of outboxes show: the rows that a function writes, and the relay that sends them."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from penstock.emit.python_code import Call, Code, Names, bracket, call, docstring, literal, snake, statement
from penstock.emit.python_imports import imports
from penstock.emit.python_publish import BODY, identifier, parcel_lines, sender_names
from penstock.emit.python_types import PublishStub, RelayStub, RowStub
from penstock.plan.names import environment_name


def outbox_view(rows: tuple[RowStub, ...], class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``outbox.py.j2``."""
    functions = [_row(name, each, class_of) for name, each in zip(row_names(rows), _ordered(rows), strict=True)]
    tables = {each.store: each for each in rows}
    senders = ["PublishError", *(["identifier"] if any(each.group_by for each in rows) else [])]
    used = {"messages": {class_of[each.message] for each in rows}, "senders": senders}
    exported = sorted(["PublishError", "commit", *row_names(rows)])
    return {
        "own_imports": imports({**used, "table_rows": ["Table", "Write", "commit", "row"]}),
        "exported": statement("", bracket("[", "]", map(literal, exported)), 0),
        "stores": [statement(f"{_constant(store)} = ", _table(each), 0) for store, each in sorted(tables.items())],
        "functions": functions,
    }


def row_names(rows: tuple[RowStub, ...]) -> list[str]:
    """The names of the functions that write rows, in order; the store is in it where a message is written into several."""
    names = Names()
    found = []
    for message, group in groupby(_ordered(rows), key=lambda each: each.message):
        stores = [each.store for each in group]
        for store in stores:
            suffix = f"_in_{snake(store)}" if len(stores) > 1 else ""
            found.append(names.new(f"enqueue_{snake(message)}{suffix}"))
    return found


def _ordered(rows: tuple[RowStub, ...]) -> list[RowStub]:
    return sorted(rows, key=lambda each: (each.message, each.store))


def _constant(store: str) -> str:
    return f"{snake(store).upper()}_ROWS"


def _table(row: RowStub) -> Call:
    given = {
        "variable": literal(environment_name("store", row.store)),
        "key": literal(row.key),
        "row": literal(row.row),
        "unsent": literal(row.unsent),
        "parts": literal(row.parts),
    }
    return call("Table", **given)


def _row(name: str, row: RowStub, class_of: Mapping[str, str]) -> dict[str, object]:
    key = identifier(row.group_by) if row.group_by else literal(None)
    arguments = [Code(_constant(row.store)), literal(row.message), Code("data"), key, literal(row.max_bytes)]
    signature = Call(f"def {name}(", call("", Code(f"message: {class_of[row.message]}")).arguments, ") -> Write:")
    return {
        "signature": statement("", signature, 0),
        "docstring": docstring(f"One write of a transaction: a row of the outbox '{row.store}'"),
        "lines": [
            Code("data = message.to_dict()"),
            Code("type(message).from_dict(data)"),
            statement("return ", call("row", *arguments), BODY),
        ],
    }


def sending_view(relay: RelayStub) -> dict[str, object]:
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


def relay_view(relay: RelayStub) -> dict[str, object]:
    """The values for the template of the relay itself."""
    return {
        "store": relay.store,
        "variable": literal(environment_name("store", relay.store)),
        "key": relay.key,
        "row": relay.row,
        "unsent": relay.unsent,
        "index": relay.index,
        "parts": relay.parts,
        "expiry": relay.expiry,
        "keep_s": relay.keep_s,
        "after_s": relay.after_s,
    }


def row_lines(rows: tuple[RowStub, ...]) -> Iterator[str]:
    """What the team's file says of outboxes."""
    if rows:
        names = ", ".join(f"outbox.{name}" for name in row_names(rows))
        yield f"Writes with {names}, in one transaction with what it tells of: outbox.commit does all of it or nothing."
