"""What is in every template without anybody asking for it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from penstock.hops.delivering import subscription_id
from penstock.hops.lowering import lower
from penstock.kinds import Function, Queue, Saga, Schedule, Stream, Table, Topic
from penstock.kinds import alarms as alarms_of
from penstock.kinds.queue import holds_dead_letters
from penstock.model.component import Component
from penstock.model.topology import Kind, Topology
from penstock.plan.addresses import existing_arn, existing_name
from penstock.plan.names import logical_id
from penstock.plan.values import GetAtt, Ref, Value
from tests.strategies import Generated, topologies
from tests.templates import Template, of_type
from tests.topologies import complete, example, topology_of


def made(topology: Topology, kind: type[Kind]) -> list[Kind]:
    """The components of a kind that the stack makes."""
    return [component for component in topology.of(kind) if not component.existing]


def key_arn(name: str, topology: Topology) -> Value:
    key = topology.components[name]
    return existing_arn(key) if key.existing else GetAtt(logical_id(name, "Key"), "Arn")


def safe(topology: Topology) -> None:
    template = lower(topology).template()
    _retained(template)
    _encrypted(topology, template)
    _logged(topology, template)
    _alarmed(topology, template)


def _retained(template: Template) -> None:
    for body in template["Resources"].values():
        if body["Type"] in {
            "AWS::Events::Archive",
            "AWS::SQS::Queue",
            "AWS::Kinesis::Stream",
            "AWS::DynamoDB::Table",
            "AWS::Lambda::Version",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
        }:
            assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
        else:
            assert "DeletionPolicy" not in body


def _encrypted(topology: Topology, template: Template) -> None:
    """By the service's own keys unless something else is said; only queues can do without at all."""
    for queue in made(topology, Queue):
        properties = template["Resources"][logical_id(queue.name, "Queue")]["Properties"]
        if queue.encryption.key:
            assert properties["KmsMasterKeyId"] == key_arn(queue.encryption.key, topology)
            assert "SqsManagedSseEnabled" not in properties
        else:
            assert properties["SqsManagedSseEnabled"] is (queue.encryption.reason is None)
    for topic in made(topology, Topic):
        properties = template["Resources"][logical_id(topic.name, "Topic")].get("Properties", {})
        key = topic.encryption.key
        assert properties.get("KmsMasterKeyId") == (key_arn(key, topology) if key else None)
    for table in made(topology, Table):
        properties = template["Resources"][logical_id(table.name, "Table")]["Properties"]
        assert ("SSESpecification" in properties) == bool(table.encryption.key)
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": table.point_in_time_recovery
        }
    for key_properties in of_type(template, "AWS::KMS::Key").values():
        assert key_properties["EnableKeyRotation"] is True


def _logged(topology: Topology, template: Template) -> None:
    for function in made(topology, Function):
        logs = logical_id(function.name, "FunctionLogs")
        assert template["Resources"][logs]["Properties"]["RetentionInDays"] > 0
        properties = template["Resources"][logical_id(function.name, "Function")]["Properties"]
        assert properties["LoggingConfig"]["LogGroup"] == Ref(logs)


def _alarmed(topology: Topology, template: Template) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    found = {
        (alarm["MetricName"], repr(alarm["Dimensions"][-1]["Value"] if "Dimensions" in alarm else None))
        for alarm in alarms.values()
    }
    known = {metric for metric, _, _, _ in _signals(topology)}
    theirs = {
        repr(existing_name(component))
        for component in topology.components.values()
        if component.existing and component.word in {"queue", "function", "stream", "topic"}
    }
    assert {one for one in found if one[0] in known and one[1] not in theirs} == {
        (metric, repr(value))
        for metric, value, signal, component in _signals(topology)
        if alarms_of.threshold(signal, component.thresholds, topology).reason is None
    }
    for alarm in alarms.values():
        counts = alarm["Namespace"] != "ECS/ContainerInsights"
        assert alarm["TreatMissingData"] == ("notBreaching" if counts else "breaching")
        assert len(alarm.get("AlarmActions", ())) <= 1
        if set(topology.alarms.receivers) == set(alarms_of.SEVERITIES):
            assert alarm["AlarmActions"]
        assert topology.alarms.receivers or "AlarmActions" not in alarm


