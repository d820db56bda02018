"""A route of a REST API publishes the request's body to a topic, without code in between.

AWS shows it with this very action: https://repost.aws/knowledge-center/api-gateway-proxy-integrate-service
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from penstock.hops import api_sending
from penstock.hops.api_sending import ACTIONS, BY_STATUS, FORM, Service, add_route, attribute, message_of, order
from penstock.hops.grouping import is_fair
from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import send
from penstock.hops.topic_queue import filtered_on
from penstock.kinds import Api, Topic
from penstock.kinds.api import integration_role
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import Connection
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub

_DATA_TYPES = {"number": "Number", "integer": "Number", "array": "String.Array"}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request; a FIFO topic keeps the order of a message group."""
    del topology
    topic = connection.target
    ordered = isinstance(topic, Topic) and topic.fifo is not None
    return api_sending.semantics(ACTIONS, ordered=ordered)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that publishes, and a role that may publish to this topic."""
    api, topic = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(topic, Topic):
        raise TypeError(connection)
    role = integration_role(api, topology, plan)
    send(role, connection, "sns:Publish", topic_arn(topic), topic.encryption, plan)
    message = message_of(connection, topology)
    ordered = order(message, topic.fifo, fair=is_fair(topic, topology))
    template = request_template(message, topic, filtered_on(topic, topology), ordered)
    uri = Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:sns:path//")
    add_route(connection, Service(uri, FORM, Sub(template), BY_STATUS), role, topology, plan)


def request_template(message: Message, topic: Topic, filtered: tuple[str, ...], ordered: str) -> str:
    """The form that SNS takes: as SQS's, and what subscriptions filter on as attributes."""
    fields = [
        "Action=Publish",
        f"TopicArn=$util.urlEncode('${{{topic_id(topic)}}}')",
        "Message=$util.urlEncode($input.body)",
        *attribute("MessageAttributes.entry", 1, "message", quote(message.name)),
    ]
    return "&".join(fields) + ordered + "".join(_filtered(message, filtered))


def _filtered(message: Message, names: tuple[str, ...]) -> Iterator[str]:
    """Attributes of the body's fields, each only where the body has it: SNS refuses an empty one.

    Attributes are numbered without a gap, so the template counts. ``Fn::Sub`` makes ``${number}`` of ``${!number}``.
    """
    if names:
        yield "#set($number = 1)"
    for name in names:
        kind = _DATA_TYPES.get(str(_schema_at(message.schema, name).get("type")), "String")
        value = f"$input.json('$.{name}')" if kind == "String.Array" else '"$value"'
        fields = attribute("MessageAttributes.entry", "${!number}", name, f"$util.urlEncode({value})", kind)
        yield f'#set($value = $input.path(\'$.{name}\'))#if("$!value" != "")#set($number = $number + 1)'
        yield f"&{'&'.join(fields)}#end"


def _schema_at(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """What a schema says of a field; nothing where it is not plain to see."""
    for step in path.split("."):
        below = schema.get("properties", {}).get(step)
        if not isinstance(below, Mapping):
            return {}
        schema = below
    return schema


HOP = Hop(Api, Topic, "REST API service integration", semantics, lower)
