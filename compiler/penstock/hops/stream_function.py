"""Lambda reads a stream, or the stream of a table, for a function: an event source mapping."""

from collections.abc import Iterator

from penstock import resources
from penstock.hops.burying import allow_burying, grave
from penstock.hops.delivering import subscription_id
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.hops.sending import encrypt
from penstock.kinds import Bucket, Bus, Function, Queue, Stream, Table, Topic
from penstock.kinds.allowing import READ_STREAM
from penstock.kinds.bucket import bucket_arn, objects_arn
from penstock.kinds.function import invoke_name
from penstock.kinds.key import RECEIVE_ACTIONS, kms_id
from penstock.kinds.queue import queue_arn
from penstock.kinds.stream import stream_arn
from penstock.kinds.table import table_stream_arn
from penstock.model.component import Component, Connection, Delivery
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.names import environment_name, pascal, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import GetAtt, Ref, Value

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"
SETTINGS = (
    "source",
    "messages",
    "filter",
    "start",
    "batch",
    "parallelization",
    "retries",
    "on_failure",
    "enabled",
    "id",
)
_READ_TABLE = tuple(
    f"dynamodb:{action}" for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
)
"""What a reader needs of the stream of a table, out of AWSLambdaDynamoDBExecutionRole."""
_OF_TABLE = tuple(name for name in SETTINGS if name != "filter")
POSITIONS = {"oldest": "TRIM_HORIZON", "latest": "LATEST"}
_SUBSCRIBE = ("kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard")
_CONSUMER_NAME_LIMIT = 128


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A failed batch is tried again, and its shard waits, as long as the retries or the retention last."""
    stream, delivery = read_stream(connection), connection.delivery
    ending, keeper = _end(connection, topology)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_KEY if isinstance(stream, Table) or stream.keyed else Ordering.NONE,
        retried_by="Lambda",
        attempts=None if delivery.max_retries is None else delivery.max_retries + 1,
        window=min((age for age in (delivery.max_age, stream.retention) if age is not None), default=None),
        ending=ending,
        source=SOURCE,
        dead_letters=keeper,
        unread=grave(connection.target, delivery.dlq, topology),
    )


def _end(connection: Connection, topology: Topology) -> tuple[Ending, Component | None]:
    """What becomes of a batch that is given up: a queue gets its place in the stream, a bucket the records themselves."""
    if not is_bounded(connection):
        return Ending.EXPIRED, None
    if bucket := connection.delivery.bucket:
        return Ending.BUCKET, topology.components[bucket]
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    return (Ending.DEAD_LETTERS if dlq else Ending.DROPPED), dlq


def is_bounded(connection: Connection) -> bool:
    """Whether Lambda ever gives a batch up before the stream forgets its records."""
    return connection.delivery.max_retries is not None or connection.delivery.max_age is not None


def batch_size(connection: Connection) -> int:
    """How many records one invocation gets at most; of streams Lambda's default is another than of queues."""
    if connection.states("batch", "size"):
        return connection.delivery.batch.size
    default: int = resources.limit("lambda.kinesis_default_batch")
    return default


def readings(topology: Topology) -> Iterator[Connection]:
    """Whatever reads streams and tables, by Lambda or by pipes; what is disabled reads nothing."""
    for kind in (Stream, Table):
        for source in topology.of(kind):
            yield from _readings_of(source, topology)


def _readings_of(source: Component, topology: Topology) -> Iterator[Connection]:
    for connection in topology.outgoing(source):
        ours = isinstance(connection.target, Function | Queue | Topic | Bus | Stream)
        if ours and isinstance(connection.settings, Delivery) and connection.settings.enabled:
            yield connection


def sharing(source: Component, topology: Topology) -> list[Connection]:
    """Whatever reads a stream or a table without a throughput of its own."""
    own = source.fan_out if isinstance(source, Stream) else ()
    return [connection for connection in _readings_of(source, topology) if connection.target.name not in own]


def function_readings(component: Component, topology: Topology) -> list[Connection]:
    """The connections by which Lambda reads for a function, or one stream or table for functions; a disabled one reads nothing."""
    outgoing = isinstance(component, Stream | Table)
    return [
        connection
        for connection in (topology.outgoing(component) if outgoing else topology.incoming(component))
        if isinstance(connection.source, Stream | Table) and isinstance(connection.target, Function)
        if connection.delivery.enabled
    ]


def reader(connection: Connection) -> str:
    """Who reads, in words."""
    target = connection.target
    return str(target) if isinstance(target, Function) else f"the pipe to {target}"


def read_stream(connection: Connection) -> Stream | Table:
    """What a connection reads."""
    if not isinstance(connection.source, Stream | Table):
        raise TypeError(connection.source)
    return connection.source


