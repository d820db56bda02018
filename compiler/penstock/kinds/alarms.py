"""CloudWatch alarms: one per signal and component, sent to whom the topology says."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.model.component import ANY_SIGNAL, Component, Threshold
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.resource import Resource
from penstock.plan.values import Ref, Value
from penstock.records import NamedTuple

SEVERITIES = ("page", "ticket")
"""How urgent an alarm can be: somebody is woken, or somebody looks at it tomorrow. Where nothing is said it is the first."""


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


PIPE_FAILED = Signal(
    "errors",
    "ErrorsAlarm",
    "AWS/EventBridge/Pipes",
    "ExecutionFailed",
    "Sum",
    meets=True,
    minutes=1,
    what="gets nothing of what a pipe tries to bring",
)
"""A batch none of which went through; what fails in part comes again by itself."""
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
OUTBOX_LAG = Signal(
    "outbox_lag",
    "LagAlarm",
    "",
    "OutboxLag",
    "Maximum",
    meets=False,
    minutes=3,
    what="has rows that are not sent, or nobody looks",
)
"""In seconds, measured by the relay at each look, in the topology's namespace."""
FAILED_EXECUTIONS = "failed_executions"


def _executions(metric: str, role: str, what: str) -> Signal:
    return Signal(FAILED_EXECUTIONS, role, "AWS/States", metric, "Sum", meets=True, minutes=1, what=what)


