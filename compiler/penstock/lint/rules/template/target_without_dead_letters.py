"""What a rule cannot hand to its target is dropped.

## Why it matters

EventBridge tries a target for a day by default, and not at all again where the target refuses: a state machine that was deleted, a role
that may not start it, a task that cannot be placed. What it gives up is dropped unless the target has a dead-letter queue. (For the targets
that topologies have too, such as queues and functions, DLQ007, RTY013 and RTY014 say the same.)

## Bad

```yaml
Resources:
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}"}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - {Id: machine, Arn: !Ref Machine, RoleArn: !Ref Role}
Parameters: {Role: {Type: String}}
```

## Good

```yaml
Resources:
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}"}}
  Failed: {Type: AWS::SQS::Queue}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Failed]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Failed.Arn}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - {Id: machine, Arn: !Ref Machine, RoleArn: !Ref Role, DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}
Parameters: {Role: {Type: String}}
```

## Source

Amazon EventBridge User Guide, Using dead-letter queues to process undelivered events:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.deliveries import TAKES_EVENTS
from penstock.template.places import place
from penstock.template.values import Map, Unknown, written


@rule("CFN013", "target-without-dead-letters", Severity.WARNING)
def target_without_dead_letters(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for one in directory.of("AWS::Events::Rule"):
        if written(one.properties.get("State")) == "DISABLED":
            continue
        for target, spot in one.properties.items_of("Targets"):
            if not isinstance(target, Map) or isinstance(target.get("DeadLetterConfig"), Map | Unknown):
                continue
            found = directory.find(target.get("Arn"))
            if found is not None and found.type in TAKES_EVENTS:
                continue
            name = f" {found.id!r}" if found else ""
            yield Finding(
                place(spot),
                f"what rule {one.id!r} cannot hand to its target{name} is dropped: EventBridge gives up after a day, and at once where the "
                "target refuses",
                "set `DeadLetterConfig` of the target, and let the queue's policy admit events.amazonaws.com",
            )
