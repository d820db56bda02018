"""Customer keys in KMS. Their policies get the account and, hop by hop, the services that must use them."""

from collections.abc import Iterator, Mapping

from penstock.kinds.exporting import publish
from penstock.kinds.kind import Kind
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Sub, Value, arn
from penstock.records import record

_DAY = 86_400
SEND_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a sender of encrypted messages needs of the key."""
RECEIVE_ACTIONS = ("kms:Decrypt",)
"""What a receiver of encrypted messages needs of the key."""


@record
class Key(Component):
    """A customer key; ``rotation`` in days."""

    word = "key"

    rotation: int


def key_id(name: str) -> str:
    """The logical id of a key."""
    return logical_id(name, "Key")


def kms_id(name: str) -> Value:
    """How another resource names a key."""
    return arn(key_id(name))


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The key."""
    rotation = entry.seconds("rotation") or 0
    yield Key(
        name=name,
        origin=entry.origin,
        existing=entry.existing(),
        export=entry.export(),
        rotation=rotation // _DAY,
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The key; the account's administrators keep their hold on it."""
    if not isinstance(component, Key):
        raise TypeError(component)
    if component.existing:
        plan.leave(key_id(component.name), component)
        return
    properties: dict[str, Value] = {
        "Description": f"{topology.name} {component.name}",
        "EnableKeyRotation": True,
        "RotationPeriodInDays": component.rotation,
        "Tags": tag_list(topology.tags),
    }
    plan.add(Resource(key_id(component.name), "AWS::KMS::Key", properties, component.at(), retain=True))
    publish(component, arn(key_id(component.name)), plan)
    administrators = Statement(
        ("kms:*",), ("*",), principal={"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    )
    plan.grant(Holder.KEY, key_id(component.name), "Administrators", administrators, component.at())


def admit_service(plan: Plan, key: str | None, service: str, component: Component) -> None:
    """Let an AWS service send encrypted messages; every service stands in the key's policy once, however many hops ask."""
    if key is not None:
        _admit(key, service, component.at("encryption"), plan)


def admit_alarms_to_key(key: str, cause: Place, plan: Plan) -> None:
    """Let CloudWatch send alarms to a topic that is encrypted with a key."""
    _admit(key, "cloudwatch.amazonaws.com", cause, plan)


def _admit(key: str, service: str, cause: Place, plan: Plan) -> None:
    sid = f"Admit{service.split('.', maxsplit=1)[0].capitalize()}"
    condition = {} if service in _NO_CONDITIONS else _OWN_ACCOUNT
    statement = Statement(SEND_ACTIONS, ("*",), principal={"Service": service}, condition=condition)
    plan.grant(Holder.KEY, key_id(key), sid, statement, cause)


def admit_bus(plan: Plan, key: str, bus: Component, bus_arn: Value, *, archived: bool = False) -> None:
    """Let EventBridge look at a key and keep the events of one bus with it, whoever puts them, and those in its archive.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
    """
    principal = {"Service": "events.amazonaws.com"}
    look = Statement(("kms:DescribeKey",), ("*",), principal, condition=_OWN_ACCOUNT)
    context = {"StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": bus_arn}}
    actions = (*SEND_ACTIONS, "kms:ReEncryptFrom", "kms:ReEncryptTo") if archived else SEND_ACTIONS
    use = Statement(actions, ("*",), principal, condition=context)
    plan.grant(Holder.KEY, key_id(key), "DescribeForBuses", look, bus.at("encryption"))
    plan.grant(Holder.KEY, key_id(key), f"Encrypt{logical_id(bus.name, 'Bus')}", use, bus.at("encryption"))


def admit_logs(plan: Plan, key: str, log: Component, log_arn: Value) -> None:
    """Let CloudWatch Logs look at a key and keep one log group with it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    principal = {"Service": Sub("logs.${AWS::Region}.amazonaws.com")}
    context = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": log_arn}}
    use = Statement(_LOG_ACTIONS, ("*",), principal, condition=context)
    plan.grant(Holder.KEY, key_id(key), f"Encrypt{logical_id(log.name, 'Log')}", use, log.at("encryption"))


_LOG_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def admit_bus_log(plan: Plan, key: str, bus: Component) -> None:
    """Let EventBridge encrypt what it logs with the bus's key, and the service that delivers logs decrypt it again.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
    """
    logs = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    context = {"StringLike": {"kms:EncryptionContext:SourceArn": logs}}
    encrypt = Statement(("kms:GenerateDataKey",), ("*",), {"Service": "events.amazonaws.com"}, condition=context)
    deliver = Statement(SEND_ACTIONS, ("*",), {"Service": "delivery.logs.amazonaws.com"}, condition=context)
    plan.grant(Holder.KEY, key_id(key), "EncryptBusLogs", encrypt, bus.at("logging"))
    plan.grant(Holder.KEY, key_id(key), "DeliverBusLogs", deliver, bus.at("logging"))


_OWN_ACCOUNT: Mapping[str, Mapping[str, Value]] = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}
_NO_CONDITIONS = frozenset({"events.amazonaws.com", "cloudwatch.amazonaws.com"})
"""Services for which conditions on the source are not supported in the policy of a topic's key.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""


KEY = Kind(Key, "keys", None, "key", read, lower)
