"""Who is told of alarms: the policies of the topics that get them, and topics that send them on by mail."""

from penstock.kinds.alarms import mail_id
from penstock.kinds.key import admit_alarms_to_key, kms_id
from penstock.kinds.queue import refuse_plain_http
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Value

CLOUDWATCH = "cloudwatch.amazonaws.com"


def admit_alarms(target: str, key: str | None, cause: Place, plan: Plan) -> None:
    """Let CloudWatch publish to a topic, and use the topic's key: SNS's own key would not let it, and alarms would be mute.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    statement = Statement(
        ("sns:Publish",),
        (Ref(target),),
        principal={"Service": CLOUDWATCH},
        condition={"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}},
    )
    plan.grant(Holder.TOPIC, target, "AllowAlarms", statement, cause)
    if key:
        admit_alarms_to_key(key, cause, plan)


def add_mails(topology: Topology, plan: Plan) -> None:
    """A topic with one subscription for each address; its owner confirms the subscription by a link in the first mail."""
    for urgency, receiver in topology.alarms.receivers.items():
        target = mail_id(urgency, topology)
        if receiver.email is None or target in plan.resources:
            continue
        properties: dict[str, Value] = {
            "KmsMasterKeyId": kms_id(receiver.key) if receiver.key else None,
            "Tags": tag_list(topology.tags),
        }
        plan.add(Resource(target, "AWS::SNS::Topic", properties, receiver.place))
        joined: dict[str, Value] = {"TopicArn": Ref(target), "Protocol": "email", "Endpoint": receiver.email}
        plan.add(Resource(f"{target}Subscription", "AWS::SNS::Subscription", joined, receiver.place))
        refusal = refuse_plain_http("sns:Publish", Ref(target))
        plan.grant(Holder.TOPIC, target, "RefusePlainHttp", refusal, receiver.place)
        admit_alarms(target, receiver.key, receiver.place, plan)
