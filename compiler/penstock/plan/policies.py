"""Grants become policies: one policy per holder, so that no policy overwrites another."""

from collections.abc import Iterator

from penstock.plan.layer import Home, Layer
from penstock.plan.names import cut, joint_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.statement import Grant, Holder
from penstock.plan.values import Ref, Sub, Value, arn, as_text

_OWN_BUS = "default"
"""The account's own bus, the only one that no resource stands for."""
_STATEMENT_ID_LIMIT = 64
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html"""


def attach(plan: Plan) -> None:
    """Hang every grant of the plan on its holder: roles and keys take theirs in, channels get a policy."""
    for target, grants in _own(Holder.ROLE, plan):
        holder = plan.resources[target]
        if holder.type == "AWS::IAM::ManagedPolicy":
            holder.properties["PolicyDocument"] = _document(grants)
        else:
            holder.properties["Policies"] = [{"PolicyName": "penstock", "PolicyDocument": _document(grants)}]
    for target, grants in _own(Holder.KEY, plan):
        plan.resources[target].properties["KeyPolicy"] = _document(grants)
    for target, grants in _own(Holder.QUEUE, plan):
        _policy("AWS::SQS::QueuePolicy", "Queues", target, grants, plan)
    for target, grants in _own(Holder.TOPIC, plan):
        _policy("AWS::SNS::TopicPolicy", "Topics", target, grants, plan)
    for target, grants in _own(Holder.BUCKET, plan):
        properties = {"Bucket": Ref(target), "PolicyDocument": _document(grants)}
        plan.add(Resource(f"{target}Policy", "AWS::S3::BucketPolicy", properties, plan.resources[target].cause))
    for target, grants in _own(Holder.STREAM, plan):
        _stream_policy(target, grants, plan)
    for target, grants in _own(Holder.LOG, plan):
        _log_policy(target, grants, plan)
    for target, grants in _own(Holder.BUS, plan):
        _bus_policies(target, grants, plan)


def _own(holder: Holder, plan: Plan) -> Iterator[tuple[str, list[Grant]]]:
    """What is granted by policies of this stack; a policy of something that exists would overwrite its owner's.

    What is added meanwhile belongs to the component of the target.
    """
    for target, grants in plan.granted(holder).items():
        if target not in plan.left:
            plan.speaker = _home(plan.homes.get(target))
            yield target, grants
    plan.speaker = None


def _home(holder: Home | None) -> Home | None:
    """Where the policy of a channel stands: it names rules of its own group, that of a declared dead-letter queue those of all groups."""
    if holder is None or holder.layer is Layer.ROOT:
        return None
    return holder._replace(layer=Layer.SENDERS if holder.layer is Layer.LETTERS else Layer.WORKERS)


def _document(grants: list[Grant]) -> dict[str, Value]:
    return {"Version": "2012-10-17", "Statement": [grant.statement.body(grant.sid) for grant in grants]}


def _policy(type_: str, holders: str, target: str, grants: list[Grant], plan: Plan) -> None:
    properties = {holders: [Ref(target)], "PolicyDocument": _document(grants)}
    plan.add(Resource(f"{target}Policy", type_, properties, plan.resources[target].cause))


def _stream_policy(target: str, grants: list[Grant], plan: Plan) -> None:
    properties = {"ResourceArn": arn(target), "ResourcePolicy": _document(grants)}
    plan.add(Resource(f"{target}Policy", "AWS::Kinesis::ResourcePolicy", properties, plan.resources[target].cause))


def _log_policy(target: str, grants: list[Grant], plan: Plan) -> None:
    """CloudWatch Logs takes a policy as text, and wants a name that no other stack has."""
    properties = {"PolicyName": Sub(f"${{AWS::StackName}}-{target}"), "PolicyDocument": as_text(_document(grants))}
    plan.add(Resource(f"{target}Policy", "AWS::Logs::ResourcePolicy", properties, plan.resources[target].cause))


def _bus_policies(target: str, grants: list[Grant], plan: Plan) -> None:
    """On a bus every statement is a resource of its own; EventBridge keeps them together."""
    for grant in grants:
        sid = grant.sid if len(grant.sid) <= _STATEMENT_ID_LIMIT else cut(grant.sid, _STATEMENT_ID_LIMIT, grant.sid)
        name = Ref(target) if target in plan.resources else _OWN_BUS
        properties = {"EventBusName": name, "StatementId": sid, "Statement": grant.statement.body(sid)}
        plan.add(Resource(joint_id(target, grant.sid), "AWS::Events::EventBusPolicy", properties, grant.cause))
