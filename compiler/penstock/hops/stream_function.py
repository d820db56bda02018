"""Lambda reads a stream for a function: an event source mapping."""

from penstock import resources
from penstock.hops.delivering import subscription_id
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.hops.sending import encrypt
from penstock.kinds import Function, Queue, Stream
from penstock.kinds.function import function_name
from penstock.kinds.key import RECEIVE_ACTIONS, kms_id
from penstock.kinds.queue import queue_arn
from penstock.kinds.stream import stream_arn
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.names import environment_name, pascal
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"
SETTINGS = (
    "source",
    "start",
    "batch",
    "parallelization",
    "retries",
    "on_failure",
    "enabled",
    "id",
)
READ_STREAM = tuple(
    f"kinesis:{action}"
    for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
)
"""What a reader needs of one stream, out of the managed policy AWSLambdaKinesisExecutionRole, which allows it on all streams."""
_POSITIONS = {"oldest": "TRIM_HORIZON", "latest": "LATEST"}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A failed batch is tried again, and its shard waits, as long as the retries or the retention last."""
    stream, delivery = _stream(connection), connection.delivery
    dlq = topology.dead_letter_queue(delivery.dlq) if is_bounded(connection) else None
    ending = Ending.DROPPED if is_bounded(connection) else Ending.EXPIRED
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_KEY,
        retried_by="Lambda",
        attempts=None if delivery.max_retries is None else delivery.max_retries + 1,
        window=min((age for age in (delivery.max_age, stream.retention) if age is not None), default=None),
        ending=Ending.DEAD_LETTERS if dlq else ending,
        source=SOURCE,
        dead_letters=dlq,
    )


def is_bounded(connection: Connection) -> bool:
    """Whether Lambda ever gives a batch up before the stream forgets its records."""
    return connection.delivery.max_retries is not None or connection.delivery.max_age is not None


def batch_size(connection: Connection) -> int:
    """How many records one invocation gets at most; of streams Lambda's default is another than of queues."""
    if connection.states("batch", "size"):
        return connection.delivery.batch.size
    default: int = resources.limit("lambda.kinesis_default_batch")
    return default


def readings(component: Component, topology: Topology) -> list[Connection]:
    """The connections by which Lambda reads streams for a function, or a stream for functions; a disabled one reads nothing."""
    connections = topology.outgoing(component) if isinstance(component, Stream) else topology.incoming(component)
    return [
        connection
        for connection in connections
        if isinstance(connection.source, Stream) and isinstance(connection.target, Function)
        if connection.delivery.enabled
    ]


def _stream(connection: Connection) -> Stream:
    if not isinstance(connection.source, Stream):
        raise TypeError(connection.source)
    return connection.source


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The event source mapping, permission to read this stream, and to say what was given up.

    A function that reads several streams is told their ARNs, by which it knows from which one a record came.
    """
    stream, function = _stream(connection), connection.target
    if not isinstance(function, Function):
        raise TypeError(function)
    target = subscription_id(connection, "Mapping")
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    properties = _mapping(connection, dlq)
    plan.add(Resource(target, "AWS::Lambda::EventSourceMapping", properties, connection.at()))
    if sum(isinstance(other.source, Stream) for other in topology.incoming(function)) > 1:
        plan.environment[function.id][environment_name("source", stream.name)] = stream_arn(stream)
    role = function.role_id
    read = Statement(READ_STREAM, (stream_arn(stream),))
    plan.grant(Holder.ROLE, role, f"ReadFrom{pascal(stream.name)}", read, connection.at())
    if stream.encryption.key:
        decrypt = Statement(RECEIVE_ACTIONS, (kms_id(stream.encryption.key),))
        plan.grant(Holder.ROLE, role, f"DecryptWith{pascal(stream.encryption.key)}", decrypt, connection.at())
    if isinstance(dlq, Queue):
        cause = connection.at("on_failure")
        send = Statement(("sqs:SendMessage",), (queue_arn(dlq),))
        plan.grant(Holder.ROLE, role, f"SendTo{pascal(dlq.name)}", send, cause)
        encrypt(role, dlq.encryption, cause, plan)


def _mapping(connection: Connection, dlq: Component | None) -> dict[str, Value]:
    delivery = connection.delivery
    return {
        "EventSourceArn": stream_arn(connection.source),
        "FunctionName": function_name(connection.target),
        "StartingPosition": _POSITIONS[delivery.start or "oldest"],
        "BatchSize": batch_size(connection),
        "MaximumBatchingWindowInSeconds": delivery.batch.window or None,
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if delivery.batch.partial_failures else None,
        "ParallelizationFactor": delivery.parallelization if delivery.parallelization > 1 else None,
        "MaximumRetryAttempts": delivery.max_retries,
        "MaximumRecordAgeInSeconds": delivery.max_age,
        "BisectBatchOnFunctionError": True if delivery.bisect else None,
        "DestinationConfig": dlq and {"OnFailure": {"Destination": queue_arn(dlq)}},
        "Enabled": None if delivery.enabled else False,
    }


HOP = Hop(Stream, Function, "Lambda event source mapping", semantics, lower, SETTINGS)