def _signals(topology: Topology) -> Iterator[tuple[str, object, str, Component]]:
    """The alarms that there are unless they are switched off: metric, the last dimension's value, signal and component."""
    for queue in made(topology, Queue):
        name = GetAtt(logical_id(queue.name, "Queue"), "QueueName")
        if holds_dead_letters(queue, topology):
            yield "ApproximateNumberOfMessagesVisible", name, "dlq_depth", queue
        else:
            yield "ApproximateAgeOfOldestMessage", name, "queue_age", queue
    yield from _function_signals(topology)
    for stream in made(topology, Stream):
        yield "WriteProvisionedThroughputExceeded", Ref(logical_id(stream.name, "Stream")), "throttles", stream
    yield from _saga_signals(topology)
    yield from _undelivered(topology)


def _saga_signals(topology: Topology) -> Iterator[tuple[str, object, str, Component]]:
    for saga in topology.of(Saga):
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"):
            yield metric, Ref(logical_id(saga.name, "Saga")), "failed_executions", saga
        if saga.written is None:  # what others' definitions leave half done is not known
            yield f"{saga.name}-not-undone", None, "not_undone", saga


def _function_signals(topology: Topology) -> Iterator[tuple[str, object, str, Component]]:
    for function in made(topology, Function):
        own = Ref(logical_id(function.name, "Function"))
        yield "Errors", own, "errors", function
        yield "Throttles", own, "throttles", function
        yield "Duration", own, "latency", function
        sources = [connection.source for connection in topology.incoming(function)]
        if any(isinstance(source, Stream | Table) for source in sources):
            yield "IteratorAge", own, "iterator_age", function
        direct = any(isinstance(source, Topic | Schedule) or source.is_read_by_rules for source in sources)
        if direct or topology.handed_to(function):
            kept = topology.dead_letter_queue(function.redrive)
            yield "DestinationDeliveryFailures" if kept else "AsyncEventsDropped", own, "undelivered", function


def _undelivered(topology: Topology) -> Iterator[tuple[str, object, str, Component]]:
    for bus in topology.components.values():
        for connection in topology.outgoing(bus) if bus.is_read_by_rules else ():
            if connection.delivery.enabled:
                kept = topology.dead_letter_queue(connection.delivery.dlq)
                rule = Ref(subscription_id(connection, "Rule"))
                yield "InvocationsFailedToBeSentToDlq" if kept else "FailedInvocations", rule, "undelivered", bus
    for topic in made(topology, Topic):
        name = GetAtt(logical_id(topic.name, "Topic"), "TopicName")
        for connection in topology.outgoing(topic):
            if connection.delivery.enabled:
                kept = topology.dead_letter_queue(connection.delivery.dlq)
                metric = "NumberOfNotificationsFailedToRedriveToDlq" if kept else "NumberOfNotificationsFailed"
                yield metric, name, "undelivered", topic


def test_the_examples_are_safe() -> None:
    safe(example("orders"))


@settings(max_examples=40)
@given(topologies())
def test_random_topologies_are_safe(generated: Generated) -> None:
    safe(topology_of(generated.text))


def test_an_alarm_on_dead_letters_looks_at_what_is_visible() -> None:
    """What SQS moves by itself never counts as sent, so an alarm on NumberOfMessagesSent stays silent."""
    template = lower(topology_of(complete("queues:\n  q: {dlq: {alarms: {dlq_depth: 7}}}"))).template()
    alarm = template["Resources"]["QDlqQueueDepthAlarm"]["Properties"]
    assert alarm == {
        "AlarmDescription": "queue 'q-dlq' holds messages that were given up",
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": GetAtt("QDlqQueue", "QueueName")}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 7,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:eu-central-1:111122223333:alerts"],
    }


@pytest.mark.parametrize(("said", "days"), [("", 30), ("log_retention: 90d", 90), ("log_retention: null", 30)])
def test_logs_are_not_kept_for_ever(said: str, days: int) -> None:
    template = lower(topology_of(complete(f"consumers:\n  f: {{{said}}}"))).template()
    assert template["Resources"]["FFunctionLogs"]["Properties"]["RetentionInDays"] == days


def test_a_null_takes_away_what_a_default_says() -> None:
    text = (
        "defaults:\n  consumers: {environment: {AA: one, BB: two}, tags: {a: one}, uses: {t: read}, memory: 512MiB}\n"
        "consumers:\n  f: {environment: {AA: null}, tags: {a: null}, uses: {t: null}, memory: null}\n"
        "stores: {t: {type: dynamodb, key: id}}"
    )
    template = lower(topology_of(complete(text))).template()
    properties = template["Resources"]["FFunction"]["Properties"]
    variables = properties["Environment"]["Variables"]
    assert ("AA" in variables, variables["BB"]) == (False, "two")
    assert "PENSTOCK_STORE_T" not in variables
    assert "Tags" not in properties
    assert properties["MemorySize"] == 128
