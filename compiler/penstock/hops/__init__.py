"""The pairs of kinds that AWS can join, one module each, or one for a family. What a topology does not have is not imported."""

from importlib import import_module

from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology

_HOPS: dict[tuple[str, str], str] = {
    ("Api", "Bus"): "api_bus.HOP",
    ("Api", "Function"): "api_function.HOP",
    ("Api", "Queue"): "api_queue.HOP",
    ("Api", "Stream"): "api_stream.HOP",
    ("Api", "Topic"): "api_topic.HOP",
    ("Bucket", "Endpoint"): "bucket_events.BUCKET_ENDPOINT",
    ("Bucket", "Function"): "bucket_events.BUCKET_FUNCTION",
    ("Bucket", "Log"): "bucket_events.BUCKET_LOG",
    ("Bucket", "Queue"): "bucket_events.BUCKET_QUEUE",
    ("Bucket", "Stream"): "bucket_events.BUCKET_STREAM",
    ("Bucket", "Topic"): "bucket_events.BUCKET_TOPIC",
    ("Bus", "Bus"): "bus_bus.HOP",
    ("Bus", "Endpoint"): "bus_endpoint.HOP",
    ("Bus", "ExternalConsumer"): "external_consumer.BUS",
    ("Bus", "Function"): "bus_function.HOP",
    ("Bus", "Log"): "bus_log.HOP",
    ("Bus", "Queue"): "bus_queue.HOP",
    ("Bus", "Stream"): "bus_stream.HOP",
    ("Bus", "Topic"): "bus_topic.HOP",
    ("Database", "Outbox"): "outbox.DATABASE_OUTBOX",
    ("External", "Bus"): "external.EXTERNAL_BUS",
    ("External", "Queue"): "external.EXTERNAL_QUEUE",
    ("External", "Stream"): "external.EXTERNAL_STREAM",
    ("External", "Topic"): "external.EXTERNAL_TOPIC",
    ("Function", "Bucket"): "storing.FUNCTION_BUCKET",
    ("Function", "Bus"): "workload.FUNCTION_BUS",
    ("Function", "Database"): "storing.FUNCTION_DATABASE",
    ("Function", "Queue"): "workload.FUNCTION_QUEUE",
    ("Function", "Saga"): "starting.FUNCTION_SAGA",
    ("Function", "Stream"): "workload.FUNCTION_STREAM",
    ("Function", "Table"): "storing.FUNCTION_TABLE",
    ("Function", "Topic"): "workload.FUNCTION_TOPIC",
    ("Outbox", "Bus"): "outbox.OUTBOX_BUS",
    ("Outbox", "Queue"): "outbox.OUTBOX_QUEUE",
    ("Outbox", "Stream"): "outbox.OUTBOX_STREAM",
    ("Outbox", "Topic"): "outbox.OUTBOX_TOPIC",
    ("Queue", "Bus"): "piping.QUEUE_BUS",
    ("Queue", "Endpoint"): "piping.QUEUE_ENDPOINT",
    ("Queue", "ExternalConsumer"): "external_consumer.QUEUE",
    ("Queue", "Function"): "queue_function.HOP",
    ("Queue", "Queue"): "piping.QUEUE_QUEUE",
    ("Queue", "Service"): "queue_service.HOP",
    ("Queue", "Stream"): "piping.QUEUE_STREAM",
    ("Queue", "Topic"): "piping.QUEUE_TOPIC",
    ("Saga", "Bus"): "saga_calls.SAGA_BUS",
    ("Saga", "Function"): "saga_calls.SAGA_FUNCTION",
    ("Saga", "Queue"): "saga_calls.SAGA_QUEUE",
    ("Saga", "Saga"): "saga_calls.SAGA_SAGA",
    ("Saga", "Topic"): "saga_calls.SAGA_TOPIC",
    ("Schedule", "Bus"): "schedule.SCHEDULE_BUS",
    ("Schedule", "Function"): "schedule.SCHEDULE_FUNCTION",
    ("Schedule", "Queue"): "schedule.SCHEDULE_QUEUE",
    ("Schedule", "Stream"): "schedule.SCHEDULE_STREAM",
    ("Schedule", "Topic"): "schedule.SCHEDULE_TOPIC",
    ("Service", "Bucket"): "service.SERVICE_BUCKET",
    ("Service", "Bus"): "service.SERVICE_BUS",
    ("Service", "Database"): "service.SERVICE_DATABASE",
    ("Service", "Queue"): "service.SERVICE_QUEUE",
    ("Service", "Saga"): "service.SERVICE_SAGA",
    ("Service", "Stream"): "service.SERVICE_STREAM",
    ("Service", "Table"): "service.SERVICE_TABLE",
    ("Service", "Topic"): "service.SERVICE_TOPIC",
    ("Stream", "Bus"): "piping.STREAM_BUS",
    ("Stream", "Endpoint"): "piping.STREAM_ENDPOINT",
    ("Stream", "ExternalConsumer"): "external_consumer.STREAM",
    ("Stream", "Function"): "stream_function.HOP",
    ("Stream", "Queue"): "piping.STREAM_QUEUE",
    ("Stream", "Stream"): "piping.STREAM_STREAM",
    ("Stream", "Topic"): "piping.STREAM_TOPIC",
    ("Table", "Bus"): "piping.TABLE_BUS",
    ("Table", "Endpoint"): "piping.TABLE_ENDPOINT",
    ("Table", "Function"): "stream_function.TABLE_FUNCTION",
    ("Table", "Outbox"): "outbox.TABLE_OUTBOX",
    ("Table", "Queue"): "piping.TABLE_QUEUE",
    ("Table", "Stream"): "piping.TABLE_STREAM",
    ("Table", "Topic"): "piping.TABLE_TOPIC",
    ("Topic", "Email"): "topic_email.HOP",
    ("Topic", "Endpoint"): "topic_endpoint.HOP",
    ("Topic", "ExternalConsumer"): "external_consumer.TOPIC",
    ("Topic", "Function"): "topic_function.HOP",
    ("Topic", "Queue"): "topic_queue.HOP",
}
"""Every hop that this version builds, by the classes of its two ends: where it stands."""

