"""What routes of REST APIs become besides their integrations: APIs by name, authorizers, keys and firewalls."""

import re
from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.kinds.api_firewall import path_pattern
from penstock.plan.values import Ref, Sub
from tests.topologies import complete, topology_of

POOL = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbC"


def template(*routes: str) -> dict[str, Any]:
    producers = "".join(
        f"  p{number}: {{type: api, publishes: {{message: OrderPlaced, to: q}}, {said}}}\n"
        for number, said in enumerate(routes)
    )
    text = complete(f"producers:\n{producers}queues: {{q: {{}}}}\nconsumers: {{judge: {{}}}}")
    return lower(topology_of(text)).template()


def of_type(made: dict[str, Any], type_: str) -> dict[str, Any]:
    return {name: body.get("Properties") for name, body in made["Resources"].items() if body["Type"] == type_}


def test_an_api_of_its_own_leaves_the_first_as_it_was() -> None:
    one = "route: POST /a, auth: iam"
    alone, both = template(one), template(one, "route: POST /a, auth: iam, api: partners")
    assert {id_: body for id_, body in both["Resources"].items() if id_ in alone["Resources"]} == alone["Resources"]
    added = both["Resources"].keys() - alone["Resources"].keys()
    assert all(id_.startswith(("PartnersRestApi", "P1Api")) for id_ in added)
    assert both["Resources"]["P1ApiMethod"]["Properties"]["RestApiId"] == Ref("PartnersRestApi")
    assert set(both["Outputs"]) == {"ApiUrl", "PartnersApiUrl"}


def test_the_names_of_apis_are_no_paths_of_others() -> None:
    made = template("route: POST /x, auth: iam, api: rest-api", "route: POST /rest/api/x, auth: iam")
    assert len(of_type(made, "AWS::ApiGateway::RestApi")) == len({"rest-api", "the topology's own"})


def test_routes_share_an_authorizer() -> None:
    users = f'auth: {{cognito: {{user_pools: "{POOL}"'
    made = template(
        f"route: POST /a, {users}}}}}",
        f"route: POST /b, {users}, scopes: [orders/write]}}}}",
        "route: POST /c, auth: iam",
    )
    (authorizer,) = of_type(made, "AWS::ApiGateway::Authorizer")
    methods = of_type(made, "AWS::ApiGateway::Method")
    assert methods["P0ApiMethod"]["AuthorizerId"] == methods["P1ApiMethod"]["AuthorizerId"] == Ref(authorizer)
    assert "AuthorizationScopes" not in methods["P0ApiMethod"] or methods["P0ApiMethod"]["AuthorizationScopes"] is None
    assert methods["P1ApiMethod"]["AuthorizationScopes"] == ["orders/write"]
    assert methods["P2ApiMethod"]["AuthorizationType"] == "AWS_IAM"


def test_a_function_that_decides_is_asked_by_its_authorizer_alone() -> None:
    made = template("route: POST /a, auth: {lambda: {function: judge, ttl: 0s}}")
    (id_,) = of_type(made, "AWS::ApiGateway::Authorizer")
    (consent,) = of_type(made, "AWS::Lambda::Permission").values()
    assert consent["FunctionName"] == Ref("JudgeFunction")
    assert consent["SourceArn"].text.endswith(f"${{RestApi}}/authorizers/${{{id_}}}")
    authorizer = of_type(made, "AWS::ApiGateway::Authorizer")[id_]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert isinstance(authorizer["AuthorizerUri"], Sub)
    assert "${JudgeFunction.Arn}/invocations" in authorizer["AuthorizerUri"].text


def test_an_authorizer_belongs_to_the_snapshot() -> None:
    made = [template(f"route: POST /a, auth: {{lambda: {{function: judge, ttl: {ttl}}}}}") for ttl in ("0s", "1m")]
    first, second = (set(of_type(one, "AWS::ApiGateway::Deployment")) for one in made)
    assert first.isdisjoint(second)


def test_one_key_and_one_plan_for_the_routes_of_an_api() -> None:
    keyed = "auth: {api_key: {quota: 10000/month, throttle: {rate: 5/s, burst: 7}}}"
    made = template(f'route: "POST /a/{{id}}", {keyed}', "route: POST /b, auth: api_key")
    (plan,) = of_type(made, "AWS::ApiGateway::UsagePlan").values()
    assert plan["Quota"] == {"Limit": 10_000, "Period": "MONTH"}
    assert plan["ApiStages"][0]["Throttle"] == {"/a/{id}/POST": {"RateLimit": 5.0, "BurstLimit": 7}}
    assert len(of_type(made, "AWS::ApiGateway::ApiKey")) == len(of_type(made, "AWS::ApiGateway::UsagePlanKey")) == 1
    assert all(method["ApiKeyRequired"] for method in of_type(made, "AWS::ApiGateway::Method").values())
    assert made["Outputs"]["ApiKeyId"]["Value"] == Ref("RestApiKey")


def test_each_route_has_its_own_rate_in_the_one_firewall() -> None:
    made = template(
        "route: POST /a, auth: iam, waf: {rate_limit: 2000/5m, common_rules: true}",
        "route: POST /b, auth: iam, waf: {rate_limit: 10/m}",
        "route: POST /c, auth: iam, waf: {common_rules: true}",
        "route: POST /d, auth: iam",
    )
    (acl,) = of_type(made, "AWS::WAFv2::WebACL").values()
    rates = [rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"][:2]]
    assert [(rate["Limit"], rate["EvaluationWindowSec"]) for rate in rates] == [(2_000, 300), (10, 60)]
    assert [rule["Priority"] for rule in acl["Rules"]] == [0, 1, 2]
    common = acl["Rules"][2]["Statement"]["ManagedRuleGroupStatement"]["ScopeDownStatement"]
    assert len(common["OrStatement"]["Statements"]) == len({"a", "c"})
    (joined,) = of_type(made, "AWS::WAFv2::WebACLAssociation").values()
    assert joined["ResourceArn"].text.endswith("::/restapis/${RestApi}/stages/${RestApiStage}")


@pytest.mark.parametrize(
    ("route", "path", "meant"),
    [
        ("/orders", "/live/orders", True),
        ("/orders", "/orders/", True),
        ("/orders", "/live/v1/orders", False),
        ("/orders", "/live/ordersx", False),
        ("/orders/{id}", "/live/orders/17", True),
        ("/orders/{id}", "/live/orders/17/lines", False),
        ("/files/{proxy+}", "/live/files/a/b.txt", True),
        ("/a.b", "/live/axb", False),
        ("/", "/live", True),
        ("/", "/live/", True),
    ],
)
def test_the_paths_of_a_route(route: str, path: str, meant: bool) -> None:  # noqa: FBT001 - what is expected
    assert bool(re.search(path_pattern(route, "live"), path)) is meant
