"""What routes of APIs lead to, and for how long they wait for it."""

from textwrap import indent

import pytest

from penstock.template.sam import ROUTE
from tests.template.given import codes, drawn, findings

RESOURCES = """
Parameters: {Elsewhere: {Type: String}}
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Told: {Type: AWS::SNS::Topic}
  Clicks: {Type: AWS::Kinesis::Stream}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  Flow: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {}}}}
  Role: {Type: AWS::IAM::Role}
  Work: {Type: AWS::Lambda::Function, Properties: {FunctionName: worker, Timeout: TIMEOUT}}
"""
LAMBDA = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
CALLS = f"Type: AWS_PROXY, Uri: !Sub '{LAMBDA}/${{Work.Arn}}/invocations'"
NAMED = f"Type: AWS_PROXY, Uri: !Sub '{LAMBDA}/arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:worker/invocations'"
STREAMS = CALLS.replace("2015-03-31", "2021-11-15").replace("/invocations", "/response-streaming-invocations")


def given(more: str, timeout: int = 60) -> str:
    return RESOURCES.replace("TIMEOUT", str(timeout)) + indent(more, "  ")


def rest(integration: str, method: str = "POST") -> str:
    """A method of a REST API."""
    return f"Method: {{Type: AWS::ApiGateway::Method, Properties: {{HttpMethod: {method}, Integration: {{{integration}}}}}}}"


def http(integration: str, key: str = "POST /orders", protocol: str = "HTTP") -> str:
    """A route of an HTTP API, and its integration."""
    return (
        f"Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: {protocol}}}}}\n"
        f"Route: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: {key}, "
        "Target: !Sub 'integrations/${To}'}}\n"
        f"To: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref Api, {integration}}}}}"
    )


def body(integration: str, type_: str = "AWS::Serverless::Api", method: str = "post") -> str:
    """An API whose OpenAPI document says it all."""
    key = "DefinitionBody" if "Serverless" in type_ else "Body"
    said = f"paths: {{/orders: {{parameters: [], {method}: {{x-amazon-apigateway-integration: {{{integration}}}}}}}}}"
    return f"Api: {{Type: '{type_}', Properties: {{{key}: {{openapi: 3.0.1, {said}}}}}}}"


def lowered(integration: str) -> str:
    return integration.replace("Type:", "type:").replace("Uri:", "uri:").replace("TimeoutInMillis:", "timeoutInMillis:")


def led_to(more: str) -> list[str]:
    """The ids of what the routes of a template lead to."""
    directory = drawn(given(more)).translation.directory
    targets = [directory.find(one.properties["Target"], "lambda") for one in directory.of(ROUTE)]
    return [one.id if one else "elsewhere" for one in targets]


def uri(said: str) -> str:
    return f"Type: AWS, Uri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:{said}'"


@pytest.mark.parametrize(
    ("integration", "found"),
    [
        (CALLS, ["Work"]),
        (NAMED, ["Work"]),
        (CALLS.replace("Work.Arn", "Elsewhere"), ["elsewhere"]),
        (uri("sqs:path/${AWS::AccountId}/${Jobs.QueueName}") + ", RequestTemplates: {a: Action=SendMessage}", ["Jobs"]),
        (uri("sqs:path/${AWS::AccountId}/${Jobs.QueueName}") + ", RequestTemplates: {a: Action=ReceiveMessage}", []),
        (uri("sqs:action/SendMessage") + ", RequestTemplates: {a: !Sub 'QueueUrl=${Jobs}&a=${Role.Arn}'}", ["Jobs"]),
        (uri("sns:action/Publish") + ", RequestParameters: {topic: !Sub \"'${Told}'\"}", ["Told"]),
        (uri("sns:action/Publish") + ", RequestTemplates: {a: !Sub 'TopicArn=${Elsewhere}'}", []),
        (uri("events:action/PutEvents") + ', RequestTemplates: {a: !Sub \'{"EventBusName": "${Bus}"}\'}', ["Bus"]),
        (uri("states:action/StartExecution") + ", RequestTemplates: {a: !Sub '${Flow}'}", ["Flow"]),
        (uri("states:action/DescribeExecution") + ", RequestTemplates: {a: !Sub '${Flow}'}", []),
        (uri("kinesis:action/PutRecords") + ", RequestTemplates: {a: !Sub '${Clicks}'}", ["Clicks"]),
        (uri("kinesis:action/GetRecords") + ", RequestTemplates: {a: !Sub '${Clicks}'}", []),
        (uri("s3:path/bucket"), []),
        ("Type: MOCK", []),
        ("Type: HTTP_PROXY, Uri: !Sub 'https://${Work}'", []),
    ],
)
def test_the_method_of_a_rest_api_leads_to_what_its_address_or_its_templates_name(
    integration: str, found: list[str]
) -> None:
    assert led_to(rest(integration)) == found


