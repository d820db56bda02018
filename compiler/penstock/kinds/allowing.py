"""The consent of a channel's owner to other accounts: statements in the channel's policy, with exactly what each of two ways needs."""

from penstock.kinds.external import principal_of
from penstock.kinds.key import RECEIVE_ACTIONS, SEND_ACTIONS, key_id
from penstock.model.component import Allowance, Component, Encryption
from penstock.plan.names import digest
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Sub, Value
from penstock.records import NamedTuple

RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
"""What somebody else's reader needs of a queue."""
READ_STREAM = tuple(
    f"kinesis:{action}"
    for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
)
"""What a reader needs of one stream, out of the managed policy AWSLambdaKinesisExecutionRole, which allows it on all streams."""
_RULES = tuple(
    f"events:{action}"
    for action in ("DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "PutRule", "PutTargets", "RemoveTargets")
)
_OWN_RULES = {"StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"}}
"""Who may make rules may change those alone that the same account made.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-same-account-creator.html
"""


class _Ways(NamedTuple):
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    decrypts: bool = True


_WAYS = {
    "topic": _Ways(("sns:Publish",), ("sns:Subscribe",), decrypts=False),
    "queue": _Ways(("sqs:SendMessage",), RECEIVE),
    "stream": _Ways(("kinesis:PutRecord",), READ_STREAM),
    "bus": _Ways(("events:PutEvents",), _RULES, decrypts=False),
}
"""By the channel's word. A topic's subscriber gets messages in clear, and a bus's key is EventBridge's to use."""


def consent(  # noqa: PLR0913, PLR0917 - what a policy hangs on
    channel: Component, target: str, arn: Value, allowance: Allowance, plan: Plan, keys: tuple[str, ...] = ()
) -> None:
    """The statements in the policy of a channel (``target``), and in those of its key and of the ``keys`` of messages that end there."""
    holder, ways = Holder(channel.word), _WAYS[channel.word]
    encryption = getattr(channel, "encryption", Encryption())
    for principals, sid, actions, with_key in (
        (allowance.publish, "AllowPublishing", ways.publish, SEND_ACTIONS if channel.word != "bus" else ()),
        (allowance.subscribe, "AllowSubscribing", ways.subscribe, RECEIVE_ACTIONS if ways.decrypts else ()),
    ):
        if not principals:
            continue
        named = [principal_of(text)["AWS"] for text in principals]
        principal = {"AWS": named[0] if len(named) == 1 else named}
        rules = actions is _RULES
        resource = _rules_of(channel, target) if rules else arn
        statement = Statement(actions, (resource,), principal, condition=_OWN_RULES if rules else None)
        plan.grant(holder, target, sid, statement, channel.at("allow"))
        own = (encryption.key,) if encryption.key else ()
        for key in keys if with_key is RECEIVE_ACTIONS and keys else own:
            _admit(principals, with_key, key_id(key), channel, plan)


def _admit(principals: tuple[str, ...], actions: tuple[str, ...], key: str, channel: Component, plan: Plan) -> None:
    """Each principal and action stand in a key's policy once, however many channels have the key."""
    for text in principals:
        for action in actions:
            sid = f"Allow{action.removeprefix('kms:')}{digest(text, 12)}"
            plan.grant(Holder.KEY, key, sid, Statement((action,), ("*",), principal_of(text)), channel.at("allow"))


def _rules_of(bus: Component, target: str) -> Sub:
    """All rules of a bus. The ARN of a rule of the account's own bus does not name it."""
    place = "*" if getattr(bus, "is_default", False) else f"${{{target}}}/*"
    return Sub(f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{place}")
