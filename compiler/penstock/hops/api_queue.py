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
from penstock.plan.addresses import existing_account, existing_name
from penstock.plan.plan import Plan
from penstock.plan.values import Sub, arn, inside

SOURCE = (
    "https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/"
    "integrate-amazon-api-gateway-with-amazon-sqs-to-handle-asynchronous-rest-apis.html"
)


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request; a FIFO queue keeps the order of a message group."""
    del topology
    queue = connection.target
    ordered = isinstance(queue, Queue) and queue.fifo is not None
    return api_sending.semantics(SOURCE, ordered=ordered)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that sends, and a role that may send to this queue."""
    api, queue = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(queue, Queue):
        raise TypeError(connection)
    target = queue_id(queue)
    role = integration_role(api, topology, plan)
    send(role, connection, "sqs:SendMessage", arn(target), queue.encryption, plan)
    service = Service(_uri(queue), FORM, request_template(message_of(connection, topology), queue), BY_STATUS)
    add_route(connection, service, role, topology, plan)


def _uri(queue: Queue) -> Sub:
    """The queue by its account and its name: what exists already may be another account's."""
    start = "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/"
    if not queue.existing:
        return Sub(f"{start}${{AWS::AccountId}}/${{{queue_id(queue)}.QueueName}}")
    account, name = inside("Account", existing_account(queue)), inside("Name", existing_name(queue))
    return Sub(f"{start}{account.text}/{name.text}", (*account.variables, *name.variables))


def request_template(message: Message, queue: Queue) -> str:
    """The form that SQS takes: the body as it came, the contract's name as an attribute and, for a FIFO queue, group and id."""
    fields = [
        "Action=SendMessage",
        "MessageBody=$util.urlEncode($input.body)",
        *attribute("MessageAttribute", 1, "message", quote(message.name)),
    ]
    return "&".join(fields) + order(message, queue.fifo, fair=queue.fair)


HOP = Hop(Api, Queue, "REST API service integration", semantics, lower)
