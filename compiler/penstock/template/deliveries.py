"""What topics, rules, schedules and pipes hand to whom."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from penstock.template.channels import BUS, QUEUE, REDRIVES, STREAM, TABLE, TOPIC, UNCLEAR, mapping, seconds
from penstock.template.functions import INVOCATIONS
from penstock.template.sam import FUNCTION
from penstock.template.translate import MESSAGE
from penstock.template.values import Map, Spot, Unknown, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.template.draft import Part
    from penstock.template.stacks import Resource
    from penstock.template.translate import Translation

DESTINATION, LOG, PIPE = "AWS::Events::ApiDestination", "AWS::Logs::LogGroup", "AWS::Pipes::Pipe"
RULE, SCHEDULE, SUBSCRIPTION = "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::SNS::Subscription"
TAKES_EVENTS = frozenset({BUS, DESTINATION, FUNCTION, LOG, QUEUE, STREAM, TOPIC})
_TAKES_TICKS = frozenset({BUS, FUNCTION, QUEUE, STREAM, TOPIC})
BROUGHT = frozenset({BUS, QUEUE, STREAM, TOPIC})
_DAY = 86_400
_OUTSIDE = {"email": "email", "email-json": "email", "http": "http", "https": "http"}


def topic(translation: Translation, resource: Resource) -> None:
    """The subscriptions that a topic declares itself."""
    for one, spot in resource.properties.items_of("Subscription"):
        if isinstance(one, Map):
            subscribe(translation, one, spot, resource, "")


def subscription(translation: Translation, resource: Resource) -> None:
    """A subscription."""
    own = resource.properties
    found = translation.directory.find(own.get("TopicArn"), "sns")
    if found and found.type == TOPIC and translation.part_of(found):
        subscribe(translation, own, resource.spot, found, resource.id)


def subscribe(translation: Translation, own: Map, spot: Spot, source: Resource, id_: str) -> None:
    """What a topic hands to whoever is subscribed, if that is a component."""
    protocol = written(own.get("Protocol")) or ""
    if protocol in _OUTSIDE:
        part: Part | None = _outsider(translation, own, spot, protocol)
    else:
        found = translation.directory.find(own.get("Endpoint"))
        wanted = {"lambda": FUNCTION, "sqs": QUEUE}.get(protocol)
        part = translation.part_of(found) if found and found.type == wanted else None
    if part is None:
        return
    entry = part.add("from", spot)
    entry.put("source", translation.name_of(source), own.spot("TopicArn") if "TopicArn" in own else spot)
    entry.put("enabled", value=True)
    if id_:
        entry.put("id", id_)
    policy = mapping(own, "FilterPolicy")
    if policy:
        entry.put("filter", policy, own.spot("FilterPolicy"))
    entry.put("filter_on", "body" if written(own.get("FilterPolicyScope")) == "MessageBody" else "attributes")
    entry.put("raw", translation.draft.flag(own, "RawMessageDelivery"))
    letters = mapping(own, "RedrivePolicy").get("deadLetterTargetArn")
    if letters is None and "RedrivePolicy" in own:
        entry.part("dlq", own.spot("RedrivePolicy")).put("none", UNCLEAR)
    elif letters is not None:
        entry.part("dlq", own.spot("RedrivePolicy")).put("queue", translation.queue(letters, spot), spot)


def _outsider(translation: Translation, own: Map, spot: Spot, protocol: str) -> Part:
    """An address outside, to which a topic writes."""
    address = written(own.get("Endpoint")) or ""
    label = re.sub(r"[^A-Za-z0-9]+", "-", address).strip("-") or "endpoint"
    part = translation.draft.component("consumers", translation.name(label), spot)
    part.put("type", _OUTSIDE[protocol])
    if _OUTSIDE[protocol] == "email":
        part.put("address", address)
        part.put("format", "json" if protocol == "email-json" else "text")
    else:
        part.put("url", address if "://" in address else f"{protocol}://{label}")
        part.put("method", "POST")
        part.put("auth", {"none": "it is not said"})
    return part


def rule(translation: Translation, resource: Resource) -> None:
    """A rule: events of a bus that fit a pattern, or those of the rule's own clock, which run over the account's bus."""
    own = resource.properties
    for number, (target, spot) in enumerate(own.items_of("Targets")):
        if not isinstance(target, Map):
            continue
        found = translation.directory.find(target.get("Arn"))
        part = _receiver(translation, found)
        if part is None or found is None:
            continue
        name = written(target.get("Id")) or str(number)
        if "EventPattern" in own or "ScheduleExpression" in own:
            _from_bus(translation, part, found, resource, target, spot, f"{resource.id}-{name}")


def _receiver(translation: Translation, found: Resource | None) -> Part | None:
    """The component that takes events, made only now if nothing but a rule speaks of it."""
    if found is None or found.type not in TAKES_EVENTS:
        return None
    part = translation.part_of(found)
    if part is None and found.type == LOG:
        part = translation.component("consumers", found)
        part.put("type", "log")
        part.put("retention", "30d")
    elif part is None and found.type == DESTINATION:
        part = translation.component("consumers", found)
        part.put("type", "http")
        address = written(found.properties.get("InvocationEndpoint")) or ""
        spot = found.properties.spot("InvocationEndpoint") if address else None
        part.put("url", address if "://" in address else f"https://{found.id}", spot)
        part.put("method", written(found.properties.get("HttpMethod")) or "POST")
        part.put("auth", {"none": "it is its connection's business"})
        rate = translation.draft.number(found.properties, "InvocationRateLimitPerSecond", 300, (1, 300))
        part.put("rate", f"{rate}/s")
    return part


def _from_bus(  # noqa: PLR0913, PLR0917 - a rule and its target
    translation: Translation, part: Part, found: Resource, rule_: Resource, target: Map, spot: Spot, id_: str
) -> None:
    own = rule_.properties
    entry = part.add("from", spot)
    what = "EventPattern" if "EventPattern" in own else "ScheduleExpression"
    entry.put("source", translation.bus(own.get("EventBusName"), rule_.spot), own.spot(what))
    entry.put("id", id_)
    entry.put("enabled", _is_on(translation, own))
    clock = {"source": ["aws.events"], "resources": [f"{rule_.stack}.{rule_.id}"]}
    entry.put("pattern", mapping(own, "EventPattern") or clock, own.spot(what))
    entry.put("filter_on", "attributes")
    if (path := written(target.get("InputPath")) or "").startswith("$."):
        entry.put("payload", path[2:], target.spot("InputPath"))
    elif "InputTransformer" in target or "Input" in target:
        entry.put("payload", "detail", target.spot("Input" if "Input" in target else "InputTransformer"))
    _policy(translation, entry, target)
    group = written(target.part("SqsParameters").get("MessageGroupId"))
    if group and found.type == QUEUE:
        said: Any = group[2:] if group.startswith("$.") else {"constant": group}
        entry.put("group_by", said, target.spot("SqsParameters"))
    _letters(translation, entry, target)


def _policy(translation: Translation, entry: Part, target: Map) -> None:
    own = target.part("RetryPolicy")
    if not own:
        return
    retries = entry.part("retries", target.spot("RetryPolicy"))
    if "MaximumRetryAttempts" in own:
        most = translation.draft.number(own, "MaximumRetryAttempts", 185, (0, 185))
        retries.put("max_retries", most, own.spot("MaximumRetryAttempts"))
    seconds(retries, "max_age", own, "MaximumEventAgeInSeconds", None, (60, _DAY))


def _letters(translation: Translation, part: Part, target: Map) -> None:
    """A target's dead-letter queue; SAM makes one where only a type is given."""
    if "DeadLetterConfig" not in target:
        return
    own, spot = target.part("DeadLetterConfig"), target.spot("DeadLetterConfig")
    if "Arn" in own:
        part.part("dlq", spot).put("queue", translation.queue(own["Arn"], spot), own.spot("Arn"))
    elif "Type" in own:
        named = translation.outside("queues", "", written(own.get("QueueLogicalId")) or f"{id(own)}", spot)
        part.part("dlq", spot).put("queue", named, spot)
    else:
        part.part("dlq", spot).put("none", UNCLEAR)


