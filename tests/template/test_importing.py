"""Templates as first topologies: what is said of them, and what stands in comments."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.importing.comparing import compare
from penstock.importing.names import chosen, spelt
from penstock.importing.topology_file import clashes, import_templates, title_of
from penstock.pipeline import load
from tests.template.given import template
from tests.template.test_deployments import KEYS, TYPES, WORDS
from tests.template.test_own_output import EXAMPLES, TEMPLATES


def imported(*texts: str) -> str:
    """The topology of some templates as text; it can be read again."""
    several = [template(text, f"{number}.yaml") for number, text in enumerate(texts)]
    return import_templates(several, Path(), "shop").text


def data(*texts: str) -> dict[str, object]:
    """The same as data."""
    found: dict[str, object] = yaml.safe_load(imported(*texts))
    return found


def comments(text: str) -> list[str]:
    """The comments of a topology, each in one line."""
    lines = [line.strip() for line in text.splitlines()]
    whole = "\n".join(line.removeprefix("#") for line in lines if line.startswith("#"))
    return [" ".join(one.split()) for one in whole.replace("\n not expressed:", "\0not expressed:").split("\0")]


QUEUES = """
Parameters: {Seconds: {Type: Number}, Days: {Type: Number, Default: 86400}}
Resources:
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders.fifo
      FifoQueue: true
      VisibilityTimeout: !Ref Seconds
      MessageRetentionPeriod: !Ref Days
      DelaySeconds: 0
      KmsMasterKeyId: alias/aws/sqs
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
      Tags: [{Key: team, Value: shop}]
  Failed: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: true}}
  Alarm: {Type: AWS::CloudWatch::Alarm}
"""


def test_names_and_stated_settings_are_kept_and_defaults_that_are_the_same_left_out() -> None:
    assert data(QUEUES)["queues"] == {
        "failed": {"fifo": {"deduplication": "content"}, "redrive_allow": "all"},
        "orders": {
            "physical_name": "orders",
            "fifo": {"deduplication": "explicit"},
            "retention": "1d",
            "delay": "0s",
            "tags": {"team": "shop"},
            "dlq": {"queue": "failed", "max_receives": 3},
        },
    }


def test_what_is_not_expressed_stands_in_comments() -> None:
    text = imported(QUEUES)
    assert comments(text)[1:] == [
        "not expressed: Resources.OrdersQueue.Properties.VisibilityTimeout: its value is known only when it is deployed",
        "not expressed: Resources.OrdersQueue.Properties.KmsMasterKeyId: a key is one of `keys`, or SQS's own",
    ]
    assert "1 other resource is of no concern to messaging: 1 AWS::CloudWatch::Alarm." in comments(text)[0]
    assert text.index("VisibilityTimeout") < text.index("  orders:")


FUNCTION = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 20}}
Parameters: {Bus: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/work
      Handler: app.handler
      Runtime: nodejs18.x
      Environment: {Variables: {LEVEL: info, INBOX: !Ref Inbox, PLACE: !Ref AWS::Region}}
      Events:
        Placed:
          Type: SQS
          Properties: {Queue: !GetAtt Inbox.Arn, FilterCriteria: {Filters: [{Pattern: '{"body": {"kind": ["a"]}}'}]}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Told: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern: {source: [shop]}}}
"""


def test_functions_with_their_code_and_their_events() -> None:
    found = data(FUNCTION)
    assert found["consumers"] == {
        "work": {
            "from": [
                {"source": "inbox", "filter": [{"kind": ["a"]}]},
                {"source": "bus", "pattern": {"source": ["shop"]}},
            ],
            "timeout": "20s",
            "code": "src/work",
            "handler": "app.handler",
            "runtime": "nodejs22.x",
            "environment": {"LEVEL": "info", "PLACE": "${region}"},
        }
    }
    assert found["producers"] == {
        "work-nightly": {
            "type": "schedule",
            "every": "rate(1 day)",
            "publishes": {"message": "AnyMessage", "to": "work"},
        }
    }
    assert found["buses"] == {"bus": {"existing": "${param.Bus}"}}
    assert found["parameters"] == {"Bus": {}}
    assert "Variables.INBOX" in imported(FUNCTION)
    assert "nodejs18.x" in imported(FUNCTION)


