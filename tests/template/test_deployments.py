"""Conditions, several templates, nested ones, and input that is no template."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.cli import commands
from penstock.lint.templates import find
from penstock.pipeline import check, check_templates, is_template
from penstock.source.text import Source
from penstock.template.stacks import deployments, of_source, together
from tests.template.given import codes, drawn, findings, template, worlds

CONDITIONAL = """
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, stage, prod]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsStage: !Equals [!Ref Env, stage]
  IsBoth: !And [Condition: IsProd, Condition: IsStage]
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Prod: {Type: AWS::SQS::Queue, Condition: IsProd}
  Stage: {Type: AWS::SQS::Queue, Condition: IsStage}
  Both: {Type: AWS::SQS::Queue, Condition: IsBoth}
"""


def test_each_deployment_that_can_be_is_looked_at_and_none_that_cannot() -> None:
    assert [sorted(world.stacks[0].resources) for world in worlds(CONDITIONAL)] == [
        ["Orders"],
        ["Orders", "Stage"],
        ["Orders", "Prod"],
    ]


def test_a_condition_on_what_only_the_deployment_knows_goes_both_ways() -> None:
    text = """
    Parameters: {Name: {Type: String}}
    Conditions: {Named: !Not [!Equals [!Ref Name, '']]}
    Resources:
      Always: {Type: AWS::SQS::Queue}
      Named: {Type: AWS::SQS::Queue, Condition: Named}
    """
    assert sorted(len(world.stacks[0].resources) for world in worlds(text)) == [1, 2]


READER = """
Parameters: {Visible: {Type: Number}, Kept: {Type: Number}}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: VISIBLE, RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 60}}
  Reads:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Queue.Arn
      FunctionName: !Ref Function
      FunctionResponseTypes: [ReportBatchItemFailures]
