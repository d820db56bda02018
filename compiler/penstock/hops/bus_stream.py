"""A bus puts records into a stream: an EventBridge rule with the stream as its target."""

from penstock.hops.hop import Hop
from penstock.hops.matching import add_rule, by_rule, delivery_semantics, key_of, payload_path, rewrapped, rule_role
from penstock.hops.semantics import Semantics
from penstock.hops.sending import send
from penstock.kinds import Bus, Stream
from penstock.kinds.stream import stream_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Value, arn


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge delivers in any order, so what the stream keeps in order are records that came in any."""
    return delivery_semantics(connection, topology)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule with the partition key and the wrapping of the stream's records, and the role with which EventBridge puts them."""
    stream = connection.target
    if not by_rule(connection) or not isinstance(stream, Stream):
        raise TypeError(connection)
    role = rule_role(connection, topology, plan)
    send(role, connection, "kinesis:PutRecord", stream_arn(stream), stream.encryption, plan)
    more: dict[str, Value] = {"RoleArn": arn(role), **rewrapped(connection, topology)}
    key = key_of(connection, topology)
    if key and key.path:
        more["KinesisParameters"] = {"PartitionKeyPath": payload_path(connection, key.path, topology)}
    add_rule(connection, topology, plan, stream_arn(stream), **more)


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "group_by", "enabled", "id")

HOP = Hop(Bus, Stream, "EventBridge rule", semantics, lower, SETTINGS)
