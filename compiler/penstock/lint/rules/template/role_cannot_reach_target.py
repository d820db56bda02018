"""A role may not do what it is given for: send to a target, or read a source.

## Why it matters

API Gateway, Pipes, Scheduler and, for state machines, streams and buses, EventBridge act with a role of yours. CloudFormation takes
any role: that its policies say nothing of the target shows only when the first message comes. Then each one is refused. A route answers
with an error; a schedule, a rule or a pipe drops what it cannot hand over, or reads nothing at all.

Nothing is said of a role that is made elsewhere, or that has a policy which is.

## Bad

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Other: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: [!GetAtt Other.Arn, !GetAtt Failed.Arn]}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target:
        Arn: !GetAtt Inbox.Arn
        RoleArn: !GetAtt Role.Arn
        DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Good

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: [!GetAtt Inbox.Arn, !GetAtt Failed.Arn]}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target:
        Arn: !GetAtt Inbox.Arn
        RoleArn: !GetAtt Role.Arn
        DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Source

EventBridge Scheduler User Guide, Setting up the execution role:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
Amazon EventBridge User Guide, Amazon EventBridge Pipes permissions:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.records import NamedTuple
from penstock.template.build import directory_of
from penstock.template.channels import BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.connectors import connected
from penstock.template.directory import Directory
from penstock.template.places import place
from penstock.template.policies import is_readable, may_do, role_statements
from penstock.template.sam import FUNCTION, MACHINE, ROUTE
from penstock.template.stacks import Resource
from penstock.template.values import Map, Spot

_SENDS: dict[str, tuple[str, ...]] = {
    BUS: ("events:PutEvents",),
    FUNCTION: ("lambda:InvokeFunction",),
    MACHINE: ("states:StartExecution", "states:StartSyncExecution"),
    QUEUE: ("sqs:SendMessage", "sqs:SendMessageBatch"),
    STREAM: ("kinesis:PutRecord", "kinesis:PutRecords"),
    TOPIC: ("sns:Publish",),
}
_READS: dict[str, tuple[str, ...]] = {
    QUEUE: ("sqs:ReceiveMessage",),
    STREAM: ("kinesis:GetRecords",),
    TABLE: ("dynamodb:GetRecords",),
}
_BY_ROLE = frozenset({BUS, MACHINE, STREAM})
"""What rules reach with a role; queues, topics and functions have policies of their own for that."""


class _Use(NamedTuple):
    """Somebody is to do one of these ``actions`` with what a value means, by a role."""

    who: str
    role: object
    end: object
    actions: dict[str, tuple[str, ...]]
    spot: Spot


@rule("CFN029", "role-cannot-reach-target", Severity.ERROR)
def role_cannot_reach_target(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    uses = list(_uses(directory))
    joined = {(one.stack, one.destination) for one in connected(directory)} if uses else set()
    for use in uses:
        role, end = directory.find(use.role, "iam"), directory.find(use.end, "lambda")
        if role is None or end is None or role.type != "AWS::IAM::Role" or (end.stack, end.id) in joined:
            continue
        actions = use.actions.get(end.type, ())
        said = role_statements(role, directory) if actions and is_readable(role, directory) else None
        if said is None or any(may_do(said, action, end, directory) for action in actions):
            continue
        yield Finding(
            place(use.spot),
            f"{use.who} is refused by {end.id!r}: its role {role.id!r} may not do {actions[0]} there",
            f"let role {role.id!r} do {actions[0]} on {end.id!r}",
            ((place(role.spot), "this role is used"),),
        )


def _uses(directory: Directory) -> Iterator[_Use]:
    for one in directory.of("AWS::Scheduler::Schedule"):
        target = one.properties.part("Target")
        if "Arn" in target:
            yield _Use(f"schedule {one.id!r}", target.get("RoleArn"), target["Arn"], _SENDS, target.spot("Arn"))
    for one in directory.of("AWS::Events::Rule"):
        for target, spot in one.properties.items_of("Targets"):
            if isinstance(target, Map):
                sends = {type_: _SENDS[type_] for type_ in _BY_ROLE}
                yield _Use(f"rule {one.id!r}", target.get("RoleArn"), target.get("Arn"), sends, spot)
    for one in directory.of("AWS::Pipes::Pipe"):
        yield from _of_pipe(one)
    for one in directory.of(ROUTE):
        own = one.properties
        yield _Use("a route", own.get("RoleArn"), own.get("Target"), _SENDS, one.spot)


def _of_pipe(pipe: Resource) -> Iterator[_Use]:
    own = pipe.properties
    for key, actions in (("Source", _READS), ("Enrichment", _SENDS), ("Target", _SENDS)):
        if key in own:
            yield _Use(f"pipe {pipe.id!r}", own.get("RoleArn"), own[key], actions, own.spot(key))