"""


def test_a_number_that_is_not_known_silences_the_rules_that_need_it() -> None:
    assert codes(READER.replace("VISIBLE", "!Ref Visible")) == []
    assert codes(READER.replace("VISIBLE", "30")) == ["VIS001"]
    assert codes(READER.replace("VISIBLE", "120")) == ["VIS002"]
    assert codes(READER.replace("VISIBLE", "360")) == []


def test_two_numbers_that_are_not_known_are_not_taken_to_be_equal() -> None:
    text = READER.replace("VISIBLE", "360").replace("1209600", "!Ref Kept")
    assert codes(text.replace("VisibilityTimeout", "MessageRetentionPeriod: !Ref Kept, VisibilityTimeout")) == []


def test_a_finding_stands_in_the_template() -> None:
    (one,) = findings(READER.replace("VISIBLE", "30"))
    assert one.span.text == "VisibilityTimeout: 30"
    assert [label.span.text for label in one.related] == ["Timeout: 60"]
    assert "VisibilityTimeout" in (one.help or "")
    assert one.fix is None


def test_what_the_template_leaves_out_is_as_aws_has_it() -> None:
    topology = drawn(READER.replace("VisibilityTimeout: VISIBLE, ", ""))
    queue, function = topology.components["Queue"], topology.components["Function"]
    (delivery,) = function.deliveries
    assert [
        getattr(queue, key) for key in ("visibility_timeout", "retention", "delay", "receive_wait", "max_size")
    ] == [
        30,
        345_600,
        0,
        0,
        1 << 20,
    ]
    assert not queue.states("visibility_timeout")
    assert tuple(delivery.batch) == (10, 0, True)
    assert tuple(getattr(function, "invocations")) == (2, 21_600)  # noqa: B009 - of a kind that is not imported here


OWNER = """
Resources: {Orders: {Type: AWS::SNS::Topic}}
Outputs: {Orders: {Value: !Ref Orders, Export: {Name: orders-topic}}}
"""
USER = """
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Subscribes:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: sqs, TopicArn: !ImportValue orders-topic, Endpoint: !GetAtt Inbox.Arn}
"""


def test_templates_that_are_given_together_find_each_others_exports() -> None:
    (edge,) = drawn(OWNER, USER).connections
    assert (edge.source.name, edge.target.name) == ("Orders", "Inbox")
    assert drawn(USER).connections == ()


def test_templates_that_have_nothing_to_do_with_each_other_are_looked_at_alone() -> None:
    several = [template(text, f"{number}.yaml") for number, text in enumerate((OWNER, CONDITIONAL, USER))]
    assert [[one.path.name for one in group] for group in together(several)] == [["1.yaml"], ["0.yaml", "2.yaml"]]


def test_a_nested_template_gets_what_its_parent_hands_down(tmp_path: Path) -> None:
    inner = USER.replace("Resources:", "Parameters: {Topic: {Type: String}}\nResources:").replace(
        "!ImportValue orders-topic", "!Ref Topic"
    )
    (tmp_path / "inner.yaml").write_text(inner, encoding="utf-8")
    outer = tmp_path / "outer.yaml"
    nested = (
        "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Topic: !Ref Orders}}}"
    )
    outer.write_text(f"Resources:\n  Orders: {{Type: AWS::SNS::Topic}}\n  Inner: {nested}\n", encoding="utf-8")
    checked = check(outer)
    assert checked.topology is not None
    assert [(edge.source.name, edge.target.name) for edge in checked.topology.connections] == [("Orders", "Inbox")]
    assert [(one.code, Path(one.span.source.path).name) for one in checked.diagnostics] == [
        ("CFN010", "inner.yaml"),
        ("DLQ007", "inner.yaml"),
    ]
    both = check_templates([tmp_path / "inner.yaml", outer])
    assert [len(one.diagnostics) for one in both] == [0, 2]


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.yaml", "Resources: {}", True),
        ("a.yaml", "AWSTemplateFormatVersion: x", True),
        ("a.json", '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}', True),
        ("a.json", '{"properties": {"Resources": {}}}', False),
        ("topology.yaml", "penstock: 1\nname: x\n", False),
        ("a.txt", "Resources: {}", False),
    ],
)
def test_a_template_is_known_by_its_keys(tmp_path: Path, name: str, text: str, is_one: bool) -> None:  # noqa: FBT001
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert is_template(tmp_path / name) is is_one


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Resources: {}", "CFN001"),
        ("Resources: [1]", "CFN001"),
        ("[Resources]", "CFN001"),
        ("Resources:\n  A: {Type: [}", "SRC003"),
        ("Resources: &a {A: *a}", "SRC006"),
    ],
)
def test_what_is_no_template_is_a_fault(text: str, code: str) -> None:
    found, faults = of_source(Path("a.yaml"), Source("a.yaml", text))
    assert found is None
    assert [fault.code for fault in faults] == [code]


SAID = """
!Ref A;!Sub '${A.B}';!GetAtt [A];{Fn::If: [C]};!If C;!Select [x];{Ref: [1]};null;[];{};-1;!Join [1, 2];{Fn::Sub: {a: 1}};x
;!FindInMap [1];{Fn::ForEach::X: 1};!Split [1, 2];[1, {a: !Ref B}];{A: !GetAtt B.Arn};[{Arn: !Ref A, Protocol: sqs}]
"""
OF_TYPES = """
SQS::Queue SNS::Subscription Serverless::Function Events::Rule Lambda::EventSourceMapping Scheduler::Schedule Pipes::Pipe
SNS::Topic Serverless::StateMachine S3::Bucket DynamoDB::Table Lambda::EventInvokeConfig Events::EventBus
"""
WITH = """
Events Targets EventPattern RedrivePolicy FilterPolicy VisibilityTimeout Subscription TopicArn Timeout EventBusName Target
DeadLetterConfig Source EventSourceArn FunctionName NotificationConfiguration KeySchema Endpoint ScheduleExpression
"""
WORDS, TYPES, KEYS = (
    st.sampled_from(several) for several in (SAID.replace("\n", "").split(";"), OF_TYPES.split(), WITH.split())
)


@given(st.lists(st.tuples(TYPES, st.dictionaries(KEYS, WORDS, max_size=6)), min_size=1, max_size=6), WORDS)
@settings(max_examples=40)
def test_garbage_is_read_without_an_exception(resources: list[tuple[str, dict[str, str]]], condition: str) -> None:
    lines = [f"Conditions: {{C: {condition}}}", "Resources:"]
    for number, (type_, properties) in enumerate(resources):
        own = ", ".join(f"{key}: {value}" for key, value in properties.items())
        lines.append(f"  {'ABDEFG'[number]}: {{Type: AWS::{type_}, Properties: {{{own}}}}}")
    text = "\n".join(lines)
    assert isinstance(codes(text), list)
    assert list(deployments([template(text)]))


def test_a_template_of_too_many_values_is_refused(tmp_path: Path) -> None:
    numbers = ", ".join(map(str, range(80)))
    loops = "{x: 1}"
    for name in "CBA":
        loops = f"{{Fn::ForEach::{name}: [{name}, [{numbers}], {loops}]}}"
    path = tmp_path / "template.yaml"
    path.write_text(f"Resources: {{A: {{Type: AWS::SQS::Queue, Properties: {loops}}}}}", encoding="utf-8")
    assert [one.code for one in check(path).diagnostics] == ["CFN002"]


MAIL = """
  Alerts: {Type: AWS::SNS::Topic}
  Mail: {Type: AWS::SNS::Subscription, Properties: {Protocol: email, TopicArn: !Ref Alerts, Endpoint: me@example.org}}
