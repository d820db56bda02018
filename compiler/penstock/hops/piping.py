"""A pipe of EventBridge moves messages on by itself: from a queue, a stream or a table to a channel or an endpoint.

It takes a message from its source only when the target has it. What arrives is wrapped with the message's name, as `wrapping` says.
"""

from collections.abc import Mapping

from penstock.hops import queue_function, stream_function
from penstock.hops.delivering import subscription_id
from penstock.hops.hop import Hop
from penstock.hops.pipe_parameters import source_parameters, target_parameters
from penstock.hops.receiving import receive
from penstock.hops.semantics import Ordering, Semantics
from penstock.hops.sending import send
from penstock.hops.stream_function import allow_giving_up, allow_reading, readable_arn
from penstock.kinds import Bus, Endpoint, Queue, Stream, Table, Topic, alarms
from penstock.kinds.bus import bus_arn
from penstock.kinds.endpoint import destination_arn
from penstock.kinds.queue import queue_arn
from penstock.kinds.stream import stream_arn
from penstock.kinds.topic import topic_arn
from penstock.model.component import BY_SERVICE, Component, Connection, Encryption
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted, tag_list
from penstock.plan.values import Ref, Sub, Value, arn

SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html"
SERVICE = "pipes.amazonaws.com"
_LOG_RETENTION = 30
"""Days."""
_SEND: Mapping[type[Component], tuple[str, ...]] = {
    Bus: ("events:PutEvents",),
    Endpoint: ("events:InvokeApiDestination",),
    Queue: ("sqs:SendMessage",),
    Stream: ("kinesis:PutRecord", "kinesis:PutRecords"),
    Topic: ("sns:Publish",),
}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The source decides how often a message is tried.

    A queue gives it again after the visibility timeout, up to its redrive; a stream's shard waits, as for a function.
    """
    if isinstance(connection.source, Queue):
        promise = queue_function.semantics(connection, topology)
    else:
        promise = stream_function.semantics(connection, topology)._replace(retried_by="the pipe")
    return promise._replace(ordering=_ordering(connection), source=SOURCE)


def _ordering(connection: Connection) -> Ordering:
    """A group or a key outlives a pipe where both ends have one; what a topic or a bus gets has no order any more.

    An endpoint must have answered before it gets the next message of a group or a shard.
    """
    source, target = connection.source, connection.target
    if (isinstance(source, Queue) and source.fifo is None) or (isinstance(source, Stream) and not source.keyed):
        return Ordering.NONE
    if isinstance(target, Endpoint):
        return Ordering.PER_GROUP if isinstance(source, Queue) else Ordering.PER_KEY
    if isinstance(target, Queue) and target.fifo is not None:
        return Ordering.PER_GROUP
    return Ordering.PER_KEY if isinstance(target, Stream) else Ordering.NONE


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The pipe, with a role of its own that may read the source and send to the target, a log of what failed, and an alarm."""
    role, logs, pipe = (subscription_id(connection, each) for each in ("PipeRole", "PipeLogs", "Pipe"))
    tags = {**topology.tags, **connection.target.tags}
    trusting: dict[str, Value] = {"AssumeRolePolicyDocument": _trust(), "Tags": tag_list(tags)}
    plan.add(Resource(role, "AWS::IAM::Role", trusting, connection.at()))
    kept: dict[str, Value] = {
        "LogGroupName": Sub(f"/aws/vendedlogs/pipes/${{AWS::StackName}}/{pipe}"),
        "RetentionInDays": _LOG_RETENTION,
        "Tags": tag_list(tags),
    }
    plan.add(Resource(logs, "AWS::Logs::LogGroup", kept, connection.at()))
    properties: dict[str, Value] = {
        "Description": f"{connection.source} to {connection.target}",
        "RoleArn": arn(role),
        "Source": _source_arn(connection.source),
        "SourceParameters": source_parameters(connection, topology),
        "Target": _target_arn(connection.target),
        "TargetParameters": target_parameters(connection, topology),
        "DesiredState": "RUNNING" if connection.delivery.enabled else "STOPPED",
        "LogConfiguration": {"CloudwatchLogsLogDestination": {"LogGroupArn": arn(logs)}, "Level": "ERROR"},
        "Tags": dict(sorted(tags.items())) or None,
    }
    left_out = accepted(connection.delivery.dlq, "RTY005")
    plan.add(Resource(pipe, "AWS::Pipes::Pipe", properties, connection.at(), accepted=left_out))
    _allow(connection, role, topology, plan)
    for alarm in alarms.for_pipe(pipe, connection.target, topology):
        plan.add(alarm)


