"""A route of a REST API puts the request's body into a stream, without code in between."""

from penstock.hops import api_sending
from penstock.hops.api_sending import TAKEN, Service, add_route, message_of, quoted
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ordering, Semantics
from penstock.hops.sending import send
from penstock.kinds import Api, Stream
from penstock.kinds.api import integration_role
from penstock.kinds.stream import stream_arn, stream_id
from penstock.model.component import Connection
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub

SOURCE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-kinesis.html"
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.PutRecord"}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request. Requests come side by side, so a key keeps the order in which they arrive."""
    keyed = message_of(connection, topology).key is not None
    promise = api_sending.semantics(SOURCE)
    return promise._replace(ordering=Ordering.PER_KEY if keyed else Ordering.NONE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that puts a record, and a role that may put records into this stream."""
    api, stream = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(stream, Stream):
        raise TypeError(connection)
    role = integration_role(api, topology, plan)
    send(role, connection, "kinesis:PutRecord", stream_arn(stream), stream.encryption, plan)
    uri = Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:kinesis:action/PutRecord")
    template = Sub(request_template(message_of(connection, topology), _address(stream)))
    add_route(connection, Service(uri, HEADERS, template, TAKEN), role, topology, plan)


def _address(stream: Stream) -> str:
    """The stream as ``Fn::Sub`` puts it in: by its name or, if it exists already and may be another account's, by its ARN."""
    if stream.existing:
        return f'"StreamARN": "${{{stream_id(stream)}.Arn}}"'
    return f'"StreamName": "${{{stream_id(stream)}}}"'


def request_template(message: Message, address: str) -> str:
    """PutRecord with the wrapping of a stream's records. A request without a key has its own id for one."""
    key = "$context.requestId"
    if message.key:
        key = f"$util.escapeJavaScript($input.path('$.{message.key}')).replaceAll(\"\\\\'\", \"'\")"
    record = f'#set($open = \'{{"message": {quoted(message.name)}, "data": \')'
    return f'{record}{{{address}, "PartitionKey": "{key}", "Data": "$util.base64Encode("$open$input.body}}")"}}'


HOP = Hop(Api, Stream, "REST API service integration", semantics, lower)