HOPS: dict[tuple[type[Component], type[Component]], Hop]
"""All of them, by the two classes."""


def hop_of(connection: Connection) -> Hop | None:
    """The hop of a connection, or ``None`` where AWS (or this version) has no way to join its ends."""
    pair = type(connection.source).__name__, type(connection.target).__name__
    if pair not in _loaded:
        _loaded[pair] = _hop(_HOPS[pair]) if pair in _HOPS else None
    return _loaded[pair]


_loaded: dict[tuple[str, str], Hop | None] = {}


def _hop(place: str) -> Hop:
    module, _, name = place.partition(".")
    hop: Hop = getattr(import_module(f"penstock.hops.{module}"), name)
    return hop


def semantics(connection: Connection, topology: Topology) -> Semantics | None:
    """What a connection promises, or ``None`` where there is no hop."""
    known: dict[Connection, Semantics | None] = topology.known.setdefault(semantics, {})
    if connection not in known:
        hop = hop_of(connection)
        known[connection] = hop.semantics(connection, topology) if hop else None
    return known[connection]


def __getattr__(name: str) -> dict[tuple[type[Component], type[Component]], Hop]:
    """``HOPS``, when somebody asks for all of them."""
    if name != "HOPS":
        raise AttributeError(name)
    hops = [_hop(place) for place in _HOPS.values()]
    globals()[name] = {(hop.source, hop.target): hop for hop in hops}
    return {(hop.source, hop.target): hop for hop in hops}


__all__ = ["HOPS", "Ending", "Guarantee", "Hop", "Ordering", "Semantics", "hop_of", "semantics"]
