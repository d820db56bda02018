"""What the routes of APIs call and send to, where a template writes out the integration itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from penstock.template.channels import BUS, DEFAULT_BUS, QUEUE, STREAM, TOPIC
from penstock.template.sam import LONGEST_WAIT, MACHINE, ROUTE, copied, made, values_at
from penstock.template.values import Attribute, Map, Text, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.stacks import Resource, Stack

API, METHOD = "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::Method"
V2_ROUTE, V2_INTEGRATION = "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Integration"
_BODIES = {
    API: ("Body", "HttpApi"),
    "AWS::ApiGateway::RestApi": ("Body", "Api"),
    "AWS::Serverless::Api": ("DefinitionBody", "Api"),
    "AWS::Serverless::HttpApi": ("DefinitionBody", "HttpApi"),
}
"""Where the OpenAPI document of an API stands, and which of SAM's two kinds of API it is."""
_INTEGRATION, _ANY = "x-amazon-apigateway-integration", "x-amazon-apigateway-any-method"
_NAMES = {"integrationUri": "uri", "integrationType": "type"}
_URI = re.compile(r"arn:[^:]+:apigateway:[^:]*:([a-z]+):(?:path|action)/(.*)", re.DOTALL)
"""https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html"""
_FUNCTION = re.compile(r"functions/(.+)/(?:response-streaming-)?invocations")
_SENDS = {
    "events": ("PutEvents", frozenset({BUS})),
    "kinesis": ("PutRecord", frozenset({STREAM})),
    "sns": ("Publish", frozenset({TOPIC})),
    "sqs": ("SendMessage", frozenset({QUEUE})),
    "states": ("Start", frozenset({MACHINE, "AWS::Serverless::StateMachine"})),
}
"""The beginning of the action by which something is sent, and what can be sent to."""
_SUBTYPES = {
    "EventBridge-PutEvents": "EventBusName",
    "Kinesis-PutRecord": "StreamName",
    "SQS-SendMessage": "QueueUrl",
    "StepFunctions-StartExecution": "StateMachineArn",
    "StepFunctions-StartSyncExecution": "StateMachineArn",
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html"""
_DEEPEST = 30
"""So many resources may stand in one another: more than any path has."""
_INVOCATION = "x-amz-invocation-type"


def routes(stack: Stack) -> Iterator[Resource]:
    """The routes of a stack whose integration is known to lead to a function or a channel; no others."""
    for resource in stack.resources.values():
        own = resource.properties
        if resource.type == METHOD and "Integration" in own:
            said = copied(own, values_at(resource.spot, Path=_path(own.get("ResourceId"), stack)), HttpMethod="Method")
            yield from _route(resource, "", own.part("Integration"), said, stack)
        elif resource.type == V2_ROUTE:
            integration = _integration_of(resource, stack)
            if integration is not None:
                method, _, path = (written(own.get("RouteKey")) or "").rpartition(" ")
                said = values_at(resource.spot, Method=method or None, Path=path)
                yield from _route(resource, "", integration, said, stack)
        if resource.type in _BODIES:
            yield from _of_body(resource, stack)
        if resource.type == API and "Target" in own:
            yield from _quick(resource, stack)


def _path(value: object, stack: Stack) -> str | None:
    """The path of a resource of a REST API, from its root; ``None`` where some part of it is not known."""
    path = ""
    for _ in range(_DEEPEST):
        if not isinstance(value, Attribute):
            return None
        if value.name == "RootResourceId":
            return path or "/"
        found = stack.resources.get(value.resource)
        part = found.properties.get("PathPart") if found else None
        if found is None or not isinstance(part, str):
            return None
        path, value = f"/{part}{path}", found.properties.get("ParentId")
    return None


def _integration_of(route: Resource, stack: Stack) -> Map | None:
    """The integration that a route names."""
    named = [one for one in _parts(route.properties.get("Target")) if isinstance(one, Attribute)]
    found = stack.resources.get(named[-1].resource) if named else None
    return found.properties if found and found.type == V2_INTEGRATION else None


def _of_body(api: Resource, stack: Stack) -> Iterator[Resource]:
    key, kind = _BODIES[api.type]
    document = api.properties.part(key)
    for path, several in document.part("paths").items():
        methods = _followed(several, document)
        for method in methods:
            own = _followed(methods[method], document)
            if _INTEGRATION in own:
                said = values_at(own.spot(_INTEGRATION), Path=path, Method="any" if method == _ANY else method)
                integration = _followed(own[_INTEGRATION], document)
                yield from _route(api, f"{method}{path}", integration, said, stack, kind)


def _followed(value: object, document: Map) -> Map:
    """A mapping of an OpenAPI document, or what it refers to in the same document; an empty one where that is not known."""
    for _ in range(_DEEPEST):
        if not isinstance(value, Map):
            break
        pointer = value.get("$ref")
        if pointer is None:
            return value
        value = document if isinstance(pointer, str) and pointer.startswith("#/") else None
        for step in pointer[2:].split("/") if value else ():
            value = value.get(unquote(step).replace("~1", "/").replace("~0", "~")) if isinstance(value, Map) else None
    return Map(document.document)


def _quick(api: Resource, stack: Stack) -> Iterator[Resource]:
    """The one route of an HTTP API that is made together with it."""
    own = api.properties
    spot = own.spot("Target")
    method, _, path = (written(own.get("RouteKey")) or "$default").rpartition(" ")
    integration = copied(own, values_at(spot, type="AWS_PROXY"), Target="uri")
    yield from _route(api, "", integration, values_at(spot, Method=method or None, Path=path), stack, "HttpApi")


def is_written_out(event: Resource, stack: Stack) -> bool:
    """Whether the API that an event of SAM's names says by itself what is behind the event's path.

    SAM writes no route into the document of a REST API, unless it is told to merge, and into that of an HTTP API only what it lacks.
    """
    named = event.properties.get("Api")
    api = stack.resources.get(named.resource) if isinstance(named, Attribute) and named.stack == stack.number else None
    document = api.properties.part("DefinitionBody") if api and api.type.startswith("AWS::Serverless::") else None
    paths = document.get("paths") if document else None
    if api is None or document is None or not isinstance(paths, Map):
        return False
    path = written(event.properties.get("Path")) or "$default"
    said = paths.get(path, paths.get(f"/{path}"))
    if said is not None and not isinstance(said, Map):
        return False
    methods = _followed(said, document)
    asked = (written(event.properties.get("Method")) or "any").lower()
    words = ("any", _ANY) if asked == "any" else (asked,)
    if any(_INTEGRATION in _followed(methods.get(word), document) for word in words):
        return True
    merges = api.properties.get("MergeDefinitions", stack.globals.part("Api").get("MergeDefinitions", False))
    return api.type == "AWS::Serverless::Api" and written(merges) == "false"


def _route(  # noqa: PLR0913, PLR0917 - an integration, where it stands, and what is called by it
    owner: Resource, suffix: str, integration: Map, said: Map, stack: Stack, kind: str | None = None
) -> Iterator[Resource]:
    own = Map(integration.document)
    for key in integration:
        name = key[:1].lower() + key[1:]
        own.put(_NAMES.get(name, name), integration[key], integration.nodes[key])
    target = _target(own, stack)
    if target is None:
        return
    spot = next((own.spot(key) for key in ("uri", "requestParameters", "type") if key in own), owner.spot)
    found = values_at(spot, Target=target)
    if _waits(own):
        found.put("TimeoutInMillis", LONGEST_WAIT[kind or _kind(owner, stack)], (spot.key, spot.node))
        copied(own, found, timeoutInMillis="TimeoutInMillis")
    copied(own, found, credentials="RoleArn", credentialsArn="RoleArn")
    yield made(owner, f"Route{suffix}", ROUTE, copied(said, found, Path="Path", Method="Method"), spot)


def _kind(owner: Resource, stack: Stack) -> str:
    """An HTTP API waits for longer than the others; one that is made elsewhere may be such a one."""
    if owner.type != V2_ROUTE:
        return "Api"
    named = owner.properties.get("ApiId")
    api = stack.resources.get(named.resource) if isinstance(named, Attribute) else None
    return "Api" if api and written(api.properties.get("ProtocolType")) == "WEBSOCKET" else "HttpApi"


def _waits(own: Map) -> bool:
    """Whether a route answers only when the integration has: not if it only hands over, or passes on piece by piece."""
    asynchronous = any(key.lower().endswith(_INVOCATION) for key in own.part("requestParameters"))
    streamed = written(own.get("responseTransferMode")) not in {None, "BUFFERED"}
    return not asynchronous and not streamed and "response-streaming" not in (written(own.get("uri")) or "")


def _target(own: Map, stack: Stack) -> object:
    """What an integration leads to; ``None`` where that is nothing of messaging, or not known."""
    if (written(own.get("type")) or "").upper() not in {"AWS", "AWS_PROXY"}:
        return None
    if "integrationSubtype" in own:
        key = _SUBTYPES.get(written(own["integrationSubtype"]) or "")
        default = DEFAULT_BUS if key == "EventBusName" else None
        return own.part("requestParameters").get(key, default) if key else None
    uri = written(own.get("uri")) or ""
    match = _URI.fullmatch(uri)
    if match is None:
        return own.get("uri") if isinstance(own.get("uri"), Attribute) or ":lambda:" in uri else None
    service, action = match.groups()
    if service == "lambda":
        function = _FUNCTION.search(action)
        has_name = any(isinstance(one, Attribute) for one in _parts(own["uri"]))
        return own["uri"] if has_name else function[1] if function else None
    return _sent_to(own, service, action, stack) if service in _SENDS else None


def _sent_to(own: Map, service: str, action: str, stack: Stack) -> Attribute | None:
    """What the address, the parameters or the templates of an integration name that a service can send to."""
    word, types = _SENDS[service]
    told = [own["uri"], *own.part("requestParameters").values(), *own.part("requestTemplates").values()]
    if word not in action and all(word not in (written(one) or "") for one in told):
        return None
    for one in (part for value in told for part in _parts(value)):
        if isinstance(one, Attribute) and one.stack == stack.number:
            found = stack.resources.get(one.resource)
            if found and found.type in types:
                return one
    return None


def _parts(value: object) -> tuple[object, ...]:
    return value.parts if isinstance(value, Text) else (value,)
