"""Who may call a route of a REST API: authorizers, and the keys and usage plans that tell callers apart.

An API has at most ten authorizers, so routes that ask for the same one share it: its logical id hangs on what it asks for.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from penstock.kinds.function import invoke_arn, invoke_name
from penstock.model.component import Absent, Component, Reference
from penstock.model.deployed import is_arn
from penstock.model.entry import Entry
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.names import digest
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource, tag_list
from penstock.plan.values import Ref, Sub, Value, text_of
from penstock.records import NamedTuple

_PLACES = {"header": "method.request.header", "query": "method.request.querystring"}
_PERIODS = {"day": "DAY", "week": "WEEK", "month": "MONTH"}


class Throttle(NamedTuple):
    """How many requests are let through per second, and how many at once."""

    rate: float
    burst: int


class Iam(NamedTuple):
    """Requests are signed, and IAM says who may send them."""


class Cognito(NamedTuple):
    """Callers bring a token of a user pool; with ``scopes`` an access token that has one of them."""

    pools: tuple[str, ...]
    scopes: tuple[str, ...]


class Authorizer(NamedTuple):
    """A function, by name or ARN, decides; ``token`` says that it gets one header alone. ``ttl`` in seconds."""

    function: str
    token: bool
    identity: tuple[str, ...]
    ttl: int


class Quota(NamedTuple):
    """How many requests one key may send in a ``DAY``, a ``WEEK`` or a ``MONTH``."""

    limit: int
    period: str


class Keyed(NamedTuple):
    """Callers bring an API key, which counts them, and keeps nobody out who has heard of it."""

    quota: Quota | None
    throttle: Throttle | None


Auth: TypeAlias = Iam | Cognito | Authorizer | Keyed | Absent


def read_auth(entry: Entry) -> Auth:
    """What a route says under ``auth``."""
    said = entry.data.get("auth") or "iam"
    if absent := entry.absent("auth"):
        return absent
    name, own = (said, {}) if isinstance(said, str) else next(iter(said.items()))
    origin = entry.origin.child("auth", name)
    match name:
        case "cognito":
            part = Entry.of("cognito", own, origin)
            return Cognito(part.words("user_pools"), part.words("scopes"))
        case "lambda":
            part = Entry.of("authorizer", own, origin)
            token = part.text("type") == "token"
            return Authorizer(part.text("function") or "", token, part.words("identity"), part.seconds("ttl") or 0)
        case "api_key":
            part = Entry.of("api-key", own or {}, origin)
            return Keyed(_quota(part.text("quota")), read_throttle(part.part("throttle")))
        case _:
            return Iam()


def read_throttle(throttle: Entry) -> Throttle | None:
    """A mapping with ``rate`` and ``burst``."""
    rate, burst = throttle.rate("rate"), throttle.number("burst")
    return Throttle(rate, burst) if rate is not None and burst is not None else None


def _quota(text: str | None) -> Quota | None:
    if text is None:
        return None
    limit, _, period = text.partition("/")
    return Quota(int(limit), _PERIODS[period])


def references(auth: Auth, place: Place) -> tuple[Reference, ...]:
    """The function of the topology that decides who may call."""
    if isinstance(auth, Authorizer) and not is_arn(auth.function):
        return (Reference(auth.function, place, ("function",)),)
    return ()


def authorization(rest: str, auth: Auth, cause: Place, topology: Topology, plan: Plan) -> dict[str, Value]:
    """What a method says of who may call it, and the authorizer that it needs."""
    match auth:
        case Iam():
            return {"AuthorizationType": "AWS_IAM"}
        case Cognito() | Authorizer():
            id_ = authorizer_id(rest, auth, topology)
            described: dict[str, Value] = {"Name": id_.removeprefix(rest), "RestApiId": Ref(rest)}
            described |= _described(auth, topology)
            plan.share(Resource(id_, "AWS::ApiGateway::Authorizer", described, cause))
            if isinstance(auth, Authorizer):
                _consent(rest, id_, auth, cause, topology, plan)
                return {"AuthorizationType": "CUSTOM", "AuthorizerId": Ref(id_)}
            scopes = list(auth.scopes) or None
            return {"AuthorizationType": "COGNITO_USER_POOLS", "AuthorizerId": Ref(id_), "AuthorizationScopes": scopes}
        case Keyed():
            return {"AuthorizationType": "NONE", "ApiKeyRequired": True}
        case _:
            return {"AuthorizationType": "NONE"}


def authorizer_id(rest: str, auth: Cognito | Authorizer, topology: Topology) -> str:
    """The logical id of an API's authorizer."""
    return f"{rest}Authorizer{digest(json.dumps(_described(auth, topology), sort_keys=True, default=repr), 10)}"


