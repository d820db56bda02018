"""CloudWatch log groups that keep what a bus carries."""

from collections.abc import Iterator

from penstock.kinds.deliveries import sink_deliveries
from penstock.kinds.key import admit_logs, kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Sub, Value
from penstock.records import record

_DAY = 86_400
_RETENTION = 30 * _DAY


@record
class Log(Component):
    """A log group; ``retention`` in days."""

    word = "log"

    retention: int
    encryption: Encryption = BY_SERVICE


def log_id(log: Component) -> str:
    """The logical id of a log group; ``Ref`` of it is its name."""
    return logical_id(log.name, "Log")


def log_target(log: Component) -> Value:
    """The ARN of a log group as a rule wants it: what CloudFormation gives as ``Arn`` ends in ``:*``, which is for policies."""
    return Sub(f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{{log_id(log)}}}")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The log group, and the dead-letter queues of its deliveries."""
    tags = entry.pairs("tags")
    yield Log(
        name=name,
        origin=entry.origin,
        deliveries=sink_deliveries(name, entry),
        references=entry.references() + delivery_references(entry),
        tags=tags,
        retention=(entry.seconds("retention") or _RETENTION) // _DAY,
        encryption=entry.encryption(),
    )
    yield from delivery_queues(name, entry, tags, entry.encryption())


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The log group. Its name says that EventBridge writes to it, and is known before it is there, so that a key can name it."""
    if not isinstance(component, Log):
        raise TypeError(component)
    name = f"/aws/events/${{AWS::StackName}}/{component.name}"
    key = component.encryption.key
    properties: dict[str, Value] = {
        "LogGroupName": Sub(name),
        "RetentionInDays": component.retention,
        "KmsKeyId": kms_id(key) if key else None,
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(log_id(component), "AWS::Logs::LogGroup", properties, component.at()))
    if key:
        arn = Sub(f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{name}")
        admit_logs(plan, key, component, arn)


LOG = Kind(Log, "consumers", "log", "consumer-log", read, lower, layer=Layer.WORKERS)
