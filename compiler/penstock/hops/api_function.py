"""A route of a REST API invokes a function and answers with what it returns."""

import re

from penstock.hops.api_sending import message_of
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Api, Function
from penstock.kinds.api import STAGE, add_method, rest_id
from penstock.kinds.function import invoke_arn, invoke_name
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import joint_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import Sub, Value, text_of

SOURCE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html"
_WITHOUT_BODY = frozenset({"GET", "DELETE"})


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request; the client gets the error and owns the retry."""
    del connection, topology
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="the API's client",
        attempts=1,
        window=None,
        ending=Ending.CALLER,
        source=SOURCE,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with a proxy integration, and the function's consent to this route alone.

    A body is checked where a method has one: the function says itself what it makes of a request without.
    """
    api, function = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(function, Function):
        raise TypeError(connection)
    call = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    uri = Sub(f"{call}{text_of(invoke_arn(function))}/invocations")
    integration: dict[str, Value] = {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri}
    validated = None if api.method in _WITHOUT_BODY else message_of(connection, topology)
    add_method(api, integration, (), topology, plan, validated=validated)
    route = re.sub(r"\{[^}]*\}", "*", api.path)
    source = f"${{AWS::Region}}:${{AWS::AccountId}}:${{{rest_id(api)}}}/{STAGE}/{api.method}{route}"
    properties: dict[str, Value] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": invoke_name(function),
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": Sub("arn:${AWS::Partition}:execute-api:" + source),
    }
    consent = joint_id(function.name, "FunctionFrom", api.name, "ApiPermission")
    plan.add(Resource(consent, "AWS::Lambda::Permission", properties, connection.at("to")))


HOP = Hop(Api, Function, "REST API proxy integration", semantics, lower)
