"""Functions, and what becomes of their asynchronous invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.template.channels import BUCKET, QUEUE, TABLE, UNCLEAR, seconds
from penstock.template.directory import service_of
from penstock.template.sam import FUNCTION
from penstock.template.values import Map, Spot, Unknown, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.template.draft import Part
    from penstock.template.stacks import Resource
    from penstock.template.translate import Translation

_SIX_HOURS = 21_600
_KEEPERS = {BUCKET: "bucket", QUEUE: "queue"}


def function(translation: Translation, resource: Resource) -> None:
    """A function, with the defaults of Lambda's own API.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    own, part = resource.properties, translation.component("consumers", resource)
    part.put("type", "function")
    part.put("runtime", written(own.get("Runtime")) or "")
    part.put("code", ".")
    part.put("architecture", "x86_64")
    part.put("log_retention", "30d")
    part.put("tracing", value=False)
    seconds(part, "timeout", own, "Timeout", 3, (1, 900))
    memory = translation.draft.number(own, "MemorySize", 128, (128, 10_240))
    part.put("memory", f"{memory}MiB", own.spot("MemorySize") if "MemorySize" in own else None)
    if "ReservedConcurrentExecutions" in own:
        reserved = translation.draft.number(own, "ReservedConcurrentExecutions", 0, (1, 1000))
        spot = own.spot("ReservedConcurrentExecutions")
        part.part("concurrency", spot).put("reserved", reserved, spot)
    invocations = part.part("async")
    invocations.put("max_retries", 2)
    invocations.put("max_age", f"{_SIX_HOURS}s")
    if (target := own.part("DeadLetterConfig").get("TargetArn")) is not None:
        _given_up(translation, invocations, target, own.spot("DeadLetterConfig"))
    elif "DeadLetterConfig" in own:
        invocations.part("on_failure", own.spot("DeadLetterConfig")).put("none", UNCLEAR)


def _given_up(translation: Translation, part: Part, target: object, spot: Spot) -> None:
    """Where a function's failures go; what is no queue is somebody else's to look after."""
    found = translation.directory.find(target, "sqs")
    failures = part.part("on_failure", spot)
    failures.data.clear()
    if (found and found.type == QUEUE) or service_of(translation.world.settled(target)) == "sqs":
        failures.put("queue", translation.queue(target, spot), spot)
    else:
        failures.put("none", "its failures go elsewhere")


def invocations(translation: Translation, resource: Resource) -> None:
    """How often a function is invoked again, and what then."""
    own = resource.properties
    part = translation.part_of(translation.directory.find(own.get("FunctionName"), "lambda"))
    if part is None:
        return
    bounds = part.part("async", resource.spot)
    if "MaximumRetryAttempts" in own:
        retries = translation.draft.number(own, "MaximumRetryAttempts", 2, (0, 2))
        bounds.put("max_retries", retries, own.spot("MaximumRetryAttempts"))
    seconds(bounds, "max_age", own, "MaximumEventAgeInSeconds", None, (60, _SIX_HOURS))
    failure = own.part("DestinationConfig").part("OnFailure")
    if "Destination" in failure:
        _given_up(translation, bounds, failure["Destination"], failure.spot("Destination"))
    elif "Type" in failure or is_unclear(own, "DestinationConfig", "OnFailure"):
        bounds.part("on_failure", own.spot("DestinationConfig")).put("none", "its failures go elsewhere")


def mapping(translation: Translation, resource: Resource) -> None:
    """What Lambda reads for a function."""
    own = resource.properties
    part = translation.part_of(translation.directory.find(own.get("FunctionName"), "lambda"))
    source = translation.directory.find(own.get("EventSourceArn"))
    name = translation.name_of(source)
    if part is None or source is None or name is None or part.route[0] != "consumers":
        return
    entry = part.add("from", resource.spot)
    streaming = source.type != QUEUE
    entry.put("source", name, own.spot("EventSourceArn"))
    entry.put("id", resource.id)
    entry.put("enabled", translation.draft.flag(own, "Enabled", default=True), _spot(own, "Enabled"))
    _batch(translation, entry, own, streaming=streaming)
    if filters := own.part("FilterCriteria").items_of("Filters"):
        entry.put("filter", [{"template": True} for _ in filters], own.spot("FilterCriteria"))
    concurrency = own.part("ScalingConfig")
    if "MaximumConcurrency" in concurrency:
        most = translation.draft.number(concurrency, "MaximumConcurrency", 0, (2, 1000))
        entry.put("max_concurrency", most, concurrency.spot("MaximumConcurrency"))
    if streaming:
        function_ = translation.directory.find(own.get("FunctionName"), "lambda")
        swept = source.type == TABLE and function_ is not None and translation.directory.has_clock(function_)
        _streaming(translation, entry, own, is_swept=swept)


def _batch(translation: Translation, entry: Part, own: Map, *, streaming: bool) -> None:
    batch = entry.part("batch")
    size = translation.draft.number(own, "BatchSize", 100 if streaming else 10, (1, 10))
    batch.put("size", size, _spot(own, "BatchSize"))
    seconds(batch, "window", own, "MaximumBatchingWindowInSeconds", 0, (0, 300))
    said = [one for one, _ in own.items_of("FunctionResponseTypes")]
    partial = any(one == "ReportBatchItemFailures" or not isinstance(one, str) for one in said)
    batch.put("partial_failures", partial, _spot(own, "FunctionResponseTypes"))


def _streaming(translation: Translation, entry: Part, own: Map, *, is_swept: bool) -> None:
    """What holds for streams alone; -1 is AWS's word for no bound."""
    retries = entry.part("retries", _spot(own, "MaximumRetryAttempts") or _spot(own, "MaximumRecordAgeInSeconds"))
    for key, name in (("MaximumRetryAttempts", "max_retries"), ("MaximumRecordAgeInSeconds", "max_age")):
        if key in own and (bound := translation.draft.number(own, key, -1, (1, 10_000))) >= 0:
            retries.put(name, bound if name == "max_retries" else f"{bound}s", own.spot(key))
    retries.put("bisect", translation.draft.flag(own, "BisectBatchOnFunctionError"))
    entry.put("parallelization", translation.draft.number(own, "ParallelizationFactor", 1, (1, 10)))
    entry.put("start", "oldest" if written(own.get("StartingPosition")) == "TRIM_HORIZON" else "latest")
    destination = own.part("DestinationConfig").part("OnFailure").get("Destination")
    if is_unclear(own, "DestinationConfig", "OnFailure"):
        destination = Unknown("DestinationConfig")
    if destination is None:
        return
    spot = own.spot("DestinationConfig")
    found = translation.directory.find(destination)
    failures = entry.part("on_failure", spot)
    keeper = translation.name_of(found)
    if is_swept:
        failures.put("none", "a clock starts the same function, which looks for what is left")
    elif found and found.type in _KEEPERS and keeper:
        failures.put(_KEEPERS[found.type], keeper, spot)
    else:
        failures.put("none", "its failures go elsewhere")


def is_unclear(own: Map, *keys: str) -> bool:
    """Whether something on this way is said, and only the deployment knows what."""
    for key in keys:
        if key in own and not isinstance(own[key], Map):
            return True
        own = own.part(key)
    return False


def _spot(own: Map, key: str) -> Spot | None:
    return own.spot(key) if key in own else None


FUNCTIONS: dict[str, Callable[[Translation, Resource], None]] = {FUNCTION: function}
INVOCATIONS: dict[str, Callable[[Translation, Resource], None]] = {
    "AWS::Lambda::EventInvokeConfig": invocations,
    "AWS::Lambda::EventSourceMapping": mapping,
}
