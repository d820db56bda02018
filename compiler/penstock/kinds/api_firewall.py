"""The firewall of a REST API: one web ACL per API, because a stage has one, with a rule for each route that asks for one."""

import re
from collections.abc import Mapping

from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Sub, Value, arn
from penstock.records import NamedTuple

_WINDOWS = {"1m": 60, "m": 60, "2m": 120, "5m": 300, "10m": 600}
_VARIABLE = re.compile(r"\\\{[^}]*?(\\\+)?\\\}")


class Firewall(NamedTuple):
    """How many requests one IP address may send to a route within ``window`` seconds, and whether AWS's common rules hold for it."""

    limit: int | None
    window: int
    common: bool


class Guarded(NamedTuple):
    """A route with a firewall; ``paths`` is the regular expression for its paths."""

    component: Component
    method: str
    paths: str
    firewall: Firewall


def read_firewall(entry: Entry) -> Firewall | None:
    """What a route says under ``waf``."""
    if not entry.states("waf"):
        return None
    part = entry.part("waf")
    limit, _, window = (part.text("rate_limit") or "").partition("/")
    return Firewall(int(limit) if limit else None, _WINDOWS[window or "5m"], part.flag("common_rules"))


def path_pattern(path: str, stage: str) -> str:
    """A regular expression for the paths of a route; WAF sees them with the name of the stage before them."""
    known = _VARIABLE.sub(lambda match: ".+" if match[1] else "[^/]+", re.escape(path.rstrip("/")))
    return f"^(/{stage})?{known}/?$"


def add_firewall(rest: str, routes: list[Guarded], tags: Mapping[str, str], plan: Plan) -> None:
    """The web ACL, and its association with the API's stage."""
    if not routes:
        return
    cause = routes[0].component.at("waf")
    rules = [_rate_rule(route) for route in routes if route.firewall.limit]
    common = [_scope(route) for route in routes if route.firewall.common]
    if common:
        rules.append(_common_rules(common))
    acl: dict[str, Value] = {
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "Rules": [{"Priority": number, **rule} for number, rule in enumerate(rules)],
        "VisibilityConfig": _visible("Requests"),
        "Tags": tag_list(tags),
    }
    plan.add(Resource(f"{rest}WebAcl", "AWS::WAFv2::WebACL", acl, cause))
    address = f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/restapis/${{{rest}}}/stages/${{{rest}Stage}}"
    joined: dict[str, Value] = {"ResourceArn": Sub(address), "WebACLArn": arn(f"{rest}WebAcl")}
    plan.add(Resource(f"{rest}WebAclAssociation", "AWS::WAFv2::WebACLAssociation", joined, cause))


def _rate_rule(route: Guarded) -> dict[str, Value]:
    name = pascal(route.component.name)
    limited = {
        "Limit": route.firewall.limit,
        "EvaluationWindowSec": route.firewall.window,
        "AggregateKeyType": "IP",
        "ScopeDownStatement": _scope(route),
    }
    statement = {"RateBasedStatement": limited}
    return {"Name": name, "Statement": statement, "Action": {"Block": {}}, "VisibilityConfig": _visible(name)}


def _common_rules(scopes: list[dict[str, Value]]) -> dict[str, Value]:
    """AWS's common rules, for the routes that ask for them."""
    group: dict[str, Value] = {
        "VendorName": "AWS",
        "Name": "AWSManagedRulesCommonRuleSet",
        "ScopeDownStatement": scopes[0] if len(scopes) == 1 else {"OrStatement": {"Statements": scopes}},
    }
    name = "AWSCommonRules"
    statement = {"ManagedRuleGroupStatement": group}
    return {"Name": name, "Statement": statement, "OverrideAction": {"None": {}}, "VisibilityConfig": _visible(name)}


def _scope(route: Guarded) -> dict[str, Value]:
    """The requests to one route: its method and its path, however it is written."""
    method: dict[str, Value] = {
        "FieldToMatch": {"Method": {}},
        "PositionalConstraint": "EXACTLY",
        "SearchString": route.method,
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    path: dict[str, Value] = {
        "FieldToMatch": {"UriPath": {}},
        "RegexString": route.paths,
        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}, {"Priority": 1, "Type": "NORMALIZE_PATH"}],
    }
    return {"AndStatement": {"Statements": [{"ByteMatchStatement": method}, {"RegexMatchStatement": path}]}}


def _visible(name: str) -> dict[str, Value]:
    return {"CloudWatchMetricsEnabled": True, "SampledRequestsEnabled": True, "MetricName": name}
