"""Generated handlers in this process, each in a sandbox of its own that can die before or after any call of AWS.

A sandbox is a set of modules: two sandboxes of one function share nothing but AWS, as two execution environments of Lambda. One that died
makes no call any more, also not from a `finally`; its modules are thrown away.
"""

# ruff: noqa: ANN401 - what is called takes anything

import datetime as dt
import functools
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple, TypeVar

import boto3
import pytest
from aws_lambda_powertools.utilities.idempotency.persistence import base, dynamodb
from botocore.exceptions import ClientError, ReadTimeoutError

from penstock.emit.python import rendered
from tests.emit_python.loading import _module as module
from tests.emit_python.publishing import BATCHES, SENDING, Sent, sent

T = TypeVar("T")
SECONDS = 30
"""How long an invocation may run."""
VISIBLE = 180
"""After so many seconds a message that nobody acknowledged is there again."""


class Died(BaseException):
    """The sandbox is gone: no code of it may take this for an error."""


class Fault(NamedTuple):
    """What goes wrong in an invocation at its n-th call of AWS, counted from 1, and the word that AWS has for it."""

    kind: str
    call: int = 0
    code: str = "ThrottlingException"


class Function(NamedTuple):
    """A compiled function: its modules, and the environment that the template gives it."""

    name: str
    modules: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def sends(self) -> bool:
        """Whether it publishes."""
        return "publish" in self.modules


class Aws:
    """Stores with DynamoDB's conditions, channels, and a service that ignores a key it has seen.

    What goes to none of the `queues` that are read is `sent` there and stays.
    """

    def __init__(self, tables: Mapping[str, list[str]]) -> None:
        self.store = _standin().Aws(tables=tables)
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.effects: list[tuple[str, str]] = []
        self.now = 1_800_000_000.0
        self.running: list[Invocation] = []
        self.publish: Callable[[Sent], None] = lambda _: None
        self.queues: set[str] = set()
        self.psycopg = SimpleNamespace()
        self._seen: set[str] = set()

    def call(self, operation: str, given: dict[str, Any]) -> Any:
        """What a client of the running sandbox gets; a fault may come before or behind it."""
        return self.during(operation, lambda: self._say(operation, given))

    def during(self, operation: str, action: Callable[[], T]) -> T:
        """The same, for whatever it is that the running sandbox asks for."""
        running = self.running[-1]
        running.before(operation)
        answer = action()
        running.behind()
        return answer

    def _say(self, operation: str, given: dict[str, Any]) -> Any:
        if operation == "ReceiveMessage":
            return {"Messages": self.running[-1].received()}
        if operation == "DeleteMessage":
            self.running[-1].deleted.add(given["ReceiptHandle"])
            return {}
        if operation == "ChangeMessageVisibility":
            return {}
        if given.get("QueueUrl") == "service":
            return self._served(given["MessageDeduplicationId"], given["MessageBody"])
        if operation == "SendMessage" and given["QueueUrl"] not in self.queues:
            return self.sent.append((given["QueueUrl"], given))
        if operation in SENDING:
            through, answer = sent(operation, given, self.running[-1].refusal)
            for message in through:
                self.publish(message)
            return answer
        try:
            answer = self.store._say(f"dynamodb.{operation}", given)  # noqa: SLF001 - what the stand-in answers
        except _standin().Refusal as refusal:
            raise ClientError(refusal.answer, operation) from None
        if given["TableName"] == "effects":
            owner, _, key = given["Key"]["id"]["S"].partition("/")
            self.effects.append((owner, key))
        return answer

    def _served(self, ident: str, body: str) -> None:
        if ident not in self._seen:
            self._seen.add(ident)
            owner, _, key = body.partition("/")
            self.effects.append((owner, key))


class Invocation:
    """One run of a handler: which call is to go wrong, and whether its sandbox is alive."""

    def __init__(self, fault: Fault, meanwhile: Callable[[], None]) -> None:
        self.fault, self._meanwhile = fault, meanwhile
        self.calls, self.dead = 0, False
        self.messages: list[dict[str, Any]] = []
        self.deleted: set[str] = set()
        self.connections: list[Any] = []
        self.stop: Callable[[], None] = lambda: None

    def received(self) -> list[dict[str, Any]]:
        """What a worker gets: its batch, and then the word to stop."""
        if not self.messages:
            self.stop()
        found, self.messages = self.messages, []
        return found

    def before(self, operation: str) -> None:
        if self.dead:
            raise Died
        self.calls += 1
        if self.calls == self.fault.call:
            if self.fault.kind == "dies before a call":
                self.die()
            if self.fault.kind == "has a copy beside it":
                self._meanwhile()
            if self.fault.kind == "is told to stop":
                self.stop()
        whole = operation not in BATCHES or (self.fault.kind, self.fault.call) == (
            "is refused what it sends",
            self.calls,
        )
        if whole and self._refused(sending=operation in SENDING):
            raise ClientError({"Error": {"Code": self.fault.code}}, operation)

    def _refused(self, *, sending: bool) -> bool:
        """Whether this call is refused; of a fault that lasts, every second one that sends from then on."""
        since = self.calls - self.fault.call
        lasting = sending and self.fault.kind == "is refused what it sends" and since >= 0 and since % 2 == 0
        return lasting or (self.fault.kind.startswith("is refused") and since == 0)

    def refusal(self, at: int) -> str:
        """The error of one entry of this call, or nothing: of several every second one gets through."""
        return self.fault.code if self._refused(sending=True) and at % 2 == 0 else ""

    def behind(self) -> None:
        if self.calls == self.fault.call and self.fault.kind == "dies behind a call":
            self.die()
        if self.calls == self.fault.call and self.fault.kind == "hears no answer":
            raise ReadTimeoutError(endpoint_url="https://aws")

    def die(self) -> None:
        self.dead = True
        raise Died


