"""The kinds of components, one module each."""

from penstock.kinds.api import API, Api
from penstock.kinds.bus import BUS, Bus
from penstock.kinds.email import EMAIL, Email
from penstock.kinds.endpoint import HTTP, Endpoint
from penstock.kinds.external import EXTERNAL, External
from penstock.kinds.external_consumer import EXTERNAL_CONSUMER, ExternalConsumer
from penstock.kinds.function import FUNCTION_CONSUMER, FUNCTION_PRODUCER, Function
from penstock.kinds.key import KEY, Key
from penstock.kinds.kind import Kind
from penstock.kinds.log import LOG, Log
from penstock.kinds.queue import QUEUE, Queue
from penstock.kinds.schedule import SCHEDULE, Schedule
from penstock.kinds.service import SERVICE_CONSUMER, SERVICE_PRODUCER, Service
from penstock.kinds.stream import STREAM, Stream
from penstock.kinds.table import TABLE, Table
from penstock.kinds.topic import TOPIC, Topic
from penstock.kinds.workload import Workload

KINDS: tuple[Kind, ...] = (
    API,
    BUS,
    EMAIL,
    HTTP,
    EXTERNAL,
    EXTERNAL_CONSUMER,
    FUNCTION_CONSUMER,
    FUNCTION_PRODUCER,
    KEY,
    LOG,
    QUEUE,
    SCHEDULE,
    SERVICE_CONSUMER,
    SERVICE_PRODUCER,
    STREAM,
    TABLE,
    TOPIC,
)
"""Every kind that this version builds."""

__all__ = [
    "KINDS",
    "Api",
    "Bus",
    "Email",
    "Endpoint",
    "External",
    "ExternalConsumer",
    "Function",
    "Key",
    "Kind",
    "Log",
    "Queue",
    "Schedule",
    "Service",
    "Stream",
    "Table",
    "Topic",
    "Workload",
]
