"""HTTP endpoints: what buses and pipes call through an API destination, and what topics post to."""

from collections.abc import Iterator, Mapping

from penstock.kinds.deliveries import sink_deliveries
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.kinds.workload import trust
from penstock.model.component import Absent, Component
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Value, arn
from penstock.records import NamedTuple, field, record

_NOBODY = {"ApiKeyName": "x-no-authorization", "ApiKeyValue": "none"}
"""A connection cannot go without authorization, so one that needs none sends a header that says so."""


class Auth(NamedTuple):
    """How a caller proves who it is: ``type`` is ``api-key``, ``basic`` or ``oauth``; ``secret`` is named, never held."""

    type: str
    secret: str
    header: str
    field: str | None = None
    token_url: str | None = None
    scope: str | None = None


@record
class Endpoint(Component):
    """An HTTP endpoint; ``rate`` in requests per second."""

    word = "endpoint"

    url: str
    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: Auth | Absent
    rate: int | None = None


def destination_arn(endpoint: Component) -> Value:
    """The ARN of the API destination of an endpoint."""
    return arn(logical_id(endpoint.name, "EndpointDestination"))


def role_id(endpoint: Component) -> str:
    """The logical id of the role with which EventBridge calls an endpoint."""
    return logical_id(endpoint.name, "EndpointRole")


def http_parameters(endpoint: Endpoint) -> dict[str, Value] | None:
    """What EventBridge puts into its requests besides the message, or ``None`` for nothing."""
    return {"HeaderParameters": dict(sorted(endpoint.headers.items()))} if endpoint.headers else None


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The endpoint, and the dead-letter queues of its deliveries."""
    rate = entry.rate("rate")
    tags = entry.pairs("tags")
    yield Endpoint(
        name=name,
        origin=entry.origin,
        deliveries=sink_deliveries(name, entry),
        references=delivery_references(entry),
        tags=tags,
        url=entry.text("url") or "",
        method=entry.text("method") or "",
        headers=entry.pairs("headers"),
        auth=entry.absent("auth") or _auth(entry.part("auth")),
        rate=None if rate is None else int(rate),
    )
    yield from delivery_queues(name, entry, tags)


def _auth(part: Entry) -> Auth:
    return Auth(
        type=part.text("type") or "",
        secret=part.text("secret") or "",
        header=part.text("header") or "",
        field=part.text("field"),
        token_url=part.text("token_url"),
        scope=part.text("scope"),
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """For rules and pipes: the connection and the API destination; for rules the role that may call it. All else is the hop's business."""
    if not isinstance(component, Endpoint):
        raise TypeError(component)
    if all(connection.source.word == "topic" for connection in topology.incoming(component)):
        return
    connection = logical_id(component.name, "EndpointConnection")
    kind, parameters = _authorization(component)
    described: dict[str, Value] = {
        "Description": f"{component.name} of {topology.name}",
        "AuthorizationType": kind,
        "AuthParameters": parameters,
    }
    plan.add(Resource(connection, "AWS::Events::Connection", described, component.at("auth")))
    destination: dict[str, Value] = {
        "Description": f"{component.name} of {topology.name}",
        "ConnectionArn": arn(connection),
        "InvocationEndpoint": component.url,
        "HttpMethod": component.method,
        "InvocationRateLimitPerSecond": component.rate,
    }
    id_ = logical_id(component.name, "EndpointDestination")
    plan.add(Resource(id_, "AWS::Events::ApiDestination", destination, component.at()))
    if not any(connection.source.is_read_by_rules for connection in topology.incoming(component)):
        return  # a pipe has a role of its own
    tags = tag_list({**topology.tags, **component.tags})
    role: dict[str, Value] = {"AssumeRolePolicyDocument": trust("events.amazonaws.com"), "Tags": tags}
    plan.add(Resource(role_id(component), "AWS::IAM::Role", role, component.at()))


def _authorization(endpoint: Endpoint) -> tuple[str, dict[str, Value]]:
    """The type of a connection's authorization and its parameters, whose secrets CloudFormation looks up when it deploys.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-apidestination.html
    """
    match endpoint.auth:
        case Absent():
            return "API_KEY", {"ApiKeyAuthParameters": _NOBODY}
        case Auth("api-key", secret, header, field_):
            key = {"ApiKeyName": header, "ApiKeyValue": looked_up(secret, field_)}
            return "API_KEY", {"ApiKeyAuthParameters": key}
        case Auth("basic", secret):
            user = {"Username": looked_up(secret, "username"), "Password": looked_up(secret, "password")}
            return "BASIC", {"BasicAuthParameters": user}
        case auth:
            return "OAUTH_CLIENT_CREDENTIALS", {"OAuthParameters": _oauth(auth)}


def _oauth(auth: Auth) -> dict[str, Value]:
    client = {"ClientID": looked_up(auth.secret, "client_id"), "ClientSecret": looked_up(auth.secret, "client_secret")}
    body = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
    parameters = [{"Key": key, "Value": value, "IsValueSecret": False} for key, value in body.items()]
    return {
        "AuthorizationEndpoint": auth.token_url,
        "ClientParameters": client,
        "HttpMethod": "POST",
        "OAuthHttpParameters": {"BodyParameters": parameters},
    }


def looked_up(secret: str, field_: str | None) -> str:
    """CloudFormation's dynamic reference to a secret, or to one field of a secret in JSON.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return f"{{{{resolve:secretsmanager:{secret}:SecretString:{field_ or ''}}}}}".replace(":}}", "}}")


HTTP = Kind(Endpoint, "consumers", "http", "consumer-http", read, lower, layer=Layer.WORKERS)
