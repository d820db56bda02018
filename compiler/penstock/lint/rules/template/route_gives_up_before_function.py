"""A function may work longer than the API of a template waits for its answer.

## Why it matters

A REST API waits 29 s for an integration and an HTTP API 30 s, or as long as `TimeoutInMillis` says. Then the client gets an error, while
the function works on: the client cannot know whether anything was done, sends the request again, and a second invocation does the same
beside the first. A function with a shorter timeout has failed or answered by then. Work that takes longer belongs behind a queue: the
route sends there and answers at once.

Nothing is said of one second more, of a route that only reads (GET, HEAD, OPTIONS), or of a function that something else invokes too,
which may need the time.

## Bad

```yaml
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 60}}
  Api: {Type: AWS::ApiGateway::RestApi}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: AWS_IAM
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations
```

## Good

```yaml
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 20}}
  Api: {Type: AWS::ApiGateway::RestApi}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: AWS_IAM
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations
```

## Source

Amazon API Gateway Developer Guide, quotas for configuring and running a REST API (integration timeout):
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration
from penstock.template.build import Drawn
from penstock.template.directory import Directory
from penstock.template.inferred import sent
from penstock.template.places import place
from penstock.template.sam import FUNCTION, MACHINE, NOTIFICATION, ROUTE
from penstock.template.stacks import Resource
from penstock.template.tasks import tasks
from penstock.template.values import written

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_A_SECOND = 1000


@rule("CFN028", "route-gives-up-before-function", Severity.WARNING)
def route_gives_up_before_function(topology: Topology) -> Iterator[Finding]:
    if not isinstance(topology, Drawn):
        return
    translation = topology.translation
    told: set[int] = set()
    for route in translation.directory.of(ROUTE):
        resource = translation.directory.find(route.properties.get("Target"), "lambda")
        name = translation.name_of(resource) if resource and resource.type == FUNCTION else None
        function = topology.components[name] if name else None
        waited = written(route.properties.get("TimeoutInMillis")) or ""
        if resource is None or not isinstance(function, Function) or function.timeout is None or id(resource) in told:
            continue
        if not waited.isdecimal() or function.timeout * 1000 <= int(waited) + _A_SECOND or _only_reads(route):
            continue
        if topology.incoming(function) or _has_other_callers(resource, translation.directory):
            continue
        told.add(id(resource))
        yield Finding(
            place(resource.at("Timeout")),
            f"function {resource.id!r} may work for {show_duration(function.timeout)}, but the API that calls it waits "
            f"{int(waited) / 1000:g} s for its answer: the client gets an error, sends the request again, and the work is done twice",
            "set a shorter `Timeout`, or let the route send to a queue that the function reads",
            ((place(route.spot), "the route"),),
        )


def _only_reads(route: Resource) -> bool:
    return (written(route.properties.get("Method")) or "").upper() in _READS


def _has_other_callers(function: Resource, directory: Directory) -> bool:
    """Whether a bucket, a state machine or, as far as that can be inferred, another function invokes a function."""
    notified = (directory.find(one.properties.get("Target"), "lambda") for one in directory.of(NOTIFICATION))
    called = (one.target for machine in directory.of(MACHINE) for one in tasks(machine, directory))
    sends = (one.target for one in sent(directory))
    return any(one is function for several in (notified, called, sends) for one in several)