def test_what_two_components_would_be_called_tells_them_apart() -> None:
    assert chosen([("queues", "OrdersQueue"), ("topics", "OrdersTopic"), ("queues", "Failed")]) == {
        ("queues", "OrdersQueue"): "orders-queue",
        ("topics", "OrdersTopic"): "orders-topic",
        ("queues", "Failed"): "failed",
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [("HTTPServerDLQ", "http-server-dlq"), ("Shop2", "shop2"), ("ShopN2", "shop-2"), ("2x", "n-2x"), ("", "unnamed")],
)
def test_a_logical_id_in_the_spelling_of_the_language(text: str, name: str) -> None:
    assert spelt(text) == name


def test_a_topology_is_called_as_its_file_or_its_folder() -> None:
    assert title_of(Path("/work/my_shop/infra/template.yaml")) == "my-shop"
    assert title_of(Path("/work/orders.template.json")) == "orders"


def test_templates_that_belong_together_are_one_topology() -> None:
    one = "{Resources: {Orders: {Type: AWS::SNS::Topic}}, Outputs: {A: {Value: !Ref Orders, Export: {Name: orders}}}}"
    other = """
    Resources:
      Inbox: {Type: AWS::SQS::Queue}
      To: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !ImportValue orders, Endpoint: !GetAtt Inbox.Arn}}
    """
    assert data(one, other)["queues"] == {"inbox": {"from": "orders"}}
    assert data(other)["topics"] == {"orders": {"existing": {"export": "orders"}}}
    assert data(other)["queues"] == {"inbox": {"from": "orders"}}
    assert [fault.code for fault in clashes([template(one, "a.yaml"), template(one, "b.yaml")])] == ["CFN003"]
    twice = template("Resources: {A: {Type: AWS::SQS::Queue}, A: {Type: AWS::SQS::Queue}}")
    assert [fault.message for fault in clashes([twice])] == ["'A' stands twice"]


def test_nested_templates_are_a_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "Resources: {Inbox: {Type: AWS::SQS::Queue, Properties: {Tags: 1}}}", encoding="utf-8"
    )
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}"
    text = f"Resources: {{Here: {stack % 'inner.yaml'}, There: {stack % 'https://example.org/x'}}}"
    found = import_templates([template(text, str(tmp_path / "outer.yaml"))], tmp_path).text
    assert yaml.safe_load(found)["queues"] == {"inbox": {}}
    told = " ".join(comments(found))
    assert "inner.yaml: Resources.Inbox.Properties.Tags:" in told
    assert "outer.yaml: Resources.There: AWS::CloudFormation::Stack:" in told
    assert "Resources.Here" not in told


def test_what_the_language_refuses_becomes_a_comment() -> None:
    text = """
    Resources:
      Orders: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
      Mail:
        Type: AWS::SNS::Subscription
        Properties: {Protocol: https, TopicArn: !Ref Orders, Endpoint: "https://example.org/ä"}
      Small: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 5}}
    """
    found = imported(text)
    assert yaml.safe_load(found)["queues"] == {"small": {}}
    assert "consumers" not in yaml.safe_load(found)
    assert "Resources.Small.Properties.MessageRetentionPeriod" in found


