"""Runs the relay in the working directory with one event, and ends the process before its n-th call of AWS or of the database.

What is written on stdin is ``{"event": ..., "kill": n}``; without a number it runs to its end. Nothing is cleaned up: the process is gone,
as a sandbox is that AWS takes away.
"""

# ruff: noqa: ANN401, T201 - what is called takes anything; the number of calls is told on stdout

import json
import os
import sys
import time
from typing import Any

CALLS = {"count": 0, "kill": 0}
KILLED = 9


def count() -> None:
    """One more call; the process ends before the one that is to be the last."""
    CALLS["count"] += 1
    if CALLS["count"] == CALLS["kill"]:
        sys.stdout.flush()
        os._exit(KILLED)


class Counted:
    """A client whose calls are counted."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name == "exceptions":
            return found

        def counted(*given: Any, **named: Any) -> Any:
            count()
            return found(*given, **named)

        return counted


class CountedConnection:
    """A connection of psycopg whose statements, and ends of transactions, are counted."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def cursor(self) -> Any:
        return CountedCursor(self._connection.cursor())

    def commit(self) -> None:
        count()
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


class CountedCursor:
    """A cursor whose statements are counted."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, *given: Any) -> None:
        count()
        self._cursor.execute(*given)


class Context:
    """What the handler asks of Lambda: the time that is left, which passes."""

    def __init__(self, remaining_ms: int) -> None:
        self._end = time.monotonic() + remaining_ms / 1000

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


def count_statements() -> None:
    """Put counting connections in the place of psycopg's, where that is installed."""
    try:
        import psycopg
    except ImportError:
        return
    made = psycopg.connect
    psycopg.connect = lambda **named: CountedConnection(made(**named))  # type: ignore[assignment, unused-ignore]


def main() -> None:
    told = json.load(sys.stdin)
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    import senders  # type: ignore[import-not-found, unused-ignore]

    made = senders.client
    senders.client = lambda service: Counted(made(service))
    count_statements()
    CALLS["kill"] = told.get("kill") or 0
    from handler import handler  # type: ignore[import-not-found, unused-ignore]

    answer = handler(told["event"], Context(told.get("remaining_ms") or 60_000))
    count()  # also between the last call and the answer
    print(json.dumps({"answer": answer, "calls": CALLS["count"]}), flush=True)


main()
