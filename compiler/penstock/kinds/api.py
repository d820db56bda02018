"""REST APIs. Producers of type ``api`` are routes of the topology's REST API, or of one that they name with ``api:``.

There are no access logs: API Gateway writes them with a role that is set once for an account and region. A stack that sets it takes it
from every other API there, and leaves all of them without when it goes. Metrics of every route need no such role.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from penstock.kinds import alarms
from penstock.kinds.api_auth import (
    Auth,
    Keyed,
    Route,
    Throttle,
    add_keys,
    authorization,
    read_auth,
    read_throttle,
    references,
)
from penstock.kinds.api_firewall import Firewall, Guarded, add_firewall, path_pattern, read_firewall
from penstock.kinds.deliveries import publications
from penstock.kinds.kind import Kind
from penstock.kinds.workload import trust
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.origin import Place
from penstock.model.topology import Message, Topology
from penstock.plan.names import cut, digest, logical_id, pascal
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource, tag_list
from penstock.plan.values import GetAtt, Ref, Sub, Value
from penstock.records import record

REST_API = "RestApi"
STAGE = "live"
_PLAIN_PATH = re.compile(r"(/[a-z][a-z0-9]*)+")
_ID_LIMIT = 255
_CHECKS = frozenset(
    {"AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator"},
)


@record
class Api(Component):
    """One route of a REST API: of the one that is called ``group``, or of the topology's own."""

    word = "api"

    group: str | None = None
    method: str
    path: str
    throttle: Throttle | None = None
    auth: Auth
    firewall: Firewall | None = None


def rest_id(api: Api) -> str:
    """The logical id of the REST API that a route belongs to.

    A name with the words of the id in it could be taken for a path of another API, so it gets a suffix.
    """
    if api.group is None:
        return REST_API
    words = pascal(api.group)
    return f"{words}{digest(api.group) if REST_API in words + REST_API[:-1] else ''}{REST_API}"


def label(api: Api) -> str:
    """What the names of an API's outputs begin with."""
    return pascal(api.group) if api.group else ""


def api_name(api: Api) -> Value:
    """The name of the REST API that a route belongs to, which its metrics carry."""
    return Sub("${AWS::StackName}" + (f"-{api.group}" if api.group else ""))


def role_id(api: Component) -> str:
    """The logical id of the role with which a route sends."""
    return logical_id(api.name, "ApiRole")


def method_id(api: Component) -> str:
    """The logical id of a route's method."""
    return logical_id(api.name, "ApiMethod")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The route."""
    method, _, path = (entry.text("route") or "").partition(" ")
    auth = read_auth(entry)
    yield Api(
        name=name,
        origin=entry.origin,
        publications=publications(entry),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        references=references(auth, entry.at("auth", "lambda", "function")),
        group=entry.text("api"),
        method=method,
        path="/" + path.strip().strip("/"),
        throttle=read_throttle(entry.part("throttle")),
        auth=auth,
        firewall=read_firewall(entry),
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The REST API and the resources of the path. The method belongs to the hop, which knows the integration."""
    if not isinstance(component, Api):
        raise TypeError(component)
    rest = rest_id(component)
    properties: dict[str, Value] = {
        "Name": api_name(component),
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "Tags": tag_list(topology.tags),
    }
    plan.share(Resource(rest, "AWS::ApiGateway::RestApi", properties, topology.at()))
    parent: Value = GetAtt(rest, "RootResourceId")
    prefix = ""
    for segment in filter(None, component.path.split("/")):
        prefix += f"/{segment}"
        properties = {"RestApiId": Ref(rest), "ParentId": parent, "PathPart": segment}
        target = path_id(prefix, rest)
        plan.share(Resource(target, "AWS::ApiGateway::Resource", properties, component.at("route")))
        parent = Ref(target)


def path_id(path: str, rest: str = REST_API) -> str:
    """The logical id of the API's resource at a path such as ``/orders``: ``RestApiOrdersPath``.

    A path with anything but small letters and digits would lose a difference on the way, so it gets a suffix.
    """
    words = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", path))
    text = f"{rest}{words}Path"
    return text if _PLAIN_PATH.fullmatch(path) else cut(text, _ID_LIMIT, path)


def resource_of(api: Api) -> Value:
    """The API's resource on which a route's method stands."""
    rest = rest_id(api)
    return Ref(path_id(api.path, rest)) if api.path != "/" else GetAtt(rest, "RootResourceId")


def integration_role(api: Api, topology: Topology, plan: Plan) -> str:
    """The role with which a route sends, made when the first hop asks for it."""
    target = role_id(api)
    properties = {"AssumeRolePolicyDocument": trust("apigateway.amazonaws.com"), "Tags": tag_list(topology.tags)}
    plan.share(Resource(target, "AWS::IAM::Role", properties, api.at()))
    return target


