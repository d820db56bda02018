"""REST APIs. Producers of type ``api`` are routes of one REST API per topology."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from penstock.kinds.deliveries import publications
from penstock.kinds.kind import Kind
from penstock.kinds.request_models import request_model
from penstock.kinds.workload import trust
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.origin import Place
from penstock.model.topology import Message, Topology
from penstock.plan.names import cut, digest, logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource, tag_list
from penstock.plan.values import GetAtt, Ref, Sub, Value

REST_API = "RestApi"
STAGE = "live"
_PLAIN_PATH = re.compile(r"(/[a-z][a-z0-9]*)+")
_ID_LIMIT = 255
_CHECKS = frozenset({"AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator"})


class Throttle(NamedTuple):
    """How many requests a route takes per second, and how many at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Api(Component):
    """One route of the topology's REST API."""

    word = "api"

    method: str
    path: str
    throttle: Throttle | None = None
    iam: bool


def role_id(api: Component) -> str:
    """The logical id of the role with which a route sends."""
    return logical_id(api.name, "ApiRole")


def method_id(api: Component) -> str:
    """The logical id of a route's method."""
    return logical_id(api.name, "ApiMethod")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The route."""
    method, _, path = (entry.text("route") or "").partition(" ")
    throttle = entry.part("throttle")
    rate, burst = throttle.rate("rate"), throttle.number("burst")
    yield Api(
        name=name,
        origin=entry.origin,
        publications=publications(entry),
        method=method,
        path="/" + path.strip().strip("/"),
        throttle=Throttle(rate, burst) if rate is not None and burst is not None else None,
        iam=entry.data.get("auth") == "iam",
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The REST API and the resources of the path. The method belongs to the hop, which knows the integration."""
    if not isinstance(component, Api):
        raise TypeError(component)
    properties: dict[str, Value] = {
        "Name": Sub("${AWS::StackName}"),
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "Tags": tag_list(topology.tags),
    }
    plan.share(Resource(REST_API, "AWS::ApiGateway::RestApi", properties, topology.at()))
    parent: Value = GetAtt(REST_API, "RootResourceId")
    prefix = ""
    for segment in filter(None, component.path.split("/")):
        prefix += f"/{segment}"
        properties = {"RestApiId": Ref(REST_API), "ParentId": parent, "PathPart": segment}
        target = path_id(prefix)
        plan.share(Resource(target, "AWS::ApiGateway::Resource", properties, component.at("route")))
        parent = Ref(target)


def path_id(path: str) -> str:
    """The logical id of the API's resource at a path such as ``/orders``: ``RestApiOrdersPath``.

    A path with anything but small letters and digits would lose a difference on the way, so it gets a suffix.
    """
    words = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", path))
    text = f"{REST_API}{words}Path"
    return text if _PLAIN_PATH.fullmatch(path) else cut(text, _ID_LIMIT, path)


def resource_of(api: Api) -> Value:
    """The API's resource on which a route's method stands."""
    return Ref(path_id(api.path)) if api.path != "/" else GetAtt(REST_API, "RootResourceId")


def integration_role(api: Api, topology: Topology, plan: Plan) -> str:
    """The role with which a route sends, made when the first hop asks for it."""
    target = role_id(api)
    properties = {"AssumeRolePolicyDocument": trust("apigateway.amazonaws.com"), "Tags": tag_list(topology.tags)}
    plan.share(Resource(target, "AWS::IAM::Role", properties, api.at()))
    return target


def add_method(
    api: Api, integration: dict[str, Value], responses: tuple[str, ...], plan: Plan, *, validated: Message | None
) -> None:
    """A route's method with its integration; ``validated`` is the contract that requests must keep to get in."""
    properties: dict[str, Value] = {
        "RestApiId": Ref(REST_API),
        "ResourceId": resource_of(api),
        "HttpMethod": api.method,
        "AuthorizationType": "AWS_IAM" if api.iam else "NONE",
        "Integration": integration,
        "MethodResponses": [{"StatusCode": status} for status in responses],
    }
    if validated:
        properties |= {
            "RequestModels": {"application/json": Ref(_model(validated, plan))},
            "RequestValidatorId": Ref(_validator(plan, api)),
        }
    plan.add(Resource(method_id(api), "AWS::ApiGateway::Method", properties, api.at()))


def _validator(plan: Plan, api: Api) -> str:
    """The API's validator of bodies, made when the first route asks for it."""
    target = f"{REST_API}BodyValidator"
    properties: dict[str, Value] = {
        "RestApiId": Ref(REST_API),
        "ValidateRequestBody": True,
        "ValidateRequestParameters": False,
    }
    plan.share(Resource(target, "AWS::ApiGateway::RequestValidator", properties, api.at("route")))
    return target


def _model(message: Message, plan: Plan) -> str:
    """A contract's schema as the API's model, made when the first route asks for it."""
    target = model_id(message)
    if target not in plan.resources:
        schema, notes = request_model(message.schema)
        properties: dict[str, Value] = {"RestApiId": Ref(REST_API), "ContentType": "application/json", "Schema": schema}
        plan.add(Resource(target, "AWS::ApiGateway::Model", properties, Place(message.origin, ("schema",))))
        for pointer, reason in notes:
            plan.note(f"message {message.name!r} at {pointer or '/'}: the API lets it in unchecked: {reason}")
    return target


def model_id(message: Message) -> str:
    """The logical id of a contract's model in the API."""
    return f"{REST_API}{message.name}Model"


def finish(topology: Topology, plan: Plan) -> None:
    """The deployment and the stage, once every method is known.

    A deployment is a snapshot that never changes, so its logical id hangs on what it holds: a changed API gets a new snapshot. It
    holds no state, so replacing it loses nothing.
    """
    apis = sorted(topology.of(Api), key=lambda api: api.name)
    if not apis:
        return
    methods = tuple(method_id(api) for api in apis)
    parts = (*methods, *(name for name in sorted(plan.resources) if plan.resources[name].type in _CHECKS))
    shot = [plan.resources[part].properties for part in parts]
    deployment = f"{REST_API}Deployment{digest(json.dumps(shot, sort_keys=True, default=repr), 10)}"
    plan.add(
        Resource(
            deployment, "AWS::ApiGateway::Deployment", {"RestApiId": Ref(REST_API)}, topology.at(), depends_on=methods
        )
    )
    plan.add(Resource(f"{REST_API}Stage", "AWS::ApiGateway::Stage", _stage(apis, deployment, topology), topology.at()))
    url = Sub(f"https://${{{REST_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}")
    plan.output(Output("ApiUrl", url, "The address of the REST API"))


def _stage(apis: list[Api], deployment: str, topology: Topology) -> dict[str, Value]:
    return {
        "RestApiId": Ref(REST_API),
        "DeploymentId": Ref(deployment),
        "StageName": STAGE,
        "MethodSettings": [_method_setting(api) for api in apis],
        "Tags": tag_list(topology.tags),
    }


def _method_setting(api: Api) -> dict[str, Value]:
    setting: dict[str, Value] = {
        "ResourcePath": "/" + api.path.replace("/", "~1") if api.path != "/" else "/",
        "HttpMethod": api.method,
        "MetricsEnabled": True,
    }
    if api.throttle:
        setting |= {"ThrottlingRateLimit": api.throttle.rate, "ThrottlingBurstLimit": api.throttle.burst}
    return setting


API = Kind(Api, "producers", "api", "producer-api", read, lower, finish)
