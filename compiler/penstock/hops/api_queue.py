"""A route of a REST API sends the request's body to a queue, without code in between."""

from urllib.parse import quote

from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.hops.sending import send
from penstock.kinds import Api, Queue
from penstock.kinds.api import add_method, integration_role
from penstock.kinds.queue import queue_id
from penstock.model.component import Connection, Publication
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub, Value, arn

SOURCE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services.html"
ACCEPTED, REFUSED, FAILED = "202", "400", "500"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """API Gateway sends once; a client that lost the answer sends again, so copies are the client's to make."""
    del topology
    queue = connection.target
    ordered = isinstance(queue, Queue) and queue.fifo is not None
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_GROUP if ordered else Ordering.NONE,
        retried_by="the API's client",
        attempts=1,
        window=None,
        ending=Ending.CALLER,
        source=SOURCE,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that sends, and a role that may send to this queue."""
    api, queue = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(queue, Queue) or not isinstance(connection.settings, Publication):
        raise TypeError(connection)
    target = queue_id(queue)
    role = integration_role(api, topology, plan)
    send(role, connection, "sqs:SendMessage", arn(target), queue.encryption, plan)
    uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${" + target + ".QueueName}"
    integration: dict[str, Value] = {
        "Type": "AWS",
        "IntegrationHttpMethod": "POST",
        "Uri": Sub(uri),
        "Credentials": arn(role),
        "PassthroughBehavior": "NEVER",
        "RequestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
        "RequestTemplates": {
            "application/json": request_template(topology.messages[connection.settings.message], queue)
        },
        "IntegrationResponses": [
            {"StatusCode": ACCEPTED, "ResponseTemplates": {"application/json": '{"status": "accepted"}'}},
            {"StatusCode": REFUSED, "SelectionPattern": "4\\d{2}"},
            {"StatusCode": FAILED, "SelectionPattern": "5\\d{2}"},
        ],
    }
    add_method(api, integration, (ACCEPTED, REFUSED, FAILED), plan)


def request_template(message: Message, queue: Queue) -> str:
    """The form that SQS takes: the body as it came, the contract's name as an attribute and, for a FIFO queue, group and id."""
    fields = [
        "Action=SendMessage",
        "MessageBody=$util.urlEncode($input.body)",
        "MessageAttribute.1.Name=message",
        "MessageAttribute.1.Value.DataType=String",
        f"MessageAttribute.1.Value.StringValue={quote(message.name)}",
    ]
    if queue.fifo:
        fields.append(f"MessageGroupId={_from_body(message.key)}")
        if queue.fifo.deduplication != "content":
            fields.append(f"MessageDeduplicationId={_from_body(message.idempotency_key)}")
    return "&".join(fields)


def _from_body(path: str | None) -> str:
    """A field of the request's body, or one constant where the contract names none."""
    return f"$util.urlEncode($input.path('$.{path}'))" if path else "all"


HOP = Hop(Api, Queue, "REST API service integration", semantics, lower)
