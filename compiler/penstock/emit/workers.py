"""The code of the services of a topology: those that are deployed here poll queues, the others send alone."""

from collections.abc import Iterator

from penstock.emit.python import emit_publisher
from penstock.emit.python_types import FunctionStub, PythonFunction
from penstock.emit.python_worker import Polled, emit_worker
from penstock.emit.stubs import consumer_stub
from penstock.kinds import Queue, Service
from penstock.model.topology import Topology


def service_stubs(topology: Topology) -> Iterator[FunctionStub]:
    """What is generated for services, in the order of the topology."""
    for service in topology.of(Service):
        if _polled(service, topology) if service.pool else service.publications:
            yield consumer_stub(service, topology)


def emit_service(stub: FunctionStub, topology: Topology) -> PythonFunction:
    """The code of one service, in its language."""
    service = topology.components[stub.name]
    if not isinstance(service, Service):
        raise TypeError(service)
    if stub.typescript:
        from penstock.emit.typescript_worker import emit_typescript_publisher as publisher
        from penstock.emit.typescript_worker import emit_typescript_worker as worker
    else:
        publisher, worker = emit_publisher, emit_worker
    if service.pool is None:
        return publisher(stub)
    return worker(stub, _polled(service, topology), service.pool.stop_timeout)


def _polled(service: Service, topology: Topology) -> list[Polled]:
    return [
        Polled(
            queue=connection.source.name,
            size=connection.delivery.batch.size,
            visibility_s=None if connection.source.existing else connection.source.visibility_timeout,
            fifo=connection.source.fifo is not None,
        )
        for connection in topology.incoming(service)
        if isinstance(connection.source, Queue)
    ]
