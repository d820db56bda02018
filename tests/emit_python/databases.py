"""A database behind psycopg's names: SQLite's transactions and constraints, and each statement is a call that can go wrong.

It is stricter than PostgreSQL with who comes second: a transaction that would have to wait for another one fails at once, as with a
`lock_timeout`. A connection whose sandbox died is closed, and what it had not committed is gone; after an error nothing goes until the
transaction is rolled back.
"""

import sqlite3
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tests.emit_python.sandboxes import Aws, Died

T = TypeVar("T")


class OperationalError(Exception):
    """A statement failed, and not by its own fault."""


class Database:
    """The ledger, in memory."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.place = f"file:ledger-{id(self)}?mode=memory&cache=shared"
        self._kept = self.connection()
        self._kept.execute("CREATE TABLE effects (id text)")
        aws.psycopg = SimpleNamespace(connect=lambda _: Connection(self), OperationalError=OperationalError)

    def connection(self) -> sqlite3.Connection:
        return sqlite3.connect(self.place, uri=True, isolation_level=None, timeout=0)

    def define(self, text: str) -> None:
        """Run a definition that is written for PostgreSQL."""
        self._kept.executescript(text.replace("clock_timestamp()", "CURRENT_TIMESTAMP"))

    def effects(self) -> list[tuple[str, str]]:
        """What was committed: whose effects, of which keys, in their order."""
        rows = self._kept.execute("SELECT id FROM effects ORDER BY rowid").fetchall()
        return [(owner, key) for (ident,) in rows for owner, _, key in [ident.partition("/")]]

    def close(self) -> None:
        self._kept.close()


class Connection:
    """A connection of psycopg's, which begins a transaction with its first statement."""

    def __init__(self, database: Database) -> None:
        self._aws, self._made = database.aws, database.connection()
        self._aborted = False
        self._aws.running[-1].connections.append(self)

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def execute(self, statement: str, values: Sequence[object]) -> int:
        """Run a statement; how many rows it wrote."""

        def run() -> int:
            if not self._made.in_transaction:
                self._made.execute("BEGIN IMMEDIATE")
            return self._made.execute(statement.replace("%s", "?"), values).rowcount

        if self._aborted:
            raise OperationalError("current transaction is aborted")
        return self._call("Execute", run)

    def commit(self) -> None:
        self._call("Commit", self._made.commit)

    def rollback(self) -> None:
        if self._aws.running[-1].dead:
            raise Died
        self._made.rollback()
        self._aborted = False

    def close(self) -> None:
        self._made.close()

    def _call(self, operation: str, action: Callable[[], T]) -> T:
        try:
            return self._aws.during(operation, action)
        except (ClientError, BotoCoreError, sqlite3.OperationalError) as error:
            self._aborted = True
            raise OperationalError(str(error)) from error


class Cursor:
    """A cursor of psycopg's."""

    rowcount = -1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[object]) -> None:
        self.rowcount = self._connection.execute(statement, values)
