"""A schedule's role may not send to the schedule's dead-letter queue.

## Why it matters

EventBridge Scheduler writes dead letters with the schedule's role, not as a service: a policy of the queue that admits it changes nothing.
Where the role may not send to the queue, what could not be sent to the target is dropped, as if there were no queue.

## Bad

```yaml
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Inbox.Arn}
  Inbox: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
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
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: [!GetAtt Inbox.Arn, !GetAtt Failed.Arn]}
  Inbox: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
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

EventBridge Scheduler User Guide, Configuring a dead-letter queue for EventBridge Scheduler:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.channels import QUEUE
from penstock.template.places import place
from penstock.template.policies import may_do, role_statements


@rule("CFN018", "role-cannot-send-dead-letters", Severity.ERROR)
def role_cannot_send_dead_letters(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for schedule in directory.of("AWS::Scheduler::Schedule"):
        target = schedule.properties.part("Target")
        queue = directory.find(target.part("DeadLetterConfig").get("Arn"))
        role = directory.find(target.get("RoleArn"), "iam")
        if queue is None or role is None or queue.type != QUEUE or role.type != "AWS::IAM::Role":
            continue
        said = role_statements(role, directory)
        if said is None or may_do(said, "sqs:SendMessage", queue, directory):
            continue
        yield Finding(
            place(target.spot("DeadLetterConfig")),
            f"what schedule {schedule.id!r} cannot send is dropped: its role {role.id!r} may not send to dead-letter queue {queue.id!r}",
            f"let role {role.id!r} do sqs:SendMessage on {queue.id!r}",
            ((place(role.spot), "this role writes the dead letters"),),
        )
