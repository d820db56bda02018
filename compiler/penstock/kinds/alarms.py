"""CloudWatch alarms: one per signal and component, sent to whom the topology says."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple, Protocol

from penstock.model.component import Existing, Threshold
from penstock.model.deployed import is_arn
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.resource import Resource
from penstock.plan.values import Ref, Value


class Signal(NamedTuple):
    """What an alarm watches. ``role`` is the alarm's part of the logical id; the threshold itself is exceeded, or met (``meets``).

    ``factor`` turns the threshold into the metric's unit.
    """

    name: str
    role: str
    namespace: str
    metric: str
    statistic: str
    meets: bool
    minutes: int
    what: str
    factor: int = 1


DLQ_DEPTH = Signal(
    "dlq_depth",
    "DepthAlarm",
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    "Maximum",
    meets=True,
    minutes=1,
    what="holds messages that were given up",
)
"""On the messages that are visible: messages that SQS itself moves are not counted as sent (NumberOfMessagesSent)."""
QUEUE_AGE = Signal(
    "queue_age",
    "AgeAlarm",
    "AWS/SQS",
    "ApproximateAgeOfOldestMessage",
    "Maximum",
    meets=False,
    minutes=3,
    what="has messages that wait too long",
)
ERRORS = Signal(
    "errors", "ErrorsAlarm", "AWS/Lambda", "Errors", "Sum", meets=True, minutes=1, what="has failed invocations"
)
FAILED_MESSAGES = Signal(
    "errors", "FailedMessagesAlarm", "", "Failed", "Sum", meets=True, minutes=1, what="has failed messages"
)
"""Counted by the generated handler, in the topology's namespace: a batch that reports its failures one by one is no failed invocation."""
THROTTLES = Signal(
    "throttles", "ThrottlesAlarm", "AWS/Lambda", "Throttles", "Sum", meets=True, minutes=1, what="is throttled"
)
ITERATOR_AGE = Signal(
    "iterator_age",
    "IteratorAgeAlarm",
    "AWS/Lambda",
    "IteratorAge",
    "Maximum",
    meets=False,
    minutes=3,
    what="is behind in a stream",
    factor=1_000,
)
"""Lambda measures the age in milliseconds."""


MISSING_TASKS = Signal(
    "missing_tasks",
    "MissingTasksAlarm",
    "ECS/ContainerInsights",
    "RunningTaskCount",
    "Average",
    meets=True,
    minutes=5,
    what="has fewer tasks than it must have",
)
"""Container Insights count the tasks; where nothing is counted nothing runs."""


class Watched(Protocol):
    """A component with alarms."""

    word: ClassVar[str]

    @property
    def name(self) -> str:
        """The component's name."""
        ...

    @property
    def existing(self) -> Existing | None:
        """Where it is, if the stack does not make it."""
        ...

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """Its own thresholds, by signal."""
        ...

    def at(self, *path: str | int) -> Place:
        """The place of a field."""
        ...


def threshold(signal: str, thresholds: Mapping[str, Threshold], topology: Topology) -> Threshold:
    """The component's own threshold, or the topology's."""
    return thresholds.get(signal) or topology.alarms.thresholds[signal]


def for_queue(queue: Watched, name: Value, topology: Topology, *, dead_letters: bool) -> Iterator[Resource]:
    """The depth of a dead-letter queue, the age of any other."""
    signal = DLQ_DEPTH if dead_letters else QUEUE_AGE
    yield from _alarm(queue, signal, {"QueueName": name}, topology)


def for_function(
    function: Watched, name: Value, topology: Topology, *, receives: bool, streams: bool
) -> Iterator[Resource]:
    """Failed and throttled invocations, failed messages of invocations that succeeded, and how far it is behind in streams."""
    for signal in (ERRORS, THROTTLES):
        yield from _alarm(function, signal, {"FunctionName": name}, topology)
    if receives:
        yield from _alarm(function, FAILED_MESSAGES, {"function": function.name}, topology)
    if streams:
        yield from _alarm(function, ITERATOR_AGE, {"FunctionName": name}, topology)


def for_service(
    service: Watched, least: int, dimensions: Mapping[str, Value], topology: Topology
) -> Iterator[Resource]:
    """Tasks that should run and do not; ``least`` is how many should."""
    for alarm in _alarm(service, MISSING_TASKS, dimensions, topology):
        alarm.properties.update(
            Threshold=max(least - alarm.properties["Threshold"], 0),
            ComparisonOperator="LessThanOrEqualToThreshold",
            TreatMissingData="breaching",
        )
        yield alarm


def _alarm(
    component: Watched, signal: Signal, dimensions: Mapping[str, Value], topology: Topology
) -> Iterator[Resource]:
    if component.existing and signal.name not in component.thresholds:
        return  # what exists is watched by its owner; here only where the topology asks for it
    limit = threshold(signal.name, component.thresholds, topology)
    if limit.reason is not None:
        return
    properties: dict[str, Value] = {
        "AlarmDescription": f"{component} {signal.what}",
        "Namespace": signal.namespace or topology.name,
        "MetricName": signal.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": signal.statistic,
        "Period": 60,
        "EvaluationPeriods": signal.minutes,
        "Threshold": limit.value * signal.factor,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold" if signal.meets else "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": actions(topology),
    }
    role = logical_id(component.name, component.word.capitalize(), signal.role)
    yield Resource(role, "AWS::CloudWatch::Alarm", properties, component.at("alarms", signal.name))


def actions(topology: Topology) -> list[Value] | None:
    """Whom an alarm tells: a topic of the topology, or one by its ARN."""
    notify = topology.alarms.notify
    if notify is None:
        return None
    if is_arn(notify):
        return [notify]
    return [Ref(logical_id(notify, "Topic"))]
