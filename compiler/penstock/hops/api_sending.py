"""What routes that send to a queue, a topic or a bus have in common: a service integration of a REST API, without code in between.

Mapping templates are written in the Velocity Template Language, and ``Fn::Sub`` goes over some of them: text of the topology that
would mean something to either is escaped by `quoted`.
"""

import json
from collections.abc import Mapping
from urllib.parse import quote

from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds.api import Api, add_method
from penstock.model.component import Connection, Fifo, Publication
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Value, arn
from penstock.records import NamedTuple

ACTIONS = "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html"
"""What says that an integration calls any action of a service."""
ACCEPTED, REFUSED, FAILED = "202", "400", "500"
_ACCEPTED_BODY = '{"status": "accepted"}'


class Service(NamedTuple):
    """A call of an AWS service: where, with which headers and body, and how its answers are told to the client."""

    uri: Value
    headers: Mapping[str, str]
    request: Value
    answers: tuple[dict[str, Value], ...]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BY_STATUS: tuple[dict[str, Value], ...] = (
    {"StatusCode": ACCEPTED, "ResponseTemplates": {"application/json": _ACCEPTED_BODY}},
    {"StatusCode": REFUSED, "SelectionPattern": "4\\d{2}"},
    {"StatusCode": FAILED, "SelectionPattern": "5\\d{2}"},
)
"""For a service whose status says whether it took the message."""
TAKEN: tuple[dict[str, Value], ...] = (
    {"StatusCode": ACCEPTED, "ResponseTemplates": {"application/json": _ACCEPTED_BODY}},
    {"StatusCode": FAILED, "SelectionPattern": "[45]\\d{2}"},
)
"""For Kinesis, which says 400 when it is throttled: the client must not take that for its own fault."""
_COUNTED = (
    f"#if($input.path('$.FailedEntryCount') == 0){_ACCEPTED_BODY}"
    f'#else#set($context.responseOverride.status = {FAILED}){{"status": "not accepted"}}#end'
)
BY_COUNT: tuple[dict[str, Value], ...] = (
    {"StatusCode": ACCEPTED, "ResponseTemplates": {"application/json": _COUNTED}},
    {"StatusCode": FAILED, "SelectionPattern": "[45]\\d{2}"},
)
"""For PutEvents, which says 200 when it took nothing, and 400 when it is throttled: the client must not take that for its own fault."""


def semantics(source: str, *, ordered: bool = False) -> Semantics:
    """API Gateway sends once; a client that lost the answer sends again, so copies are the client's to make.

    ``source`` is the page that shows the integration.
    """
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_GROUP if ordered else Ordering.NONE,
        retried_by="the API's client",
        attempts=1,
        window=None,
        ending=Ending.CALLER,
        source=source,
    )


def add_route(connection: Connection, service: Service, role: str, topology: Topology, plan: Plan) -> None:
    """The route's method with an integration that sends what keeps the contract."""
    api = connection.source
    if not isinstance(api, Api):
        raise TypeError(connection)
    integration: dict[str, Value] = {
        "Type": "AWS",
        "IntegrationHttpMethod": "POST",
        "Uri": service.uri,
        "Credentials": arn(role),
        "PassthroughBehavior": "NEVER",
        "RequestParameters": {
            f"integration.request.header.{name}": f"'{value}'" for name, value in service.headers.items()
        },
        "RequestTemplates": {"application/json": service.request},
        "IntegrationResponses": list(service.answers),
    }
    add_method(
        api, integration, (ACCEPTED, REFUSED, FAILED), topology, plan, validated=message_of(connection, topology)
    )


def message_of(connection: Connection, topology: Topology) -> Message:
    """The contract of what a route sends."""
    if not isinstance(connection.settings, Publication):
        raise TypeError(connection)
    return topology.messages[connection.settings.message]


def attribute(kind: str, number: int | str, name: str, value: str, data_type: str = "String") -> list[str]:
    """A message attribute as a form says it; ``value`` is a template already."""
    prefix = f"{kind}.{number}"
    return [
        f"{prefix}.Name={quote(name)}",
        f"{prefix}.Value.DataType={data_type}",
        f"{prefix}.Value.StringValue={value}",
    ]


def order(message: Message, fifo: Fifo | None, *, fair: bool) -> str:
    """Group and deduplication id of a FIFO channel, from the body; where shares are fair the group, if the body has one."""
    if fifo is None and fair and message.key:
        group = '#if("$!group" != "")&MessageGroupId=$util.urlEncode("$group")#end'
        return f"#set($group = $input.path('$.{message.key}')){group}"
    if fifo is None:
        return ""
    text = f"&MessageGroupId={from_body(message.key)}"
    if fifo.deduplication != "content":
        text += f"&MessageDeduplicationId={from_body(message.idempotency_key)}"
    return text


def from_body(path: str | None) -> str:
    """A field of the request's body, or one constant where the contract names none."""
    return f"$util.urlEncode($input.path('$.{path}'))" if path else "all"


def quoted(text: str) -> str:
    """A text as a JSON string that means nothing to Velocity or ``Fn::Sub``."""
    return json.dumps(text).replace("$", "\\u0024").replace("#", "\\u0023")