def _trust() -> dict[str, Value]:
    """Not with the pipe's own ARN: its name is CloudFormation's choice, and the pipe needs the role first."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _source_arn(source: Component) -> Value:
    return queue_arn(source) if isinstance(source, Queue) else readable_arn(source)


def _target_arn(target: Component) -> Value:
    match target:
        case Queue():
            return queue_arn(target)
        case Topic():
            return topic_arn(target)
        case Bus():
            return bus_arn(target)
        case Stream():
            return stream_arn(target)
        case Endpoint():
            return destination_arn(target)
        case _:
            raise TypeError(target)


def _allow(connection: Connection, role: str, topology: Topology, plan: Plan) -> None:
    """Let the pipe receive or read, send, and say which batch of a stream it gave up."""
    source, target = connection.source, connection.target
    if isinstance(source, Queue):
        receive(connection, role, queue_function.RECEIVE, topology, plan)
    else:
        allow_reading(connection, role, plan)
        allow_giving_up(connection, role, topology, plan)
    encryption: Encryption = target.encryption if isinstance(target, Queue | Topic | Stream) else BY_SERVICE
    send(role, connection, _SEND[type(target)], _target_arn(target), encryption, plan)


QUEUE_SETTINGS = ("source", "via", "messages", "filter", "filter_on", "batch", "enabled", "id")
STREAM_SETTINGS = (
    "source",
    "via",
    "start",
    "messages",
    "filter",
    "filter_on",
    "batch",
    "parallelization",
    "retries",
    "on_failure",
    "enabled",
    "id",
)
TABLE_SETTINGS = tuple(setting for setting in STREAM_SETTINGS if not setting.startswith("filter"))
_KEYED = ("group_by",)
_GROUPED = ("group_by", "dedupe_by")
_OF_CHANNELS = ("via", "batch")
_MECHANISM = "EventBridge pipe"


def _hop(source: type[Component], target: type[Component]) -> Hop:
    own: tuple[str, ...] = {Queue: QUEUE_SETTINGS, Stream: STREAM_SETTINGS, Table: TABLE_SETTINGS}[source]
    more = {Queue: _GROUPED, Stream: _KEYED}.get(target, ())
    if target is Endpoint:
        own = tuple(setting for setting in own if setting not in _OF_CHANNELS)
    return Hop(source, target, _MECHANISM, semantics, lower, (*own, *more))


QUEUE_BUS = _hop(Queue, Bus)
QUEUE_ENDPOINT = _hop(Queue, Endpoint)
QUEUE_QUEUE = _hop(Queue, Queue)
QUEUE_STREAM = _hop(Queue, Stream)
QUEUE_TOPIC = _hop(Queue, Topic)
STREAM_BUS = _hop(Stream, Bus)
STREAM_ENDPOINT = _hop(Stream, Endpoint)
STREAM_QUEUE = _hop(Stream, Queue)
STREAM_STREAM = _hop(Stream, Stream)
STREAM_TOPIC = _hop(Stream, Topic)
TABLE_BUS = _hop(Table, Bus)
TABLE_ENDPOINT = _hop(Table, Endpoint)
TABLE_QUEUE = _hop(Table, Queue)
TABLE_STREAM = _hop(Table, Stream)
TABLE_TOPIC = _hop(Table, Topic)