def _described(auth: Cognito | Authorizer, topology: Topology) -> dict[str, Value]:
    """What an authorizer asks for."""
    if isinstance(auth, Cognito):
        source = "method.request.header.Authorization"
        return {"Type": "COGNITO_USER_POOLS", "ProviderARNs": list(auth.pools), "IdentitySource": source}
    known = topology.components.get(auth.function)
    address = text_of(invoke_arn(known)) if known else auth.function
    call = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    sources = [f"{_PLACES[where]}.{what}" for where, _, what in (each.partition(".") for each in auth.identity)]
    return {
        "Type": "TOKEN" if auth.token else "REQUEST",
        "AuthorizerUri": Sub(f"{call}{address}/invocations"),
        "IdentitySource": ",".join(sources),
        "AuthorizerResultTtlInSeconds": auth.ttl,
    }


def _consent(rest: str, id_: str, auth: Authorizer, cause: Place, topology: Topology, plan: Plan) -> None:  # noqa: PLR0913, PLR0917 - a permission's parts
    """The function's consent to be asked by this authorizer alone."""
    known = topology.components.get(auth.function)
    place = f"${{AWS::Region}}:${{AWS::AccountId}}:${{{rest}}}/authorizers/${{{id_}}}"
    properties: dict[str, Value] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": invoke_name(known) if known else auth.function,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": Sub(f"arn:${{AWS::Partition}}:execute-api:{place}"),
    }
    plan.share(Resource(f"{id_}Permission", "AWS::Lambda::Permission", properties, cause))


def key_id(rest: str) -> str:
    """The logical id of an API's key."""
    return f"{rest}Key"


class Route(NamedTuple):
    """A route that asks for a key: its producer, and its place in the usage plan, such as ``/orders/POST``."""

    component: Component
    target: str
    keyed: Keyed


def add_keys(rest: str, label: str, keyed: Sequence[Route], tags: Mapping[str, str], plan: Plan) -> None:
    """The API's key and its usage plan. Usage plans are meant for whole stages, so all routes with keys share one.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
    """
    if not keyed:
        return
    cause = keyed[0].component.at("auth")
    quota = next((each.keyed.quota for each in keyed if each.keyed.quota), None)
    limits: dict[str, Value] = {
        each.target: {"RateLimit": each.keyed.throttle.rate, "BurstLimit": each.keyed.throttle.burst}
        for each in keyed
        if each.keyed.throttle
    }
    stage: dict[str, Value] = {"ApiId": Ref(rest), "Stage": Ref(f"{rest}Stage")}
    usage: dict[str, Value] = {
        "ApiStages": [stage | ({"Throttle": limits} if limits else {})],
        "Quota": quota and {"Limit": quota.limit, "Period": quota.period},
        "Tags": tag_list(tags),
    }
    plan.add(Resource(f"{rest}UsagePlan", "AWS::ApiGateway::UsagePlan", usage, cause))
    key: dict[str, Value] = {"Enabled": True, "Tags": tag_list(tags)}
    plan.add(Resource(key_id(rest), "AWS::ApiGateway::ApiKey", key, cause))
    joined: dict[str, Value] = {
        "KeyId": Ref(key_id(rest)),
        "KeyType": "API_KEY",
        "UsagePlanId": Ref(f"{rest}UsagePlan"),
    }
    plan.add(Resource(f"{rest}UsagePlanKey", "AWS::ApiGateway::UsagePlanKey", joined, cause))
    plan.output(Output(f"{label}ApiKeyId", Ref(key_id(rest)), "The id of the API key, by which its value is looked up"))
