"""What the template of ``outbox.ts`` shows: the rows of outboxes that a function writes."""

import re
from collections.abc import Mapping
from itertools import count

from penstock.emit.outbox_sql import statements
from penstock.emit.python_code import Call, Code, call, snake
from penstock.emit.python_outbox import ordered_rows, row_modules, row_names
from penstock.emit.python_types import DatabaseRowStub, FunctionStub, RowStub
from penstock.emit.typescript_code import comment, imports, literal, record, statement
from penstock.emit.typescript_publish import BODY, LIB, identifier, typescript_name
from penstock.plan.names import environment_name


def outbox_view(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``outbox.ts.j2``."""
    rows = stub.rows
    stores = {each.store: each for each in rows}
    tables, databases = ("table_rows" in row_modules(rows)), ("database_rows" in row_modules(rows))
    messages = sorted({class_of[each.message] for each in rows})
    used = {
        "./messages.js": [word for name in messages for word in (f"type {name}", f"read{name}")],
        f"{LIB}/senders.js": ["identifier"] if any(each.group_by for each in rows) else [],
        f"{LIB}/tables.js": ["putRow", "type Table", "type Write"] if tables else [],
        f"{LIB}/databases.js": ["type Connection", "insertRow"] if databases else [],
    }
    names = zip(enqueuing(stub), ordered_rows(rows), strict=True)
    return {
        "imports": imports({module: words for module, words in used.items() if words}),
        "tables": tables,
        "stores": [_store(each) for _, each in sorted(stores.items())],
        "functions": [_row(name, each, class_of[each.message]) for name, each in names],
    }


def enqueuing(stub: FunctionStub) -> list[str]:
    """The names of the functions that write rows."""
    return row_names(stub.rows, typescript_name, "In")


def outbox_words(stub: FunctionStub) -> list[str]:
    """What the team's file says of outboxes."""
    if not stub.rows:
        return []
    both = " commit, which is there too, does all of it or nothing." if "table_rows" in row_modules(stub.rows) else ""
    named = f"Writes with {', '.join(enqueuing(stub))} of ../{stub.home}/outbox.js"
    return [f"{named}, in one transaction with what it tells of.{both}"]


def _constant(store: str) -> str:
    return f"{snake(store).upper()}_ROWS"


def _store(row: RowStub | DatabaseRowStub) -> Code:
    """What a row is written with: the table's shape, or a statement."""
    if isinstance(row, DatabaseRowStub):
        numbers = count(1)
        text = re.sub("%s", lambda _: f"${next(numbers)}", statements(row.table).insert)
        return statement(f"const {_constant(row.store)} = ", literal(text))
    shape: dict[str, Call | Code] = {
        "variable": literal(environment_name("store", row.store)),
        "key": literal(row.key),
        "row": literal(row.row),
        "unsent": literal(row.unsent),
        "parts": literal(row.parts),
    }
    return statement(f"const {_constant(row.store)}: Table = ", record(shape))


def _row(name: str, row: RowStub | DatabaseRowStub, type_name: str) -> dict[str, object]:
    key = identifier(row.group_by) if row.group_by else Code("undefined")
    what: dict[str, Call | Code] = {"message": literal(row.message), "data": Code("message")}
    what |= {"key": key, "maxBytes": literal(row.max_bytes)}
    message = Code(f"message: {type_name}")
    if isinstance(row, RowStub):
        start, given, result = "export function", [message], "Write"
        written = call("putRow", Code(_constant(row.store)), record(what))
        words = comment(f"One write of a transaction: a row of the outbox '{row.store}'")
    else:
        start, given, result = "export async function", [Code("client: Connection"), message], "Promise<string>"
        written = call("await insertRow", Code("client"), Code(_constant(row.store)), record(what))
        words = comment(f"Write a row of '{row.store}' with a connection's transaction; its id, which travels with it")
    signature = Call(f"{start} {name}(", call("", *given).arguments, f"): {result} {{")
    lines = [statement("", call(f"read{type_name}", Code("message")), BODY), statement("return ", written, BODY)]
    return {"signature": statement("", signature, end=""), "comment": words, "lines": lines}