class Sandbox:
    """A function's modules, loaded once."""

    def __init__(self, function: Function, aws: Aws) -> None:
        self._aws, self.died = aws, False
        self._connections: list[Any] = []
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**function.environment, "POWERTOOLS_LOG_LEVEL": "CRITICAL"}.items():
                patch.setenv(name, value)
            for name in function.modules:
                patch.delitem(sys.modules, name, raising=False)
            patch.setattr(sys, "meta_path", [_Modules(function.modules), *sys.meta_path])
            clock = SimpleNamespace(monotonic=lambda: aws.now)
            importlib.import_module("poison").time = clock  # type: ignore[attr-defined]
            if function.sends:
                importlib.import_module("senders").SHORTEST_S = 0  # type: ignore[attr-defined]
            self._environment = dict(function.environment)
            self._handler = importlib.import_module("handler").handler
            self._pool: Any = importlib.import_module("worker") if "worker" in function.modules else None
            for name in function.modules:
                sys.modules.pop(name, None)

    def work(self, messages: list[dict[str, Any]], fault: Fault, meanwhile: Callable[[], None]) -> set[str]:
        """Have a worker poll once and be told to stop; the receipts that it deleted, also if it died."""
        assert self._pool is not None
        running = Invocation(fault, meanwhile)
        running.messages, running.connections = messages, self._connections
        self._pool.LONGEST_PAUSE_S = 0
        (queue,) = self._pool.QUEUES.values()
        worker = self._pool.Worker(queue, _Client(self._aws), self._handler)
        running.stop = lambda: worker.stop(15, None)
        self._aws.running.append(running)
        try:
            with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()):
                for name, value in self._environment.items():
                    patch.setenv(name, value)
                worker.run()
        except Died:
            self.died = True
        finally:
            self._aws.running.pop()
        self.died = self.died or fault.kind == "dies at its end"
        if self.died:
            self._end()
        return running.deleted

    def invoke(self, event: object, fault: Fault, meanwhile: Callable[[], None]) -> Any:
        """What the handler answers; `Died` and errors pass through."""
        running = Invocation(fault, meanwhile)
        running.connections = self._connections
        self._aws.running.append(running)
        try:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in self._environment.items():
                    patch.setenv(name, value)
                answer = self._handler(event, CONTEXT)
            if fault.kind == "dies at its end":
                running.die()
        except Died:
            self._end()
            raise
        finally:
            self._aws.running.pop()
        return answer

    def _end(self) -> None:
        """What the network makes of its connections."""
        for each in self._connections:
            each.close()


CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=128,
    invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:f",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: SECONDS * 1000,
)


class _Modules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports from texts; what was compiled once is not compiled again."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name in self._texts else None

    def exec_module(self, made: ModuleType) -> None:
        exec(_compiled(self._texts[made.__name__], made.__name__), made.__dict__)  # noqa: S102 - what is generated is run


@functools.lru_cache(maxsize=512)
def _compiled(text: str, name: str) -> Any:
    return compile(text, f"{name}.py", "exec")


@functools.cache
def _standin() -> Any:
    return module("standin_of_sandboxes", rendered("standin", {"topology": "orders"}))


class _Client:
    """A client of boto3, as far as generated code and Powertools use one."""

    meta = SimpleNamespace(events=SimpleNamespace(register_last=lambda *_: None, register_first=lambda *_: None))

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __getattr__(self, name: str) -> Any:
        operation = "".join(part.capitalize() for part in name.split("_"))
        return lambda **given: self._aws.call(operation, given)


@contextmanager
def clients_of(aws: Aws) -> Iterator[None]:
    """While this lasts, every client of boto3 asks here, and Powertools' clock is that of these services."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(aws.now, tz)

    clock = SimpleNamespace(datetime=Clock, timedelta=dt.timedelta, timezone=dt.timezone)
    client = _Client(aws)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            patch.setenv(f"AWS_{name}", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setattr(boto3, "client", lambda *_, **__: client)
        patch.setattr(boto3.session.Session, "client", lambda *_, **__: client)
        patch.setitem(sys.modules, "psycopg", aws.psycopg)
        patch.setattr(base, "dt", clock)
        patch.setattr(dynamodb, "dt", clock)
        yield


def chosen(random: Random, calls: int, only: str, *, ordered: bool, pool: bool) -> Fault:
    """Something that goes wrong. Lambda has one batch of a group or of a shard at a time, so nothing ordered has copies beside it."""
    kinds = [
        "dies before a call",
        "dies behind a call",
        "is refused a call",
        "is refused what it sends",
        "hears no answer",
        "dies at its end",
        "is throttled",
        "comes again",
    ]
    if pool:
        kinds.append("is told to stop")
    kind = only or random.choice(kinds if ordered else [*kinds, "has a copy beside it"])
    return Fault(kind, random.randint(1, calls), random.choice(["ThrottlingException", "AccessDenied"]))