def _is_on(translation: Translation, own: Map, key: str = "State") -> bool:
    """Whether a rule, a schedule or a pipe runs."""
    if isinstance(own.get(key), Unknown):
        return translation.draft.flag(own, key)
    return (written(own.get(key)) or "").upper() not in {"DISABLED", "STOPPED"}


def schedule(translation: Translation, resource: Resource) -> None:
    """A schedule of EventBridge Scheduler."""
    own = resource.properties
    target = own.part("Target")
    found = translation.directory.find(target.get("Arn"))
    if found is None or found.type not in _TAKES_TICKS or translation.part_of(found) is None:
        return
    part = translation.component("producers", resource)
    part.put("type", "schedule")
    every = own.spot("ScheduleExpression") if "ScheduleExpression" in own else None
    part.put("every", written(own.get("ScheduleExpression")) or "", every)
    zone = written(own.get("ScheduleExpressionTimezone"))
    part.put("timezone", zone if zone and "$" not in zone else "UTC")
    part.put("enabled", _is_on(translation, own))
    part.put("payload", _payload(target))
    window = own.part("FlexibleTimeWindow")
    if written(window.get("Mode")) == "FLEXIBLE" and "MaximumWindowInMinutes" in window:
        minutes = translation.draft.number(window, "MaximumWindowInMinutes", 1, (1, 1440))
        part.put("flexible_window", f"{minutes}m", window.spot("MaximumWindowInMinutes"))
    _policy(translation, part, target)
    _letters(translation, part, target)
    if written(target.part("RetryPolicy").get("MaximumRetryAttempts")) == "0":
        part.data.setdefault("dlq", {"none": "a run that is lost is not tried again, and the next one comes"})
    sent = part.add("publishes", own.spot("Target") if "Target" in own else resource.spot)
    sent.put("message", MESSAGE)
    sent.put("to", translation.name_of(found))


