"""The pairs of kinds that AWS can join, one module each."""

from penstock.hops import (
    api_bus,
    api_function,
    api_queue,
    api_topic,
    bus_bus,
    bus_endpoint,
    bus_function,
    bus_log,
    bus_queue,
    bus_stream,
    bus_topic,
    external,
    external_consumer,
    queue_function,
    queue_service,
    schedule,
    storing,
    stream_function,
    topic_email,
    topic_endpoint,
    topic_function,
    topic_queue,
    workload,
)
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology

_ALL: tuple[Hop, ...] = (
    api_bus.HOP,
    api_function.HOP,
    api_queue.HOP,
    bus_endpoint.HOP,
    bus_function.HOP,
    bus_log.HOP,
    api_topic.HOP,
    bus_bus.HOP,
    bus_function.HOP,
    bus_queue.HOP,
    bus_stream.HOP,
    bus_topic.HOP,
    external.EXTERNAL_BUS,
    external.EXTERNAL_QUEUE,
    external.EXTERNAL_STREAM,
    external.EXTERNAL_TOPIC,
    external_consumer.BUS,
    external_consumer.QUEUE,
    external_consumer.STREAM,
    external_consumer.TOPIC,
    workload.FUNCTION_BUS,
    workload.FUNCTION_QUEUE,
    workload.FUNCTION_STREAM,
    storing.FUNCTION_TABLE,
    workload.FUNCTION_TOPIC,
    workload.SERVICE_BUS,
    workload.SERVICE_QUEUE,
    workload.SERVICE_STREAM,
    workload.SERVICE_TOPIC,
    storing.SERVICE_TABLE,
    queue_function.HOP,
    queue_service.HOP,
    stream_function.HOP,
    topic_email.HOP,
    topic_endpoint.HOP,
    topic_function.HOP,
    schedule.SCHEDULE_BUS,
    schedule.SCHEDULE_FUNCTION,
    schedule.SCHEDULE_QUEUE,
    schedule.SCHEDULE_TOPIC,
    topic_queue.HOP,
)

HOPS: dict[tuple[type[Component], type[Component]], Hop] = {(hop.source, hop.target): hop for hop in _ALL}
"""Every hop that this version builds, by its two kinds."""


def hop_of(connection: Connection) -> Hop | None:
    """The hop of a connection, or ``None`` where AWS (or this version) has no way to join its ends."""
    return HOPS.get((type(connection.source), type(connection.target)))


def semantics(connection: Connection, topology: Topology) -> Semantics | None:
    """What a connection promises, or ``None`` where there is no hop."""
    hop = hop_of(connection)
    return hop.semantics(connection, topology) if hop else None


__all__ = ["HOPS", "Ending", "Guarantee", "Hop", "Ordering", "Semantics", "hop_of", "semantics"]