@pytest.mark.parametrize("name", TEMPLATES)
def test_our_own_output_can_be_read_as_a_topology(name: str, tmp_path: Path) -> None:
    source = EXAMPLES / name
    text = import_templates([template(source.read_text(encoding="utf-8"), str(source))], tmp_path).text
    (tmp_path / "topology.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "topology.yaml")
    assert loaded.diagnostics == []
    assert loaded.topology is not None


@given(st.lists(st.tuples(TYPES, st.dictionaries(KEYS, WORDS, max_size=6)), min_size=1, max_size=6))
@settings(max_examples=20)
def test_garbage_is_imported_without_an_exception(resources: list[tuple[str, dict[str, str]]]) -> None:
    lines = ["Resources:"]
    for number, (type_, properties) in enumerate(resources):
        own = ", ".join(f"{key}: {value}" for key, value in properties.items())
        lines.append(f"  {'ABDEFG'[number]}: {{Type: AWS::{type_}, Properties: {{{own}}}}}")
    several = [template("\n".join(lines))]
    made = import_templates(several, Path(), "shop")
    assert isinstance(yaml.safe_load(made.text), dict)
    assert compare(made, Path()).topology == "shop"


def test_what_a_role_allows_on_a_store_is_what_the_function_uses() -> None:
    text = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      OrdersTable: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}]}}
      FilesBucket: {Type: AWS::S3::Bucket}
      Role:
        Type: AWS::IAM::Role
        Properties:
          Policies:
            - PolicyName: a
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: ["dynamodb:Get*", "dynamodb:Query"], Resource: !GetAtt OrdersTable.Arn}
                  - {Effect: Allow, Action: "s3:*", Resource: "*"}
                  - {Effect: Deny, Action: "s3:*", Resource: !Sub "${FilesBucket.Arn}/*"}
      Reads: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
      Writes:
        Type: AWS::Serverless::Function
        Properties:
          Policies:
            - DynamoDBCrudPolicy: {TableName: !Ref OrdersTable}
            - S3WritePolicy: {BucketName: !Ref FilesBucket}
            - AWSLambdaBasicExecutionRole
    """
    assert data(text)["consumers"] == {
        "reads": {"uses": {"orders": "read"}},
        "writes": {"uses": {"files": "write", "orders": "read-write"}},
    }


LETTERS = """
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt OrdersDlq.Arn, maxReceiveCount: 3}}}
  OrdersDlq: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: a, OTHER}}
