"""A topic's log of deliveries: two log groups, whose names SNS makes of the topic's, and a role that may write them."""

from penstock.kinds.topic import logging_role_id
from penstock.kinds.workload import trust
from penstock.model.component import Component
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Statement
from penstock.plan.values import Ref, Sub, Value, arn

_RETENTION = 30
"""Days. SNS's own groups are kept for ever; parts of messages are in them."""
_ACTIONS = tuple(
    f"logs:{action}"
    for action in ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutMetricFilter", "PutRetentionPolicy")
)
"""What SNS asks for in such a role. https://docs.aws.amazon.com/sns/latest/dg/topics-attrib.html"""


def log_deliveries(topic: Component, target: str, topology: Topology, plan: Plan) -> None:
    """The log groups and the role of the topic with the logical id ``target``.

    The topic names the role and the groups are named after the topic, so the role's policy stands by itself.
    """
    tags = tag_list({**topology.tags, **topic.tags})
    role, cause = logging_role_id(topic), topic.at("delivery_logging")
    properties: dict[str, Value] = {"AssumeRolePolicyDocument": trust("sns.amazonaws.com"), "Tags": tags}
    plan.add(Resource(role, "AWS::IAM::Role", properties, cause))
    group = f"sns/${{AWS::Region}}/${{AWS::AccountId}}/${{{target}.TopicName}}"
    groups = {
        logical_id(topic.name, "TopicDeliveries"): group,
        logical_id(topic.name, "TopicFailures"): f"{group}/Failure",
    }
    for name, text in groups.items():
        described = {"LogGroupName": Sub(text), "RetentionInDays": _RETENTION, "Tags": tags}
        plan.add(Resource(name, "AWS::Logs::LogGroup", described, cause))
    write = Statement(_ACTIONS, tuple(arn(name) for name in groups))
    document = {"Version": "2012-10-17", "Statement": [write.body("WriteLogs")]}
    policy: dict[str, Value] = {"PolicyName": "deliveries", "PolicyDocument": document, "Roles": [Ref(role)]}
    plan.add(Resource(f"{role}Policy", "AWS::IAM::Policy", policy, cause))
