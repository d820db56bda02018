"""What an embedded run changes in the compiled template, each change to be told to the user.

Time: a failing message comes back only after its queue's visibility timeout, on AWS minutes; ministack's clock cannot
be turned, so the timeouts are lowered. Doors: an API that asks for a user of Cognito or lets a function decide is opened,
since nobody here could get in; IAM authorization and API keys stay. Transport: plain HTTP is let in. Gaps: resources of
types that ministack does not know are left out, and so is what refers to them, unless messages flow through it; what it
has but does not do is said.
"""

import copy
import json
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from penstock.dev import DevError
from penstock.dev.complete import asks_here

AWS_DEFAULT_VISIBILITY = 30
MISSING_INTEGRATIONS = {":sns:path/": "a topic", ":events:action/": "a bus"}
"""Service integrations of a REST API that ministack takes and answers with an error, by a part of their URI."""
ESSENTIAL = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::StepFunctions::StateMachine",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the compiled template and what the embedded AWS gets, in words."""

    logical_id: str
    what: str


def adapt(
    template: dict[str, Any], unknown: AbstractSet[str], visibility: int | None
) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """A template for the embedded AWS, and what is different in it.

    `unknown` are resource types that it lacks; `visibility` is the highest visibility timeout in seconds, None
    keeps the declared ones.
    """
    adapted = copy.deepcopy(template)
    changes = [
        *_share_streams(adapted, unknown),
        *_leave_out(adapted, unknown),
        *_open_doors(adapted),
        *_allow_plain_http(adapted),
        *_missing_integrations(adapted),
        *_ready_made_targets(adapted),
        *_nobody_outside(adapted),
        *_untold_successes(adapted),
    ]
    if visibility is not None:
        changes += _lower_visibility(adapted, visibility)
    return adapted, tuple(changes)


def _share_streams(template: dict[str, Any], unknown: AbstractSet[str]) -> Iterator[Change]:
    """Lets the readers with a throughput of their own read the stream as all others do, where there is no such reader."""
    kind = "AWS::Kinesis::StreamConsumer"
    readers = dict(of_type(template, kind)) if kind in unknown else {}
    for name, reader in readers.items():
        del template["Resources"][name]
        template["Resources"] = _replaced(
            template["Resources"], {"Fn::GetAtt": [name, "ConsumerARN"]}, reader["Properties"]["StreamARN"]
        )
        yield Change(name, f"reads the stream as all others do: the embedded AWS has no {kind}")


def _replaced(value: Any, old: object, new: object) -> Any:  # noqa: ANN401 - any part of a template
    """A part of a template with another value in each place of one."""
    if value == old:
        return new
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    return [_replaced(item, old, new) for item in value] if isinstance(value, list) else value


def _leave_out(template: dict[str, Any], unknown: AbstractSet[str]) -> Iterator[Change]:
    """Takes out the resources of unknown types, and resources and outputs that refer to what is gone."""
    resources: dict[str, Any] = template.get("Resources", {})
    gone: set[str] = set()
    while lost := _next_lost(resources, unknown, gone):
        name, reason = lost
        kind = resources.pop(name)["Type"]
        gone.add(name)
        if kind in ESSENTIAL:
            raise DevError(f"{name} ({kind}) cannot run in the embedded AWS: {reason}")
        yield Change(name, f"left out: {reason}")
    for resource in resources.values():
        _forget_dependencies(resource, gone)
    outputs = template.get("Outputs", {})
    for name in [name for name, output in outputs.items() if _mentioned(output, gone)]:
        del outputs[name]


def _next_lost(resources: dict[str, Any], unknown: AbstractSet[str], gone: AbstractSet[str]) -> tuple[str, str] | None:
    """A resource that cannot stay, and why."""
    for name, resource in resources.items():
        if resource.get("Type") in unknown:
            return name, f"the embedded AWS has no {resource['Type']}"
        _forget_statements(resource.get("Properties", {}), gone)
        if mentioned := _mentioned(resource.get("Properties", {}), gone):
            return name, f"it refers to {mentioned}"
    return None