"""


def test_a_dead_letter_queue_is_written_where_it_serves_one_queue_alone() -> None:
    found = imported(LETTERS.replace("OTHER", "VisibilityTimeout: 60"))
    assert yaml.safe_load(found)["queues"] == {
        "orders": {"dlq": {"max_receives": 3, "visibility_timeout": "1m", "retention": "4d"}}
    }
    assert found.index("Resources.OrdersDlq.Properties.KmsMasterKeyId") < found.index("  orders: {dlq")
    others = [
        "DelaySeconds: 5",
        "FifoQueue: true",
        "RedrivePolicy: {deadLetterTargetArn: !GetAtt Orders.Arn, maxReceiveCount: 9}",
    ]
    for other in others:
        assert "orders-dlq:" in imported(LETTERS.replace("OTHER", other))


def test_what_the_cdk_makes_is_called_by_its_path() -> None:
    queue = '{"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "Shop/Intake/Orders/Resource"}}'
    assert data(f'{{"Resources": {{"IntakeOrders0A1B2C3D": {queue}}}}}')["queues"] == {"intake-orders": {}}


def test_whom_a_channel_admits_and_who_finds_it_by_an_export() -> None:
    text = """
    Parameters: {Partner: {Type: String}}
    Resources:
      OrdersQueue: {Type: AWS::SQS::Queue}
      ShopBus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
      Queues:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref OrdersQueue]
          PolicyDocument:
            Statement:
              - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${Partner}:root"}, Action: "sqs:SendMessage", Resource: "*"}
              - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "sqs:*", Resource: "*"}
              - {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}
              - {Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*"}
              - {Effect: Deny, Principal: "*", Action: "sqs:*", Condition: {Bool: {"aws:SecureTransport": "false"}}}
      Buses:
        Type: AWS::Events::EventBusPolicy
        Properties:
          EventBusName: !Ref ShopBus
          StatementId: a
          Statement:
            Effect: Allow
            Principal: {AWS: ["111122223333", "arn:aws:iam::444455556666:role/shop"]}
            Action: ["events:PutEvents", "events:PutRule"]
    Outputs: {Bus: {Value: !GetAtt ShopBus.Arn, Export: {Name: orders-bus}}}
    """
    found = imported(text)
    both = ["111122223333", "arn:aws:iam::444455556666:role/shop"]
    assert yaml.safe_load(found)["queues"] == {"orders": {"allow": {"publish": ["${param.Partner}"]}}}
    assert yaml.safe_load(found)["buses"] == {
        "shop": {
            "physical_name": "orders",
            "allow": {"publish": both, "subscribe": both},
            "export": {"stack": "orders-bus"},
        }
    }
    lost = [line.partition(": `")[0] for line in comments(found) if "not expressed" in line]
    assert lost[-1] == "not expressed: Resources.Queues.Properties.PolicyDocument.Statement[3]"


def test_where_a_function_may_send_is_told_and_nothing_made_up() -> None:
    text = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders: {Type: AWS::SNS::Topic}
      Failed: {Type: AWS::SQS::Queue}
      Work:
        Type: AWS::Serverless::Function
        Properties:
          DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
          Policies:
            - SNSPublishMessagePolicy: {TopicName: !GetAtt Orders.TopicName}
            - Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Failed.Arn}]
    """
    found = imported(text)
    assert "its role lets it send to topic 'orders': say in `publishes` what it sends there" in " ".join(
        comments(found)
    )
    assert yaml.safe_load(found)["consumers"] == {"work": {"async": {"on_failure": {"queue": "failed"}}}}
    assert "keep the logs of 1 function without an end" in found


ALARMS = """
Resources:
  AlertsTopic: {Type: AWS::SNS::Topic}
  OtherTopic: {Type: AWS::SNS::Topic}
  A: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref AlertsTopic]}}
  B: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref TOLD]}}
"""


def test_whom_all_alarms_tell_is_told_of_what_is_compiled() -> None:
    assert data(ALARMS.replace("TOLD", "AlertsTopic"))["alarms"] == {"notify": "alerts"}
    assert "alarms" not in data(ALARMS.replace("TOLD", "OtherTopic"))


def test_a_parameter_whose_name_the_compiler_needs_gets_another() -> None:
    text = """
    Parameters: {OrdersQueue: {Type: String}}
    Resources: {Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${OrdersQueue}-x"}}}
    """
    found = data(text)
    assert found["parameters"] == {"GivenOrdersQueue": {}}
    assert found["queues"] == {"orders": {"physical_name": "${param.GivenOrdersQueue}-x"}}
    assert "Parameter OrdersQueue is GivenOrdersQueue here" in imported(text)
    assert compare(import_templates([template(text)], Path()), Path()).pairs[0].differences == ()


@pytest.mark.parametrize(
    ("key", "route"), [("POST /jobs", ", `route: POST /jobs`"), ("ANY /jobs", ""), ("$default", "")]
)
def test_the_route_of_an_api_is_told_of_with_what_it_would_say(key: str, route: str) -> None:
    found = comments(
        imported(
            """
            Resources:
              Jobs: {Type: AWS::SQS::Queue}
              Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
              Sends:
                Type: AWS::ApiGatewayV2::Integration
                Properties: {IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage, RequestParameters: {QueueUrl: !Ref Jobs}}
              Route:
                Type: AWS::ApiGatewayV2::Route
                Properties: {ApiId: !Ref Api, RouteKey: KEY, Target: !Sub "integrations/${Sends}"}
            """.replace("KEY", key)
        )
    )
    advice = f"API route: write a producer with `type: api`{route}, that publishes to `jobs`"
    assert [line for line in found if advice in line]