@pytest.mark.parametrize(
    ("integration", "found"),
    [
        ("IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Work.Arn", ["Work"]),
        (CALLS.replace("Type:", "IntegrationType:").replace("Uri:", "IntegrationUri:"), ["Work"]),
        ("IntegrationSubtype: SQS-SendMessage, RequestParameters: {QueueUrl: !Ref Jobs}", ["Jobs"]),
        ("IntegrationSubtype: SQS-ReceiveMessage, RequestParameters: {QueueUrl: !Ref Jobs}", []),
        ("IntegrationSubtype: EventBridge-PutEvents, RequestParameters: {EventBusName: !Ref Bus}", ["Bus"]),
        ("IntegrationSubtype: EventBridge-PutEvents, RequestParameters: {Detail: x}", ["elsewhere"]),
        ("IntegrationSubtype: StepFunctions-StartExecution, RequestParameters: {StateMachineArn: !Ref Flow}", ["Flow"]),
        ("IntegrationSubtype: Kinesis-PutRecord, RequestParameters: {StreamName: !Ref Clicks}", ["Clicks"]),
        ("IntegrationType: HTTP_PROXY, IntegrationUri: !GetAtt Work.Arn", []),
    ],
)
def test_the_route_of_an_http_api_leads_to_what_its_integration_names(integration: str, found: list[str]) -> None:
    known = integration if "IntegrationType" in integration else f"IntegrationType: AWS_PROXY, {integration}"
    assert led_to(http(known)) == found


@pytest.mark.parametrize(
    "type_",
    ["AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"],
)
def test_the_document_of_an_api_has_routes(type_: str) -> None:
    assert led_to(body(lowered(CALLS), type_)) == ["Work"]


WAITS_LONGER = f"{CALLS}, TimeoutInMillis: 90000"
UNKNOWN = f"{CALLS}, TimeoutInMillis: !Ref Elsewhere"
EVENT = f"{CALLS}, RequestParameters: {{integration.request.header.X-Amz-Invocation-Type: \"'Event'\"}}"
PROXY = "IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Work.Arn"
READ = "Read: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Work}}"
TASK = "Other: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {A: {Type: Task, Resource: !GetAtt Work.Arn}}}}}"


@pytest.mark.parametrize(
    ("more", "timeout", "waited"),
    [
        (rest(CALLS), 60, "29"),
        (rest(CALLS), 31, "29"),
        (rest(CALLS), 30, None),
        (rest(WAITS_LONGER), 60, None),
        (rest(WAITS_LONGER), 100, "90"),
        (rest(UNKNOWN), 60, None),
        (rest(EVENT), 60, None),
        (rest(f"{CALLS}, ResponseTransferMode: STREAM"), 60, None),
        (rest(STREAMS), 60, None),
        (rest(CALLS, "GET"), 60, None),
        (rest(CALLS, "ANY"), 60, "29"),
        (f"{rest(CALLS)}\n{READ}", 60, None),
        (f"{rest(CALLS)}\n{TASK}", 60, None),
        (http(PROXY), 60, "30"),
        (http(PROXY), 31, None),
        (http(PROXY, "GET /orders"), 60, None),
        (http(PROXY, "$connect", "WEBSOCKET"), 60, "29"),
        (http(f"{PROXY}, TimeoutInMillis: 5000"), 10, "5"),
        (body(lowered(CALLS)), 60, "29"),
        (body(lowered(WAITS_LONGER)), 60, None),
        (body(lowered(CALLS), "AWS::Serverless::HttpApi"), 60, "30"),
        (body(lowered(CALLS), method="x-amazon-apigateway-any-method"), 60, "29"),
        (body(lowered(CALLS), method="get"), 60, None),
    ],
)
def test_a_function_that_works_longer_than_its_api_waits_is_told_of(
    more: str, timeout: int, waited: str | None
) -> None:
    told = [one.message for one in findings(given(more, timeout)) if one.code == "CFN028"]
    assert len(told) == (waited is not None)
    assert all(f"waits {waited} s" in one for one in told)


@pytest.mark.parametrize(
    ("event", "is_told"),
    [
        ("Type: Api, Properties: {Path: /a, Method: post}", True),
        ("Type: HttpApi, Properties: {Path: /a, Method: post}", True),
        ("Type: HttpApi", True),
        ("Type: Api, Properties: {Path: /a, Method: get}", False),
        ("Type: Api, Properties: {Path: /a, Method: post, TimeoutInMillis: 90000}", False),
        ("Type: Api, Properties: {Path: /a, Method: post, ResponseTransferMode: STREAM}", False),
    ],
)
def test_so_is_one_of_sam_once(event: str, *, is_told: bool) -> None:
    work = f"Mine: {{Type: AWS::Serverless::Function, Properties: {{Timeout: 60, Events: {{A: {{{event}}}, B: {{{event}}}}}}}}}"
    assert codes(given(work)).count("CFN028") == is_told


def test_metadata_accepts_it() -> None:
    accepted = "Timeout: 60}, Metadata: {penstock: {ignore: {CFN028: it streams}}}"
    assert "CFN028" not in codes(given(rest(CALLS)).replace("Timeout: 60}", accepted))