def add_method(  # noqa: PLR0913 - what a method is made of
    api: Api,
    integration: dict[str, Value],
    responses: tuple[str, ...],
    topology: Topology,
    plan: Plan,
    *,
    validated: Message | None,
) -> None:
    """A route's method with its integration and its alarms; ``validated`` is the contract that requests must keep to get in."""
    rest = rest_id(api)
    properties: dict[str, Value] = {
        "RestApiId": Ref(rest),
        "ResourceId": resource_of(api),
        "HttpMethod": api.method,
        **authorization(rest, api.auth, api.at("auth"), topology, plan),
        "Integration": integration,
        "MethodResponses": [{"StatusCode": status} for status in responses],
    }
    if validated:
        properties |= {
            "RequestModels": {"application/json": Ref(_model(validated, rest, plan))},
            "RequestValidatorId": Ref(_validator(plan, api)),
        }
    plan.add(Resource(method_id(api), "AWS::ApiGateway::Method", properties, api.at()))
    dimensions = {"ApiName": api_name(api), "Stage": STAGE, "Method": api.method, "Resource": api.path}
    for alarm in alarms.for_route(api, dimensions, topology):
        plan.add(alarm)


def _validator(plan: Plan, api: Api) -> str:
    """The API's validator of bodies, made when the first route asks for it."""
    rest = rest_id(api)
    target = f"{rest}BodyValidator"
    properties: dict[str, Value] = {
        "RestApiId": Ref(rest),
        "ValidateRequestBody": True,
        "ValidateRequestParameters": False,
    }
    plan.share(Resource(target, "AWS::ApiGateway::RequestValidator", properties, api.at("route")))
    return target


def _model(message: Message, rest: str, plan: Plan) -> str:
    """A contract's schema as the API's model, made when the first route asks for it."""
    target = model_id(message, rest)
    if target not in plan.resources:
        from penstock.kinds.request_models import request_model

        schema, notes = request_model(message.schema)
        properties: dict[str, Value] = {"RestApiId": Ref(rest), "ContentType": "application/json", "Schema": schema}
        plan.add(Resource(target, "AWS::ApiGateway::Model", properties, Place(message.origin, ("schema",))))
        for pointer, reason in notes:
            plan.note(f"message {message.name!r} at {pointer or '/'}: the API lets it in unchecked: {reason}")
    return target


def model_id(message: Message, rest: str = REST_API) -> str:
    """The logical id of a contract's model in an API."""
    return f"{rest}{message.name}Model"


def finish(topology: Topology, plan: Plan) -> None:
    """The deployment and the stage of each API, once every method is known."""
    grouped: dict[str, list[Api]] = defaultdict(list)
    for api in sorted(topology.of(Api), key=lambda api: api.name):
        grouped[rest_id(api)].append(api)
    checks: dict[str, list[str]] = defaultdict(list)
    for name in sorted(plan.resources):
        if grouped and plan.resources[name].type in _CHECKS:
            checks[plan.resources[name].properties["RestApiId"].target].append(name)
    for rest, apis in grouped.items():
        _finish(rest, apis, checks[rest], topology, plan)


def _finish(rest: str, apis: list[Api], checks: list[str], topology: Topology, plan: Plan) -> None:
    """A deployment is a snapshot that never changes, so its logical id hangs on what it holds: a changed API gets a new snapshot.

    It holds no state, so replacing it loses nothing.
    """
    methods = tuple(method_id(api) for api in apis)
    shot = [plan.resources[part].properties for part in (*methods, *checks)]
    deployment = f"{rest}Deployment{digest(json.dumps(shot, sort_keys=True, default=repr), 10)}"
    properties: dict[str, Value] = {"RestApiId": Ref(rest)}
    plan.add(Resource(deployment, "AWS::ApiGateway::Deployment", properties, topology.at(), depends_on=methods))
    stage = f"{rest}Stage"
    plan.add(Resource(stage, "AWS::ApiGateway::Stage", _stage(rest, apis, deployment, topology), topology.at()))
    keyed = [Route(api, f"{api.path}/{api.method}", api.auth) for api in apis if isinstance(api.auth, Keyed)]
    add_keys(rest, label(apis[0]), keyed, topology.tags, plan)
    guarded = [Guarded(api, api.method, path_pattern(api.path, STAGE), api.firewall) for api in apis if api.firewall]
    add_firewall(rest, guarded, topology.tags, plan)
    url = Sub(f"https://${{{rest}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}")
    what = f"The address of the REST API {apis[0].group}" if apis[0].group else "The address of the REST API"
    plan.output(Output(f"{label(apis[0])}ApiUrl", url, what))


def _stage(rest: str, apis: list[Api], deployment: str, topology: Topology) -> dict[str, Value]:
    return {
        "RestApiId": Ref(rest),
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
