"""A schedule's role trusts less than Scheduler asks for.

## Why it matters

EventBridge Scheduler takes on a schedule's role in the name of the schedule's *group*. A trust policy whose `aws:SourceArn` names the
schedule itself never fits, so the role cannot be taken on, and no run of the schedule ever reaches its target.

## Bad

```yaml
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: scheduler.amazonaws.com}
            Action: sts:AssumeRole
            Condition:
              ArnLike: {"aws:SourceArn": !Sub "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/nightly"}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: [!GetAtt Inbox.Arn, !GetAtt Failed.Arn]}
  Inbox: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: nightly
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Inbox.Arn, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}
```

## Good

```yaml
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: scheduler.amazonaws.com}
            Action: sts:AssumeRole
            Condition:
              ArnLike: {"aws:SourceArn": !Sub "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default"}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: [!GetAtt Inbox.Arn, !GetAtt Failed.Arn]}
  Inbox: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: nightly
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Inbox.Arn, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}
```

## Source

EventBridge Scheduler User Guide, Confused deputy prevention in EventBridge Scheduler:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.policies import sources, statements
from penstock.template.values import Items, written


@rule("CFN017", "trust-narrower-than-group", Severity.ERROR)
def trust_narrower_than_group(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    roles = {}
    for schedule in directory.of("AWS::Scheduler::Schedule"):
        role = directory.find(schedule.properties.part("Target").get("RoleArn"), "iam")
        if role is not None:
            roles[role.stack, role.id] = role, schedule
    for role, schedule in roles.values():
        for one in statements(role.properties.get("AssumeRolePolicyDocument")):
            named = [directory.world.settled(value) for _, value in sources(one.said)]
            texts = [
                written(text) or "" for value in named for text in (value if isinstance(value, Items) else [value])
            ]
            if texts and all(":schedule/" in text for text in texts):
                yield Finding(
                    place(one.said.spot("Condition")),
                    f"role {role.id!r} trusts Scheduler for a schedule alone, but it comes for the schedule's group: schedule "
                    f"{schedule.id!r} never runs",
                    "name the group: arn:aws:scheduler:<region>:<account>:schedule-group/<group>",
                    ((place(schedule.spot), "this schedule uses the role"),),
                )
