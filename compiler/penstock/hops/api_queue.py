"""A route of a REST API sends the request's body to a queue, without code in between."""

from urllib.parse import quote

from penstock.hops import api_sending
from penstock.hops.api_sending import BY_STATUS, FORM, Service, add_route, attribute, message_of, order
from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import send
from penstock.kinds import Api, Queue
from penstock.kinds.api import integration_role
from penstock.kinds.queue import queue_id
from penstock.model.component import Connection
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub, arn


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request; a FIFO queue keeps the order of a message group."""
    queue = connection.target
    return api_sending.semantics(connection, topology, ordered=isinstance(queue, Queue) and queue.fifo is not None)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that sends, and a role that may send to this queue."""
    api, queue = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(queue, Queue):
        raise TypeError(connection)
    target = queue_id(queue)
    role = integration_role(api, topology, plan)
    send(role, connection, "sqs:SendMessage", arn(target), queue.encryption, plan)
    uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${" + target + ".QueueName}"
    service = Service(Sub(uri), FORM, request_template(message_of(connection, topology), queue), BY_STATUS)
    add_route(connection, service, role, topology, plan)


def request_template(message: Message, queue: Queue) -> str:
    """The form that SQS takes: the body as it came, the contract's name as an attribute and, for a FIFO queue, group and id."""
    fields = [
        "Action=SendMessage",
        "MessageBody=$util.urlEncode($input.body)",
        *attribute("MessageAttribute", 1, "message", quote(message.name)),
    ]
    return "&".join(fields) + order(message, queue.fifo, fair=queue.fair)


HOP = Hop(Api, Queue, "REST API service integration", semantics, lower)