EXECUTIONS = (
    _executions("ExecutionsFailed", "FailedAlarm", "has failed executions"),
    _executions("ExecutionsTimedOut", "TimedOutAlarm", "has executions that were cut off, with nothing undone"),
    _executions("ExecutionsAborted", "AbortedAlarm", "has executions that were stopped by hand, with nothing undone"),
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"""
NOT_UNDONE = Signal(
    "not_undone",
    "NotUndoneAlarm",
    "",
    "",
    "Sum",
    meets=True,
    minutes=1,
    what="ended with something that was not undone",
)
UNDELIVERED = "undelivered"


def _undelivered(namespace: str, metric: str, what: str, *, kept: bool) -> Signal:
    """What is given up; or, where that is ``kept`` in a dead-letter queue, what was lost on the way there."""
    role = "LostAlarm" if kept else "UndeliveredAlarm"
    return Signal(UNDELIVERED, role, namespace, metric, "Sum", meets=True, minutes=1, what=what)


INVOCATIONS_DROPPED = _undelivered("AWS/Lambda", "AsyncEventsDropped", "gives up messages", kept=False)
INVOCATIONS_LOST = _undelivered("AWS/Lambda", "DestinationDeliveryFailures", "loses what it gave up", kept=True)
"""https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
EVENTS_DROPPED = _undelivered("AWS/Events", "FailedInvocations", "gives up events", kept=False)
EVENTS_LOST = _undelivered("AWS/Events", "InvocationsFailedToBeSentToDlq", "loses what it gave up", kept=True)
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"""
COPIES_DROPPED = _undelivered("AWS/SNS", "NumberOfNotificationsFailed", "gives up messages", kept=False)
COPIES_LOST = _undelivered("AWS/SNS", "NumberOfNotificationsFailedToRedriveToDlq", "loses what it gave up", kept=True)
"""https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html"""
SCHEDULED_DROPPED = _undelivered("AWS/Scheduler", "InvocationDroppedCount", "give up messages", kept=False)
SCHEDULED_LOST = _undelivered(
    "AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", "lose what they gave up", kept=True
)
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html"""
DURATION = Signal(
    "latency",
    "LatencyAlarm",
    "AWS/Lambda",
    "Duration",
    "p99",
    meets=False,
    minutes=3,
    what="takes almost all of its time",
)
API_LATENCY = Signal(
    "latency", "LatencyAlarm", "AWS/ApiGateway", "Latency", "p99", meets=False, minutes=3, what="answers late"
)
API_ERRORS = Signal(
    "errors",
    "ErrorsAlarm",
    "AWS/ApiGateway",
    "5XXError",
    "Sum",
    meets=True,
    minutes=1,
    what="answers with errors of the server",
)
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"""
WRITES_REFUSED = Signal(
    "throttles",
    "ThrottlesAlarm",
    "AWS/Kinesis",
    "WriteProvisionedThroughputExceeded",
    "Sum",
    meets=True,
    minutes=1,
    what="refuses records for want of capacity",
)
"""https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html"""


def threshold(signal: str, thresholds: Mapping[str, Threshold], topology: Topology) -> Threshold:
    """The component's own threshold, or the topology's."""
    return thresholds.get(signal) or topology.alarms.thresholds[signal]


def severity(signal: str, severities: Mapping[str, str], topology: Topology) -> str:
    """How urgent an alarm is: what the component says of the signal or of all, what the topology says, or ``page``."""
    for said in (severities, topology.alarms.severities):
        if word := said.get(signal) or said.get(ANY_SIGNAL):
            return word
    return SEVERITIES[0]


def for_queue(queue: Component, name: Value, topology: Topology, *, dead_letters: bool) -> Iterator[Resource]:
    """The depth of a dead-letter queue, the age of any other."""
    signal = DLQ_DEPTH if dead_letters else QUEUE_AGE
    yield from _alarm(queue, signal, {"QueueName": name}, topology)


class Watched(NamedTuple):
    """What of a function there is to watch: it reads messages, it reads streams, and it is invoked by what does not wait for it.

    ``timeout`` in seconds, if it is known.
    """

    timeout: int | None
    receives: bool
    streams: bool
    invoked: bool


def for_function(function: Component, name: Value, topology: Topology, watched: Watched) -> Iterator[Resource]:
    """Failed and throttled invocations, failed messages of invocations that succeeded, what is given up, time, and lag."""
    own: dict[str, Value] = {"FunctionName": name}
    for signal in (ERRORS, THROTTLES):
        yield from _alarm(function, signal, own, topology)
    if watched.timeout or not threshold(DURATION.name, function.thresholds, topology).percent:
        yield from _alarm(function, DURATION, own, topology, most=(watched.timeout or 0) * 1_000)
    if watched.receives:
        yield from _alarm(function, FAILED_MESSAGES, {"function": function.name}, topology)
    if watched.streams:
        yield from _alarm(function, ITERATOR_AGE, own, topology)
    if watched.invoked:
        kept = topology.dead_letter_queue(function.redrive) is not None
        yield from _alarm(function, INVOCATIONS_LOST if kept else INVOCATIONS_DROPPED, own, topology)


def for_rule(rule: str, bus: Component, name: Value, topology: Topology, *, kept: bool) -> Iterator[Resource]:
    """Events that a rule did not deliver, or that did not reach its dead-letter queue.

    Without a bus the dimensions would be those of a rule on the account's own bus.
    """
    own: dict[str, Value] = ({} if name == "default" else {"EventBusName": name}) | {"RuleName": Ref(rule)}
    yield from _alarm(bus, EVENTS_LOST if kept else EVENTS_DROPPED, own, topology, prefix=rule)


def for_topic(topic: Component, name: Value, topology: Topology) -> Iterator[Resource]:
    """Messages that were not delivered to some subscriber; SNS counts for the topic, not for the subscription."""
    deliveries = [one.delivery for one in topology.outgoing(topic) if one.delivery.enabled]
    kept = {topology.dead_letter_queue(delivery.dlq) is not None for delivery in deliveries}
    for signal, wanted in ((COPIES_DROPPED, False), (COPIES_LOST, True)):
        if wanted in kept:
            yield from _alarm(topic, signal, {"TopicName": name}, topology)


def for_stream(stream: Component, name: Value, topology: Topology) -> Iterator[Resource]:
    """Records that a stream has no capacity for."""
    yield from _alarm(stream, WRITES_REFUSED, {"StreamName": name}, topology)


def for_route(api: Component, dimensions: Mapping[str, Value], topology: Topology) -> Iterator[Resource]:
    """A route's errors, and the time that it takes, of the time that API Gateway waits for an integration."""
    yield from _alarm(api, API_ERRORS, dimensions, topology)
    yield from _alarm(api, API_LATENCY, dimensions, topology, most=resources.limit("apigateway.timeout") * 1_000)


def for_saga(saga: Component, name: Value, log: str | None, topology: Topology) -> Iterator[Resource]:
    """Executions that did not succeed; and, with a ``log``, those that ended half undone: it tells the state that they ended in."""
    for signal in EXECUTIONS:
        yield from _alarm(saga, signal, {"StateMachineArn": name}, topology)
    if log is None:
        return
    from penstock.asl.ends import HALF_UNDONE  # few topologies have sagas

    metric = f"{saga.name}-not-undone"
    for alarm in _alarm(saga, NOT_UNDONE, {}, topology):
        alarm.properties.update(MetricName=metric, Dimensions=None)
        yield alarm
        ends = " || ".join(f'$.details.name = "{state}"' for state in HALF_UNDONE)
        pattern = f'{{ $.type = "FailStateEntered" && ({ends}) }}'
        counted = {"MetricNamespace": topology.name, "MetricName": metric, "MetricValue": "1"}
        properties: dict[str, Value] = {
            "LogGroupName": Ref(log),
            "FilterPattern": pattern,
            "MetricTransformations": [counted],
        }
        yield Resource(logical_id(saga.name, "SagaNotUndone"), "AWS::Logs::MetricFilter", properties, alarm.cause)


def for_schedules(group: str, kept: set[bool], topology: Topology) -> Iterator[Resource]:
    """What the topology's schedules did not deliver; Scheduler counts for their group."""
    for signal, wanted in ((SCHEDULED_DROPPED, False), (SCHEDULED_LOST, True)):
        if wanted in kept and topology.alarms.thresholds[UNDELIVERED].reason is None:
            urgency = severity(UNDELIVERED, {}, topology)
            limit = topology.alarms.thresholds[UNDELIVERED].value
            properties = _properties(signal, {"ScheduleGroup": Ref(group)}, limit, urgency, topology)
            properties["AlarmDescription"] = f"the schedules of {topology.name} {signal.what}"
            place = topology.at("alarms", UNDELIVERED)
            yield Resource(f"{group}{signal.role}", "AWS::CloudWatch::Alarm", properties, place)


def for_pipe(pipe: str, target: Component, topology: Topology) -> Iterator[Resource]:
    """Failed batches of a pipe, by its logical id; its alarms are set at what it brings messages to."""
    yield from _alarm(target, PIPE_FAILED, {"PipeName": Ref(pipe)}, topology, prefix=pipe)


def for_service(
    service: Component, least: int, dimensions: Mapping[str, Value], topology: Topology
) -> Iterator[Resource]:
    """Tasks that should run and do not; ``least`` is how many should."""
    for alarm in _alarm(service, MISSING_TASKS, dimensions, topology):
        alarm.properties.update(
            Threshold=max(least - alarm.properties["Threshold"], 0),
            ComparisonOperator="LessThanOrEqualToThreshold",
            TreatMissingData="breaching",
        )
        yield alarm


def for_outbox(outbox: Component, every: int, topology: Topology) -> Iterator[Resource]:
    """The age of the oldest row that is not sent; the relay looks ``every`` so many seconds, and no look is a fault."""
    for alarm in _alarm(outbox, OUTBOX_LAG, {"function": outbox.name}, topology):
        alarm.properties.update(Period=every, TreatMissingData="breaching")
        yield alarm


def _alarm(  # noqa: PLR0913 - what an alarm hangs on
    component: Component,
    signal: Signal,
    dimensions: Mapping[str, Value],
    topology: Topology,
    *,
    prefix: str = "",
    most: int = 0,
) -> Iterator[Resource]:
    """The alarm, unless it is switched off.

    ``prefix`` stands for the component's logical id, ``most`` is 100 % of what is measured.
    """
    if component.existing and not prefix and signal.name not in component.thresholds:
        return  # what exists is watched by its owner; here only where the topology asks for it
    limit = threshold(signal.name, component.thresholds, topology)
    if limit.reason is not None:
        return
    value = most * limit.value // 100 if limit.percent else limit.value * signal.factor
    urgency = severity(signal.name, component.severities, topology)
    properties = _properties(signal, dimensions, value, urgency, topology)
    properties["AlarmDescription"] = f"{component} {signal.what}"
    id_ = prefix + signal.role if prefix else logical_id(component.name, component.word.capitalize(), signal.role)
    yield Resource(id_, "AWS::CloudWatch::Alarm", properties, component.at("alarms", signal.name))


def _properties(
    signal: Signal, dimensions: Mapping[str, Value], limit: int, urgency: str, topology: Topology
) -> dict[str, Value]:
    percentile = signal.statistic.startswith("p")
    return {
        "AlarmDescription": None,
        "Namespace": signal.namespace or topology.name,
        "MetricName": signal.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        ("ExtendedStatistic" if percentile else "Statistic"): signal.statistic,
        "Period": 60,
        "EvaluationPeriods": signal.minutes,
        "Threshold": limit,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold" if signal.meets else "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": actions(urgency, topology),
    }


def actions(urgency: str, topology: Topology) -> list[Value] | None:
    """Whom an alarm tells: a topic of the topology, one by its ARN, or the topic that sends mails."""
    receiver = topology.alarms.receivers.get(urgency)
    if receiver is None:
        return None
    if receiver.topic:
        return [Ref(logical_id(receiver.topic, "Topic"))]
    return [receiver.arn or Ref(mail_id(urgency, topology))]


def mail_id(urgency: str, topology: Topology) -> str:
    """The logical id of the topic that sends alarms by mail."""
    return f"Alarms{urgency.capitalize() if topology.alarms.by_severity else ''}Mail"