"""


def test_formats_and_baseline_know_templates(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(CONDITIONAL + MAIL, encoding="utf-8")
    runner = CliRunner()
    assert runner.invoke(commands, ["lint", str(path), "--format", "json"]).exit_code == 1
    baseline = str(tmp_path / "baseline.json")
    assert runner.invoke(commands, ["lint", str(path), "--write-baseline", baseline]).exit_code == 0
    assert runner.invoke(commands, ["lint", str(path), "--baseline", baseline]).exit_code == 0
    assert runner.invoke(commands, ["lint", str(path), "--fix"]).exit_code == 1
    assert "2 templates" in runner.invoke(commands, ["lint", str(path), str(_copy(path))]).output
    refused = runner.invoke(commands, ["compile", str(path), "-o", str(tmp_path / "out")])
    assert (refused.exit_code, "makes a topology of it" in refused.output) == (2, True)


def _copy(path: Path) -> Path:
    copy = path.with_name("copy.yaml")
    copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return copy


SAFEGUARDS = """
Parameters: {Given: {Type: String}}
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Clicks: {Type: AWS::Kinesis::Stream}
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 20, QUEUE}}
  Function: {Type: AWS::Lambda::Function, Properties: {FUNCTION}}
  Reads:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Function, READS}
  Follows:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Clicks.Arn, FunctionName: !Ref Function, StartingPosition: LATEST, BatchSize: 1, FOLLOWS}
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: email, TopicArn: !Ref Orders, Endpoint: me@example.org, MAIL}
  Rule:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt Function.Arn, TARGET}]}
"""
BOUNDED = "MaximumRetryAttempts: 1, MaximumRecordAgeInSeconds: 60"
SAFE = {
    "QUEUE": ("RedrivePolicy", "DLQ001"),
    "FUNCTION": ("DeadLetterConfig", "RTY013"),
    "READS": ("FunctionResponseTypes", "LAM001"),
    "FOLLOWS": (f"{BOUNDED}, DestinationConfig", "RTY005"),
    "MAIL": ("RedrivePolicy", "DLQ007"),
    "TARGET": ("DeadLetterConfig", "DLQ007"),
}


def test_a_safeguard_that_only_the_deployment_knows_may_be_there() -> None:
    unknown, missing = SAFEGUARDS, SAFEGUARDS
    for place, (key, _) in SAFE.items():
        unknown = unknown.replace(place, f"{key}: !Ref Given")
        missing = missing.replace(place, BOUNDED if place == "FOLLOWS" else "")
    assert codes(unknown) == []
    assert {code for _, code in SAFE.values()} <= set(codes(missing))


def test_a_rule_that_may_be_switched_off_drops_nothing() -> None:
    text = SAFEGUARDS
    for place, (key, _) in SAFE.items():
        text = text.replace(place, "" if place in {"TARGET", "FUNCTION"} else f"{key}: !Ref Given")
    assert codes(text) == ["RTY013", "DLQ007"]
    assert codes(text.replace("EventPattern", "State: !Ref Given, EventPattern")) == []
    assert codes(text.replace("EventPattern", "State: DISABLED, EventPattern")) == []


NESTS = "Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: PLACE}}}"


@pytest.mark.parametrize(
    ("place", "found"), [("inner.yaml", []), ("nowhere.yaml", ["CFN027"]), ("https://a/b", ["CFN027"])]
)
def test_a_nested_stack_whose_template_is_not_here_is_said_to_be_unknown(
    place: str, found: list[str], tmp_path: Path
) -> None:
    (tmp_path / "inner.yaml").write_text("Resources: {Jobs: {Type: AWS::SQS::Queue}}")
    (tmp_path / "outer.yaml").write_text(NESTS.replace("PLACE", place))
    _, told = find([template(NESTS.replace("PLACE", place), str(tmp_path / "outer.yaml"))], lambda _: True)
    assert [one.code for one in told] == found
    assert check(tmp_path / "outer.yaml").diagnostics == []  # told in the profile `strict` alone