def _forget_statements(properties: dict[str, Any], gone: AbstractSet[str]) -> None:
    """Removes what a policy says of what is gone: who else it lets in is let in. A policy of nothing else goes too."""
    document = properties.get("PolicyDocument")
    if not isinstance(document, dict) or "Statement" not in document:  # a text, of which nothing can be taken out
        return
    if kept := [each for each in document["Statement"] if not _mentioned(each, gone)]:
        document["Statement"] = kept


def _forget_dependencies(resource: dict[str, Any], gone: AbstractSet[str]) -> None:
    """Removes what is gone from a resource's DependsOn."""
    if "DependsOn" in resource:
        depends = resource["DependsOn"]
        names = [depends] if isinstance(depends, str) else depends
        resource["DependsOn"] = [name for name in names if name not in gone]


def _open_doors(template: dict[str, Any]) -> Iterator[Change]:
    """Takes the authorization off API methods that no request from here could satisfy."""
    for name, method in of_type(template, "AWS::ApiGateway::Method"):
        properties = method.get("Properties", {})
        kind = properties.get("AuthorizationType", "NONE")
        if kind not in {"NONE", "AWS_IAM"}:
            properties.pop("AuthorizerId", None)
            properties["AuthorizationType"] = "NONE"
            yield Change(name, f"open to everyone instead of authorization by {kind}")


def _missing_integrations(template: dict[str, Any]) -> Iterator[Change]:
    """Says which routes do not work; what is sent to their producers goes into the channel behind them."""
    for name, method in of_type(template, "AWS::ApiGateway::Method"):
        uri = str(method.get("Properties", {}).get("Integration", {}).get("Uri", ""))
        for part, channel in MISSING_INTEGRATIONS.items():
            if part in uri:
                what = f"answers with an error, because the embedded AWS has no integration with {channel}"
                yield Change(name, f"{what}: what is sent to its producer goes there directly")


def _ready_made_targets(template: dict[str, Any]) -> Iterator[Change]:
    """Makes schedules that call an API send by Scheduler's ready-made targets, which are all that the embedded AWS has."""
    for name, schedule in of_type(template, "AWS::Scheduler::Schedule"):
        target = schedule["Properties"]["Target"]
        if not isinstance(target["Input"], dict):
            continue
        given = target["Input"]["Fn::Sub"]
        text, variables = (given, {}) if isinstance(given, str) else given
        call = json.loads(text)
        target["Arn"] = _arn_of(call, variables)
        target["Input"] = (call.get("MessageBody") or call["Message"]).replace("${!", "${")
        if "QueueUrl" in call and "MessageGroupId" in call:
            target["SqsParameters"] = {"MessageGroupId": call["MessageGroupId"]}
        yield Change(name, "sends the payload alone, without attributes and as it is written")


def _arn_of(call: dict[str, str], variables: dict[str, Any]) -> dict[str, Any]:
    """The ARN of the channel that a call of an API names; what exists already is named by parts, of which some may be variables."""
    address = call.get("QueueUrl") or call["TopicArn"]
    made = re.fullmatch(r"\$\{(\w+)}", address)
    if made and made[1] not in variables:
        return {"Fn::GetAtt": [made[1], "Arn"]} if "QueueUrl" in call else {"Ref": made[1]}
    url = re.fullmatch(r"https://sqs\.(.+)\.\$\{AWS::URLSuffix}/([^/]+)/([^/]+)", address)
    text = ":".join(("arn:${AWS::Partition}:sqs", *url.groups())) if url else address
    return {"Fn::Sub": [text, variables] if variables else text}