@pytest.mark.parametrize(
    ("parent", "path"),
    [("!GetAtt Api.RootResourceId", "/orders/{id}"), ("!Ref Elsewhere", None), ("!Ref Inner", None)],
)
def test_the_path_of_a_method_is_that_of_its_resource(parent: str, path: str | None) -> None:
    resources = (
        "Api: {Type: AWS::ApiGateway::RestApi}\n"
        f"Outer: {{Type: AWS::ApiGateway::Resource, Properties: {{PathPart: orders, ParentId: {parent}}}}}\n"
        "Inner: {Type: AWS::ApiGateway::Resource, Properties: {PathPart: '{id}', ParentId: !Ref Outer}}\n"
    )
    method = rest(CALLS).replace("HttpMethod:", "ResourceId: !Ref Inner, HttpMethod:")
    directory = drawn(given(resources + method)).translation.directory
    assert [one.properties.get("Path") for one in directory.of(ROUTE)] == [path]


def test_a_method_of_the_root_has_the_path_of_the_root() -> None:
    method = rest(CALLS).replace("HttpMethod:", "ResourceId: !GetAtt Api.RootResourceId, HttpMethod:")
    directory = drawn(given(f"Api: {{Type: AWS::ApiGateway::RestApi}}\n{method}")).translation.directory
    assert [one.properties.get("Path") for one in directory.of(ROUTE)] == ["/"]


OUTWARD = body(lowered(CALLS)).replace(f"{{{lowered(CALLS)}}}", "{$ref: REF}")
SHARED = f"components: {{x-amazon-apigateway-integrations: {{'w/a~ b': {{{lowered(CALLS)}}}}}}}"


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("'#/components/x-amazon-apigateway-integrations/w~1a~0%20b'", ["Work"]),
        ("'#/components/x-amazon-apigateway-integrations/other'", []),
        ("'#/paths/~1orders/post/x-amazon-apigateway-integration'", []),
        ("'other.yaml#/components/x-amazon-apigateway-integrations/w~1a~0%20b'", []),
        ("!Ref Elsewhere", []),
    ],
)
def test_an_integration_may_be_referred_to_in_the_same_document(pointer: str, found: list[str]) -> None:
    assert led_to(OUTWARD.replace("REF", pointer).replace("openapi: 3.0.1", f"openapi: 3.0.1, {SHARED}")) == found


def test_so_may_all_methods_of_a_path() -> None:
    own = f"post: {{x-amazon-apigateway-integration: {{{lowered(CALLS)}}}}}"
    said = f"openapi: 3.0.1, paths: {{/a: {{$ref: '#/shared'}}, /b: {{$ref: '#/shared'}}}}, shared: {{{own}}}"
    assert led_to(f"Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {{{said}}}}}}}") == ["Work", "Work"]


@pytest.mark.parametrize(
    ("said", "found", "path"),
    [
        ("Target: !GetAtt Work.Arn, RouteKey: POST /orders", ["Work"], ["/orders"]),
        ("Target: !GetAtt Work.Arn", ["Work"], ["$default"]),
        (f"Target: !Sub '{LAMBDA}/${{Work.Arn}}/invocations'", ["Work"], ["$default"]),
        ("Target: !Sub 'https://${Work}.example.com'", [], []),
        ("Target: !Ref Elsewhere", [], []),
    ],
)
def test_an_http_api_may_be_made_with_one_route(said: str, found: list[str], path: list[str]) -> None:
    api = f"Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, {said}}}}}"
    assert led_to(api) == found
    assert [one.properties.get("Path") for one in drawn(given(api)).translation.directory.of(ROUTE)] == path
    assert codes(given(api)).count("CFN028") == len(found)


WRITTEN = f"/a: {{post: {{x-amazon-apigateway-integration: {{{lowered(CALLS)}}}}}}}"


@pytest.mark.parametrize(
    ("kind", "document", "more", "event", "number"),
    [
        ("Api", WRITTEN, "", "Path: /a, Method: post", 1),
        ("Api", WRITTEN, "", "Path: /b, Method: post", 1),
        ("Api", WRITTEN, "MergeDefinitions: true, ", "Path: /b, Method: post", 2),
        ("Api", WRITTEN, "MergeDefinitions: true, ", "Path: /a, Method: POST", 1),
        ("Api", "/a: {Fn::Transform: {Name: Own}}", "", "Path: /a, Method: post", 1),
        ("HttpApi", WRITTEN, "", "Path: /a, Method: post", 1),
        ("HttpApi", WRITTEN, "", "Path: /b, Method: post", 2),
        ("HttpApi", WRITTEN.replace("/a", "/$default").replace("post", "x-amazon-apigateway-any-method"), "", "", 1),
    ],
)
def test_a_route_that_the_document_of_an_api_has_and_a_function_names_is_one(
    kind: str, document: str, more: str, event: str, number: int
) -> None:
    named = "RestApiId" if kind == "Api" else "ApiId"
    function = (
        "Mine: {Type: AWS::Serverless::Function, Properties: {Events: "
        f"{{On: {{Type: {kind}, Properties: {{{named}: !Ref Api, {event}}}}}}}}}}}\n"
    )
    api = f"Api: {{Type: 'AWS::Serverless::{kind}', Properties: {{{more}DefinitionBody: {{paths: {{{document}}}}}}}}}"
    assert len(led_to(function + api)) == number