def _payload(target: Map) -> dict[str, Any]:
    said = target.get("Input")
    try:
        data = json.loads(said) if isinstance(said, str) else None
    except ValueError:
        data = None
    return data if isinstance(data, dict) else {}


def pipe(translation: Translation, resource: Resource) -> None:
    """A pipe: what it reads, and where it brings that."""
    own = resource.properties
    source, target = (translation.directory.find(own.get(key)) for key in ("Source", "Target"))
    name, part = translation.name_of(source), translation.part_of(target)
    if source is None or target is None or name is None or part is None or target.type not in BROUGHT:
        return
    if source.type not in {QUEUE, STREAM, TABLE}:
        return
    entry = part.add("from", resource.spot)
    entry.put("source", name, own.spot("Source"))
    entry.put("id", resource.id)
    entry.put("enabled", _is_on(translation, own, "DesiredState"))
    entry.put("via", "pipe", resource.spot)
    settings = own.part("SourceParameters")
    key = {QUEUE: "SqsQueueParameters", STREAM: "KinesisStreamParameters", TABLE: "DynamoDBStreamParameters"}[
        source.type
    ]
    given = settings.part(key)
    batch = entry.part("batch")
    size = translation.draft.number(given, "BatchSize", 10 if source.type == QUEUE else 100, (1, 10))
    batch.put("size", size)
    seconds(batch, "window", given, "MaximumBatchingWindowInSeconds", 0, (0, 300))
    batch.put("partial_failures", value=True)
    if source.type != QUEUE:
        _piped_stream(translation, entry, given)


def _piped_stream(translation: Translation, entry: Part, given: Map) -> None:
    retries = entry.part("retries")
    for key, name in (("MaximumRetryAttempts", "max_retries"), ("MaximumRecordAgeInSeconds", "max_age")):
        if key in given and (bound := translation.draft.number(given, key, -1, (1, 10_000))) >= 0:
            retries.put(name, bound if name == "max_retries" else f"{bound}s", given.spot(key))
    retries.put("bisect", written(given.get("OnPartialBatchItemFailure")) == "AUTOMATIC_BISECT")
    entry.put("parallelization", translation.draft.number(given, "ParallelizationFactor", 1, (1, 10)))
    entry.put("start", "oldest" if written(given.get("StartingPosition")) == "TRIM_HORIZON" else "latest")
    target = given.part("DeadLetterConfig").get("Arn")
    if target is not None:
        spot = given.spot("DeadLetterConfig")
        entry.part("on_failure", spot).put("queue", translation.queue(target, spot), spot)


DELIVERIES: dict[str, Callable[[Translation, Resource], None]] = {
    **REDRIVES,
    **INVOCATIONS,
    PIPE: pipe,
    RULE: rule,
    SCHEDULE: schedule,
    SUBSCRIPTION: subscription,
    TOPIC: topic,
}