def _allow_plain_http(template: dict[str, Any]) -> Iterator[Change]:
    """Takes out the statements that refuse everything but TLS: on the loopback interface there is none.

    A policy that keeps no statement stays nevertheless: in its place a topic would have AWS's default policy, which lets
    in the whole account.
    """
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for name, policy in of_type(template, kind):
            document = policy["Properties"]["PolicyDocument"]
            kept = [statement for statement in document["Statement"] if not _wants_tls(statement)]
            if len(kept) == len(document["Statement"]):
                continue
            document["Statement"] = kept
            yield Change(name, "takes plain HTTP: the loopback interface has no TLS")


def _nobody_outside(template: dict[str, Any]) -> Iterator[Change]:
    """Says who is not reached: a trial writes to nobody outside this machine, and the embedded AWS writes no events into logs."""
    for name, subscription in of_type(template, "AWS::SNS::Subscription"):
        properties = subscription["Properties"]
        if properties["Protocol"] in {"http", "https"} and not asks_here(properties):
            yield Change(
                name, "posts nothing: the embedded AWS asks nobody outside this machine to confirm a subscription"
            )
        elif properties["Protocol"] in {"email", "email-json"}:
            yield Change(name, "sends no mail")
    logs = {name for name, _ in of_type(template, "AWS::Logs::LogGroup")}
    for name, rule in of_type(template, "AWS::Events::Rule"):
        if _mentioned([target["Arn"] for target in rule["Properties"]["Targets"]], logs):
            yield Change(name, "writes nothing: the embedded AWS has no rules with a log group as target")


def _untold_successes(template: dict[str, Any]) -> Iterator[Change]:
    """Says whose successes nobody hears of: the embedded AWS takes the setting, and sends records of failures alone."""
    for name, config in of_type(template, "AWS::Lambda::EventInvokeConfig"):
        if "OnSuccess" in config["Properties"].get("DestinationConfig", {}):
            yield Change(name, "sends no records of successes, which the embedded AWS does not make")


def _wants_tls(statement: dict[str, Any]) -> bool:
    """Whether a statement denies requests without TLS."""
    return bool(
        statement["Effect"] == "Deny" and "aws:SecureTransport" in statement.get("Condition", {}).get("Bool", {})
    )


def of_type(template: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Logical id and definition of every resource of a type."""
    resources = template.get("Resources", {})
    return [(name, resource) for name, resource in resources.items() if resource.get("Type") == kind]


def _lower_visibility(template: dict[str, Any], seconds: int) -> Iterator[Change]:
    """Lowers the visibility timeout of queues that functions read, also AWS's default where none is stated."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping")
    read = set(references([mapping.get("Properties", {}).get("EventSourceArn") for _, mapping in mappings]))
    for name, resource in of_type(template, "AWS::SQS::Queue"):
        if name not in read:
            continue
        properties = resource.setdefault("Properties", {})
        before = properties.get("VisibilityTimeout", AWS_DEFAULT_VISIBILITY)
        if isinstance(before, int) and before <= seconds:
            continue
        properties["VisibilityTimeout"] = seconds
        shown = f"{before} s" if isinstance(before, int) else "as declared"
        yield Change(name, f"visibility timeout {shown} -> {seconds} s, so that retries come soon")


def _mentioned(value: object, names: AbstractSet[str]) -> str | None:
    """One of `names` that a Ref, Fn::GetAtt or Fn::Sub within `value` is about."""
    return next((name for name in references(value) if name in names), None)


def references(value: object) -> Iterator[str]:
    """The logical ids to which intrinsic functions within `value` refer."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _own_references(key, item)
            yield from references(item)


def _own_references(function: str, argument: object) -> Iterator[str]:
    """The logical ids that one intrinsic function names itself, apart from functions nested in it."""
    match function, argument:
        case "Ref", str(name):
            yield name
        case "Fn::GetAtt", [str(name), *_]:
            yield name
        case "Fn::GetAtt", str(name):
            yield name.partition(".")[0]
        case "Fn::Sub", (str(text) | [str(text), *_]):
            yield from re.findall(r"\$\{(\w+)", text)
        case _:
            return
