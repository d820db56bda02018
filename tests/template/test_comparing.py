"""What is compiled from an imported topology, held against its templates; and our own templates there and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.importing.comparing import Comparison, compare
from penstock.importing.telling import as_json, text
from penstock.importing.topology_file import import_templates
from tests.template.given import template
from tests.template.test_own_output import EXAMPLES, TEMPLATES

DIFFER = {
    r"AWS::Lambda::Function \w+ Environment\.Variables\.PENSTOCK_(BUS|QUEUE|SAGA|STREAM|TOPIC)_\w+": "what a function sends is not read",
    r"AWS::Lambda::EventSourceMapping \w+Outbox\w+ (DestinationConfig|FilterCriteria\.Filters)": "a relay is read as any function",
    r"AWS::SNS::Topic \w+ DeliveryStatusLogging": "the role that logs deliveries is not followed",
    r"AWS::Events::Rule \w+ Target\.HttpParameters": "headers of requests are not read",
    r"AWS::KMS::Key \w+ Tags\.[\w-]+": "a key has the topology's tags, and not every component has the same",
}
"""What may differ there and back, and why."""
LEFT = {
    "API route": "who may call it, and with what message, no template says",
    "AWS::Events::Connection": "its secret is not followed",
    "AWS::Events::Rule": "the bus of another account that it sends to is not read",
}
MOVED = {
    "AWS::Events::Rule": "what another stack exports is named after the export",
    "AWS::Scheduler::Schedule": "the clock of a relay is a schedule as any other",
    "AWS::Lambda::EventSourceMapping": "relays and pollers of functions have ids of their own",
    "AWS::SNS::Subscription": "an address outside is named after itself",
    "AWS::StepFunctions::StateMachine": "the function that starts a saga is read as any other, and has its starter's name",
}


def compared(*texts: str) -> Comparison:
    several = [template(one, f"{number}.yaml") for number, one in enumerate(texts)]
    return compare(import_templates(several, Path(), "shop"), Path())


def there_and_back(name: str) -> Comparison:
    source = EXAMPLES / name
    return compare(
        import_templates([template(source.read_text(encoding="utf-8"), str(source))], source.parent), source.parent
    )


def differences(comparison: Comparison) -> Iterator[str]:
    for pair in comparison.pairs:
        yield from (f"{pair.type} {pair.id} {one.property}" for one in pair.differences)


@pytest.mark.parametrize("name", TEMPLATES)
def test_our_own_output_is_the_same_when_it_is_imported_and_compiled_again(name: str) -> None:
    comparison = there_and_back(name)
    assert comparison.pairs
    assert [one for one in differences(comparison) if not any(re.fullmatch(known, one) for known in DIFFER)] == []
    assert {one.type for one in comparison.left} <= LEFT.keys()
    assert {pair.type for pair in comparison.pairs if pair.id != pair.becomes} <= MOVED.keys()
    assert comparison.added == ()


def test_nothing_is_excused_that_does_not_happen() -> None:
    several = [there_and_back(name) for name in TEMPLATES]
    told = [one for comparison in several for one in differences(comparison)]
    assert [known for known in DIFFER if not any(re.fullmatch(known, one) for one in told)] == []
    assert LEFT.keys() == {one.type for comparison in several for one in comparison.left}
    assert MOVED.keys() == {pair.type for comparison in several for pair in comparison.pairs if pair.id != pair.becomes}


SHOP = """
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: "45", KmsMasterKeyId: alias/aws/sqs}}
  Alerts: {Type: AWS::SNS::Topic}
  OrdersPolicy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Orders], PolicyDocument: {}}}
  ToOrders:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: sqs, TopicArn: !Ref Alerts, Endpoint: !GetAtt Orders.Arn, FilterPolicy: {kind: [a]}}
  Hose: {Type: AWS::KinesisFirehose::DeliveryStream}
  Vpc: {Type: AWS::EC2::VPC}
"""


TOLD = """\
topology 'shop', compiled and held against its templates: of 3 resources of messaging 2 are the same, 1 differ

differ, from the template to what is compiled:
  AWS::SQS::Queue Orders ('orders')
    KmsMasterKeyId: alias/aws/sqs -> nothing

get another logical id, for which CloudFormation makes a new resource and deletes the old one:
  AWS::SQS::Queue Orders -> OrdersQueue
  AWS::SNS::Topic Alerts -> AlertsTopic
  AWS::SNS::Subscription ToOrders -> OrdersQueueFromAlertsTopicSubscription

are in the templates alone:
  AWS::KinesisFirehose::DeliveryStream Hose: the language has no word for it
  1 of no concern to messaging: 1 AWS::EC2::VPC
  1 which the compiler writes by itself, of what the topology says: 1 AWS::SQS::QueuePolicy

are compiled and in no template:
  4 made with them: 2 AWS::CloudWatch::Alarm, 1 AWS::SNS::TopicPolicy, 1 AWS::SQS::QueuePolicy
"""


def test_a_comparison_tells_what_differs_what_is_left_and_what_is_made() -> None:
    assert text(compared(SHOP)) == TOLD


def test_it_is_told_to_programs_too() -> None:
    assert '"property": "KmsMasterKeyId"' in as_json(compared(SHOP))
    assert as_json(compared(SHOP)) == as_json(compared(SHOP))


def test_what_means_the_same_is_the_same() -> None:
    one = """
    Resources:
      OrdersQueue:
        Type: AWS::SQS::Queue
        Properties:
          DelaySeconds: "0"
          RedrivePolicy: {deadLetterTargetArn: !GetAtt FailedQueue.Arn, maxReceiveCount: 3}
      FailedQueue: {Type: AWS::SQS::Queue, Properties: {QueueName: failed}}
      EventsBus: {Type: AWS::Events::EventBus, Properties: {Name: !Sub "${AWS::StackName}-events"}}
      Rule:
        Type: AWS::Events::Rule
        Properties:
          EventBusName: !GetAtt EventsBus.Name
          EventPattern: '{"source": ["a"]}'
          Targets:
            - {Id: a, Arn: !GetAtt OrdersQueue.Arn}
            - {Id: b, Arn: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:failed"}
    """
    comparison = compared(one)
    assert [pair.differences for pair in comparison.pairs] == [()] * 5
    assert comparison.left == ()
