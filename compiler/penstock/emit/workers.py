"""What the generators need of the services of a topology: those that are deployed here poll queues, the others send alone."""

from collections.abc import Iterator

from penstock.emit.python import emit_publisher
from penstock.emit.python_types import PythonFunction
from penstock.emit.python_worker import Polled, emit_worker
from penstock.emit.stubs import consumer_stub
from penstock.kinds import Queue, Service
from penstock.model.topology import Topology


def emit_workers(topology: Topology) -> Iterator[PythonFunction]:
    """The code of each pool of workers."""
    for service in topology.of(Service):
        queues = [
            Polled(
                queue=connection.source.name,
                size=connection.delivery.batch.size,
                visibility_s=None if connection.source.existing else connection.source.visibility_timeout,
                fifo=connection.source.fifo is not None,
            )
            for connection in topology.incoming(service)
            if isinstance(connection.source, Queue)
        ]
        if service.pool and queues:
            yield emit_worker(consumer_stub(service, topology), queues, service.pool.stop_timeout)


def emit_publishers(topology: Topology) -> Iterator[PythonFunction]:
    """What services that run elsewhere send with."""
    for service in topology.of(Service):
        if service.pool is None and service.publications:
            yield emit_publisher(consumer_stub(service, topology))
