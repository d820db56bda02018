"""The kinds of components, one module each. What a topology does not have is not imported."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from penstock.kinds.kind import Kind

if TYPE_CHECKING:
    from penstock.kinds.api import Api
    from penstock.kinds.bucket import Bucket
    from penstock.kinds.bus import Bus
    from penstock.kinds.database import Database
    from penstock.kinds.email import Email
    from penstock.kinds.endpoint import Endpoint
    from penstock.kinds.external import External
    from penstock.kinds.external_consumer import ExternalConsumer
    from penstock.kinds.function import Function
    from penstock.kinds.key import Key
    from penstock.kinds.log import Log
    from penstock.kinds.outbox import Outbox
    from penstock.kinds.queue import Queue
    from penstock.kinds.saga import Saga
    from penstock.kinds.schedule import Schedule
    from penstock.kinds.service import Service
    from penstock.kinds.stream import Stream
    from penstock.kinds.table import Table
    from penstock.kinds.topic import Topic
    from penstock.kinds.workload import Workload

_KINDS: dict[tuple[str, str | None], tuple[str, str]] = {
    ("producers", "api"): ("api", "API"),
    ("stores", "s3"): ("bucket", "BUCKET"),
    ("buses", None): ("bus", "BUS"),
    ("sagas", "choreography"): ("choreography", "CHOREOGRAPHY"),
    ("stores", "postgres"): ("database", "DATABASE"),
    ("consumers", "email"): ("email", "EMAIL"),
    ("consumers", "http"): ("endpoint", "HTTP"),
    ("producers", "external"): ("external", "EXTERNAL"),
    ("consumers", "external"): ("external_consumer", "EXTERNAL_CONSUMER"),
    ("consumers", "function"): ("function", "FUNCTION_CONSUMER"),
    ("producers", "function"): ("function", "FUNCTION_PRODUCER"),
    ("keys", None): ("key", "KEY"),
    ("consumers", "log"): ("log", "LOG"),
    ("producers", "outbox"): ("outbox", "OUTBOX"),
    ("queues", None): ("queue", "QUEUE"),
    ("sagas", "orchestration"): ("saga", "SAGA"),
    ("sagas", "state-machine"): ("state_machine", "STATE_MACHINE"),
    ("producers", "schedule"): ("schedule", "SCHEDULE"),
    ("consumers", "service"): ("service", "SERVICE_CONSUMER"),
    ("producers", "service"): ("service", "SERVICE_PRODUCER"),
    ("streams", None): ("stream", "STREAM"),
    ("stores", "dynamodb"): ("table", "TABLE"),
    ("topics", None): ("topic", "TOPIC"),
}
"""Every kind that this version builds, by its section and its ``type``: the module that it stands in, and its name there."""

_CLASSES = {
    "Api": "api",
    "Bucket": "bucket",
    "Bus": "bus",
    "Choreography": "choreography",
    "Database": "database",
    "Email": "email",
    "Endpoint": "endpoint",
    "External": "external",
    "ExternalConsumer": "external_consumer",
    "Function": "function",
    "Key": "key",
    "Log": "log",
    "Outbox": "outbox",
    "Queue": "queue",
    "Saga": "saga",
    "Schedule": "schedule",
    "Service": "service",
    "Stream": "stream",
    "Table": "table",
    "Topic": "topic",
    "Workload": "workload",
}
"""The classes of components, and the modules that they stand in."""

KINDS: tuple[Kind, ...]
"""All of them."""


@cache
def kind_of(section: str, type_: str | None) -> Kind:
    """The kind of the components of a section that say this ``type``."""
    module, name = _KINDS[section, type_]
    kind: Kind = getattr(import_module(f"penstock.kinds.{module}"), name)
    return kind


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class, or all kinds
    """What is imported only when it is asked for."""
    if name in _CLASSES:
        globals()[name] = getattr(import_module(f"penstock.kinds.{_CLASSES[name]}"), name)
    elif name == "KINDS":
        globals()[name] = tuple(kind_of(*place) for place in _KINDS)
    else:
        raise AttributeError(name)
    return globals()[name]


__all__ = [
    "KINDS",
    "Api",
    "Bucket",
    "Bus",
    "Database",
    "Email",
    "Endpoint",
    "External",
    "ExternalConsumer",
    "Function",
    "Key",
    "Kind",
    "Log",
    "Outbox",
    "Queue",
    "Saga",
    "Schedule",
    "Service",
    "Stream",
    "Table",
    "Topic",
    "Workload",
    "kind_of",
]
