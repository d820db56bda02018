"""What SAM makes of its own resources: the functions, tables and state machines that they stand for, and the resources of their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.records import replace
from penstock.template.stacks import Resource
from penstock.template.values import Attribute, Items, Map, Spot, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from penstock.template.stacks import Stack

FUNCTION, MACHINE = "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"
NOTIFICATION, ROUTE = "S3 notification", "API route"
"""Two that are no resources of CloudFormation: what a bucket tells somebody, and a path that calls something."""
_GLOBALS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::SimpleTable": "SimpleTable",
    "AWS::Serverless::StateMachine": "StateMachine",
}
_STANDS_FOR = {
    "AWS::Serverless::Function": FUNCTION,
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": MACHINE,
}
_STREAMS = {
    "Kinesis": "Stream",
    "DynamoDB": "Stream",
    "SQS": "Queue",
    "DocumentDB": "Cluster",
    "MSK": "Stream",
    "MQ": "Broker",
}


def expand(stack: Stack) -> Iterator[Resource]:
    """The resources of a stack, those of SAM as what they stand for, and what SAM makes besides."""
    for resource in stack.resources.values():
        if resource.type == "AWS::S3::Bucket":
            yield resource
            yield from _notifications(resource)
        elif resource.type in _STANDS_FOR:
            yield from _expanded(resource, stack.globals.part(_GLOBALS[resource.type]))
        else:
            yield resource


def _expanded(resource: Resource, common: Map) -> Iterator[Resource]:
    properties = merged(common, resource.properties)
    if (queue := properties.part("DeadLetterQueue")) and "TargetArn" in queue:
        letters = Map(queue.document)
        letters.put("TargetArn", queue["TargetArn"], queue.nodes["TargetArn"])
        properties.put("DeadLetterConfig", letters, properties.nodes["DeadLetterQueue"])
    own = Resource(
        stack=resource.stack,
        id=resource.id,
        type=_STANDS_FOR[resource.type],
        properties=properties,
        spot=resource.spot,
        attributes=resource.attributes,
        owner=resource,
    )
    yield own
    if own.type == FUNCTION and "EventInvokeConfig" in properties:
        yield from _invocations(own, properties)
    for name in properties.part("Events"):
        event = properties.part("Events").part(name)
        make = _EVENTS.get(str(event.get("Type")))
        if make:
            yield from make(own, name, event, properties.part("Events").spot(name))


def merged(common: Map, own: Map) -> Map:
    """The globals of a kind under what a resource says itself: mappings are merged, lists added, all else is replaced."""
    found = Map(own.document)
    for key in dict.fromkeys((*common, *own)):
        if key not in own:
            found.put(key, common[key], common.nodes[key])
            continue
        value = own[key]
        if isinstance(value, Map) and isinstance(common.get(key), Map):
            value = merged(common.part(key), value)
        elif isinstance(value, Items) and isinstance(common.get(key), Items):
            both = Items(value.document)
            both.extend([*common[key], *value])
            both.nodes = [*common[key].nodes, *value.nodes]
            value = both
        found.put(key, value, own.nodes[key])
    return found


def made(owner: Resource, suffix: str, type_: str, properties: Map, spot: Spot) -> Resource:
    """A resource that stands for a part of its owner."""
    return Resource(
        stack=owner.stack,
        id=f"{owner.id}{suffix}",
        type=type_,
        properties=properties,
        spot=spot,
        attributes=Map(owner.properties.document),
        made=True,
        owner=owner,
    )


def values_at(spot: Spot, **values: Any) -> Map:  # noqa: ANN401 - values of a template
    """A mapping all of whose entries stand in one place."""
    found = Map(spot.document)
    for key, value in values.items():
        if value is not None:
            found.put(key, value, (spot.key, spot.node))
    return found


def copied(source: Map, into: Map, **names: str) -> Map:
    """Entries of one mapping in another, each by the name that it has there."""
    for here, there in names.items():
        if here in source:
            into.put(there, source[here], source.nodes[here])
    return into


def _list(value: object, spot: Spot) -> Items:
    items = Items(spot.document)
    items.put(value, spot.node)
    return items


def _itself(owner: Resource) -> Attribute:
    return Attribute(owner.stack, owner.id, "Arn")


def _invocations(owner: Resource, properties: Map) -> Iterator[Resource]:
    own = properties.part("EventInvokeConfig")
    found = values_at(properties.spot("EventInvokeConfig"), FunctionName=_itself(owner))
    for key in own:
        found.put(key, own[key], own.nodes[key])
    yield made(
        owner, "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", found, properties.spot("EventInvokeConfig")
    )


def _mapping(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    own = event.part("Properties")
    found = values_at(spot, FunctionName=_itself(owner))
    for key in own:
        found.put(key, own[key], own.nodes[key])
    copied(own, found, **{_STREAMS[str(event["Type"])]: "EventSourceArn"})
    yield made(owner, name, "AWS::Lambda::EventSourceMapping", found, spot)


def _rule(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    own = event.part("Properties")
    target = values_at(spot, Id=name, Arn=_itself(owner))
    plain = ("Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig")
    copied(own, target, **{key: key for key in plain})
    rule = values_at(spot, Targets=_list(target, spot))
    copied(own, rule, Pattern="EventPattern", EventBusName="EventBusName", Schedule="ScheduleExpression", State="State")
    for key in ("Name", "RuleName"):
        copied(own, rule, **{key: "Name"})
    if own.get("Enabled") is False:
        rule.put("State", "DISABLED", own.nodes["Enabled"])
    yield made(owner, name, "AWS::Events::Rule", rule, spot)


def _schedule(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    own = event.part("Properties")
    target = values_at(spot, Arn=_itself(owner))
    copied(
        own, target, Input="Input", RetryPolicy="RetryPolicy", DeadLetterConfig="DeadLetterConfig", RoleArn="RoleArn"
    )
    schedule = values_at(spot, Target=target)
    keys = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "StartDate", "EndDate")
    yield made(owner, name, "AWS::Scheduler::Schedule", copied(own, schedule, **{key: key for key in keys}), spot)


def _topic(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    own = event.part("Properties")
    queued = own.get("SqsSubscription")
    keys = ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region")
    found = copied(own, values_at(spot), Topic="TopicArn", **{key: key for key in keys})
    if not queued:
        found.put("Protocol", "lambda", (spot.key, spot.node))
        found.put("Endpoint", _itself(owner), (spot.key, spot.node))
        yield made(owner, name, "AWS::SNS::Subscription", found, spot)
        return
    settings = own.part("SqsSubscription")
    queue: Any = settings.get("QueueArn") or Attribute(owner.stack, f"{owner.id}{name}Queue", "Arn")
    if "QueueArn" not in settings:
        yield made(owner, f"{name}Queue", "AWS::SQS::Queue", values_at(spot), spot)
    else:
        policy = made(
            owner, f"{name}QueuePolicy", "AWS::SQS::QueuePolicy", values_at(spot, Queues=_list(queue, spot)), spot
        )
        given = settings.get("QueuePolicyLogicalId")
        yield replace(policy, id=given) if isinstance(given, str) else policy
    found.put("Protocol", "sqs", (spot.key, spot.node))
    found.put("Endpoint", queue, (spot.key, spot.node))
    yield made(owner, name, "AWS::SNS::Subscription", found, spot)
    mapping = values_at(spot, FunctionName=_itself(owner), EventSourceArn=queue)
    copied(settings, mapping, BatchSize="BatchSize", Enabled="Enabled")
    yield made(owner, f"{name}Mapping", "AWS::Lambda::EventSourceMapping", mapping, spot)


def _bucket(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    own = values_at(spot, Target=_itself(owner))
    found = copied(event.part("Properties"), own, Bucket="Bucket", Events="Events", Filter="Filter")
    yield made(owner, name, NOTIFICATION, found, spot)


def _route(owner: Resource, name: str, event: Map, spot: Spot) -> Iterator[Resource]:
    found = values_at(spot, Target=_itself(owner), TimeoutInMillis=LONGEST_WAIT[str(event["Type"])])
    own = event.part("Properties")
    if written(own.get("ResponseTransferMode")) not in {None, "BUFFERED"}:
        found.pop("TimeoutInMillis")
    copied(own, found, RestApiId="Api", ApiId="Api")
    yield made(owner, name, ROUTE, copied(own, found, **{key: key for key in _OF_ROUTES}), spot)


_OF_ROUTES = ("Path", "Method", "TimeoutInMillis")
LONGEST_WAIT = {"Api": 29_000, "HttpApi": 30_000}
"""For how many milliseconds an API waits, if it does not say so: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
_TOLD = {"LambdaConfigurations": "Function", "QueueConfigurations": "Queue", "TopicConfigurations": "Topic"}


def _notifications(bucket: Resource) -> Iterator[Resource]:
    told = bucket.properties.part("NotificationConfiguration")
    for key, to in _TOLD.items():
        for number, (one, spot) in enumerate(told.items_of(key)):
            if isinstance(one, Map) and to in one:
                found = values_at(spot, Bucket=Attribute(bucket.stack, bucket.id, ""))
                copied(one, found, **{to: "Target", "Event": "Event", "Filter": "Filter"})
                yield made(bucket, f"{to}{number}", NOTIFICATION, found, spot)


_EVENTS: dict[str, Callable[[Resource, str, Map, Spot], Iterator[Resource]]] = {
    **dict.fromkeys(_STREAMS, _mapping),
    "Api": _route,
    "CloudWatchEvent": _rule,
    "EventBridgeRule": _rule,
    "HttpApi": _route,
    "S3": _bucket,
    "SNS": _topic,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
}
