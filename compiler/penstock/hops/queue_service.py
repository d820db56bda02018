"""The workers of a service poll a queue with the AWS SDK: they receive, hide what takes longer, and delete what is done."""

from penstock.hops.burying import allow_burying
from penstock.hops.hop import Hop
from penstock.hops.receiving import allow_receive, polled, receive_semantics
from penstock.hops.semantics import Semantics
from penstock.kinds import Queue, Service
from penstock.kinds.queue import queue_url
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import environment_name
from penstock.plan.plan import Plan
from penstock.records import NamedTuple

SOURCE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html"
_RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
SETTINGS = ("source", "batch")


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A message that is not deleted in time is received again."""
    return receive_semantics(connection, topology, SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to receive from this queue, its URL, and how many messages to receive at once."""
    queue, service = polled(connection), _service(connection)
    allow_receive(connection, _RECEIVE, topology, plan)
    allow_burying(connection, queue.redrive, topology, plan)
    variables = plan.environment[service.id]
    variables[environment_name("source", queue.name)] = queue_url(queue)
    variables[environment_name("batch", queue.name)] = str(connection.delivery.batch.size)


class Polling(NamedTuple):
    """A queue, the service whose workers poll it, and how. ``seconds`` is how long a worker may have a message that it received."""

    queue: Queue
    service: Service
    connection: Connection

    @property
    def seconds(self) -> int:
        """The time for all that is received at once, because the last of it waits for the others."""
        return self.connection.delivery.batch.size * self.service.work.timeout


def pollings(topology: Topology) -> list[Polling]:
    """Every queue that a service polls, with it."""
    return [
        Polling(polled(connection), _service(connection), connection) for connection in topology.between(Queue, Service)
    ]


def _service(connection: Connection) -> Service:
    if not isinstance(connection.target, Service):
        raise TypeError(connection.target)
    return connection.target


HOP = Hop(Queue, Service, "SDK call ReceiveMessage", semantics, lower, SETTINGS)