def readable_arn(source: Component) -> Value:
    """The ARN under which a stream, or the stream of a table, is read."""
    return stream_arn(source) if isinstance(source, Stream) else table_stream_arn(source)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The event source mapping, permission to read this stream, and to say what was given up.

    A function that reads several streams is told their ARNs, by which it knows from which one a record came.
    """
    source, function, delivery = read_stream(connection), connection.target, connection.delivery
    if not isinstance(function, Function):
        raise TypeError(function)
    target = subscription_id(connection, "Mapping")
    own = _consumer(connection, topology, plan)
    properties = {"EventSourceArn": own or readable_arn(source), **_mapping(connection, topology)}
    left_out = accepted(delivery.dlq, "RTY005")
    plan.add(Resource(target, "AWS::Lambda::EventSourceMapping", properties, connection.at(), accepted=left_out))
    if sum(isinstance(other.source, Stream | Table) for other in topology.incoming(function)) > 1:
        plan.environment[function.id][environment_name("source", source.name)] = readable_arn(source)
    allow_reading(connection, function.role_id, plan)
    allow_giving_up(connection, function.role_id, topology, plan)
    allow_burying(connection, delivery.dlq, topology, plan)


def allow_reading(connection: Connection, role: str, plan: Plan) -> None:
    """Let a role read this one stream."""
    source = read_stream(connection)
    actions = READ_STREAM if isinstance(source, Stream) else _READ_TABLE
    read = Statement(actions, (readable_arn(source),))
    plan.grant(Holder.ROLE, role, f"ReadFrom{pascal(source.name)}", read, connection.at())
    if source.encryption.key:
        decrypt = Statement(RECEIVE_ACTIONS, (kms_id(source.encryption.key),))
        plan.grant(Holder.ROLE, role, f"DecryptWith{pascal(source.encryption.key)}", decrypt, connection.at())


def allow_giving_up(connection: Connection, role: str, topology: Topology, plan: Plan) -> None:
    """Let a role say which batch was given up, or keep it."""
    cause = connection.at("on_failure")
    if connection.delivery.bucket:
        _allow_keeping(topology.components[connection.delivery.bucket], role, cause, plan)
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    if isinstance(dlq, Queue):
        give_up = Statement(("sqs:SendMessage",), (queue_arn(dlq),))
        plan.grant(Holder.ROLE, role, f"SendTo{pascal(dlq.name)}", give_up, cause)
        encrypt(role, dlq.encryption, cause, plan)


def _allow_keeping(bucket: Component, role: str, cause: Place, plan: Plan) -> None:
    """Let a role write into a bucket as long as that is this account's: a name that was given up can become anybody's."""
    if not isinstance(bucket, Bucket):
        raise TypeError(bucket)
    ours = {"StringEquals": {"s3:ResourceAccount": Ref("AWS::AccountId")}}
    keep = Statement(("s3:PutObject",), (objects_arn(bucket),), condition=ours)
    plan.grant(Holder.ROLE, role, f"KeepIn{pascal(bucket.name)}", keep, cause)
    look = Statement(("s3:ListBucket",), (bucket_arn(bucket),), condition=ours)
    plan.grant(Holder.ROLE, role, f"LookInto{pascal(bucket.name)}", look, cause)
    encrypt(role, bucket.encryption, cause, plan)


def _consumer(connection: Connection, topology: Topology, plan: Plan) -> Value | None:
    """The function's own registration as a reader, for a throughput of its own, and permission to use that one.

    A registered reader has one subscription to a shard, so each delivery has its own.
    """
    stream, function = connection.source, connection.target
    if not isinstance(function, Function) or not isinstance(stream, Stream) or function.name not in stream.fan_out:
        return None
    target = subscription_id(connection, "Consumer")
    name = "-".join(filter(None, (function.name, connection.delivery.id)))
    properties: dict[str, Value] = {
        "ConsumerName": shortened(name, _CONSUMER_NAME_LIMIT),
        "StreamARN": stream_arn(stream),
        "Tags": tag_list({**topology.tags, **function.tags}),
    }
    plan.add(Resource(target, "AWS::Kinesis::StreamConsumer", properties, stream.at("fan_out")))
    arn = GetAtt(target, "ConsumerARN")
    role, cause = function.role_id, stream.at("fan_out")
    plan.grant(Holder.ROLE, role, f"SubscribeAs{target}", Statement(_SUBSCRIBE, (arn,)), cause)
    return arn


def _mapping(connection: Connection, topology: Topology) -> dict[str, Value]:
    from penstock.hops.mapping_filters import criteria  # only to be lowered

    delivery = connection.delivery
    dlq = topology.dead_letter_queue(delivery.dlq)
    keeper = bucket_arn(topology.components[delivery.bucket]) if delivery.bucket else dlq and queue_arn(dlq)
    return {
        "FunctionName": invoke_name(connection.target),
        "FilterCriteria": criteria(connection, topology),
        "StartingPosition": POSITIONS[delivery.start or "oldest"],
        "BatchSize": batch_size(connection),
        "MaximumBatchingWindowInSeconds": delivery.batch.window or None,
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if delivery.batch.partial_failures else None,
        "ParallelizationFactor": delivery.parallelization if delivery.parallelization > 1 else None,
        "MaximumRetryAttempts": delivery.max_retries,
        "MaximumRecordAgeInSeconds": delivery.max_age,
        "BisectBatchOnFunctionError": True if delivery.bisect else None,
        "DestinationConfig": keeper and {"OnFailure": {"Destination": keeper}},
        "Enabled": None if delivery.enabled else False,
    }


HOP = Hop(Stream, Function, "Lambda event source mapping", semantics, lower, SETTINGS)
TABLE_FUNCTION = Hop(Table, Function, "Lambda event source mapping", semantics, lower, _OF_TABLE)
