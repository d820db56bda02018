"""What the rules for sagas say of the state machines of templates, and where."""

import subprocess
import sys
from pathlib import Path

import pytest

from penstock.kinds import Saga
from penstock.lint.templates import find
from penstock.pipeline import check_templates
from tests.template.given import advice, codes, drawn, findings, template

HEAD = """
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {Timeout: 60}}
  ByHand: {Type: AWS::StepFunctions::Activity, Properties: {Name: by-hand}}
  Jobs: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !Ref Elsewhere, maxReceiveCount: 5}}}
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
"""
RETRY = "Retry: [{ErrorEquals: [States.ALL], MaxDelaySeconds: 60}]"
SOUND = f"Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, {RETRY}"
WAITS = "Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Parameters: {QueueUrl: !Ref Jobs}"


def machine(*states: str, more: str = "", properties: str = "") -> str:
    """A template with a machine that has these states, beside one that ends it."""
    said = ", ".join(f"S{number}: {{{state}, Next: Done}}" for number, state in enumerate(states))
    end = f"      Definition: {{StartAt: S0, {more} States: {{{said}, Done: {{Type: Succeed}}}}}}\n"
    return HEAD + properties + end


def task(said: str, **options: str) -> str:
    """A template with a machine that has one task."""
    return machine(f"Type: Task, {said}", **options)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (f"Resource: !GetAtt Work.Arn, {RETRY}", "SAG008"),
        (f"Resource: 'arn:aws:states:::lambda:invoke', Parameters: {{FunctionName: !Ref Work}}, {RETRY}", "SAG008"),
        (f"Resource: 'arn:aws:lambda:eu-west-1:1:function:other', {RETRY}", "SAG008"),
        ("Resource: 'arn:aws:states:::glue:startJobRun.sync', Parameters: {JobName: a}", "SAG008"),
        ("Resource: 'arn:aws:states:eu-west-1:1:activity:by-hand'", "SAG008"),
        ("Resource: !Ref ByHand", "SAG008"),
        ("Resource: !GetAtt Work.Arn, TimeoutSeconds: 90", "SAG030"),
        (f"Resource: !GetAtt Work.Arn, TimeoutSeconds: 30, {RETRY}", "SAG025"),
        (f"{SOUND}, HeartbeatSeconds: 90", "SAG010"),
        (f"{SOUND}, Catch: [{{ErrorEquals: [States.TaskFailed], ResultPath: $.e, Next: Done}}]", "SAG004"),
        (f"{SOUND}, Catch: [{{ErrorEquals: [Lambda.Timeout], ResultPath: $.e, Next: Done}}]", "SAG029"),
        (
            "Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 30}]",
            "SAG028",
        ),
        (WAITS, "SAG009"),
    ],
)
def test_a_state_is_held_against_the_rules_for_written_ones(said: str, code: str) -> None:
    (one,) = findings(task(said))
    assert (one.code, "'S0' of state machine 'Flow'" in one.message) == (code, True)


@pytest.mark.parametrize(
    "said",
    [
        SOUND,
        f"Resource: !Ref Unsaid, {RETRY}",
        "Resource: !Sub '${Unsaid}:states:::lambda:invoke'",
        "Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl: !Ref Jobs}",
        "Resource: !GetAtt Work.Arn, TimeoutSeconds: !Ref Unsaid, Retry: !Ref Unsaid",
        "Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, Retry: [!Ref Unsaid]",
        "Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, Retry: [{ErrorEquals: [!Ref Unsaid]}]",
        "Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, Retry: [{ErrorEquals: !Ref Unsaid}]",
        (
            "Resource: !GetAtt Work.Arn, TimeoutSeconds: 90,"
            " Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 30, MaxDelaySeconds: !Ref Unsaid}]"
        ),
        f"{SOUND}, Catch: !Ref Unsaid",
        f"{SOUND}, Catch: [{{ErrorEquals: [States.ALL, !Ref Unsaid], Next: Done}}]",
        f"{WAITS}, HeartbeatSeconds: 60",
        f"{WAITS}, TimeoutSeconds.$: $.limit".replace(".$", "Path"),
    ],
)
def test_what_is_bounded_or_not_known_is_let_be(said: str) -> None:
    assert codes(task(said)) == []


def test_the_timeout_of_the_whole_bounds_its_states_too() -> None:
    several = [f"Type: Task, {WAITS}", f"Type: Task, Resource: !GetAtt Work.Arn, {RETRY}"]
    assert codes(machine(*several, more="TimeoutSeconds: 3600,")) == []
    assert codes(machine(*several)) == ["SAG009", "SAG008"]


@pytest.mark.parametrize(
    ("said", "awaited"),
    [
        (WAITS, "a callback"),
        ("Resource: 'arn:aws:states:::glue:startJobRun.sync'", "the end of what it starts"),
        ("Resource: 'arn:aws:states:eu-west-1:1:activity:by-hand'", "a worker"),
    ],
)
def test_an_express_machine_waits_for_nothing(said: str, awaited: str) -> None:
    (one,) = findings(task(said, properties="      StateMachineType: EXPRESS\n"))
    assert (one.code, f"waits for {awaited}" in one.message) == ("SAG011", True)


@pytest.mark.parametrize(
    ("said", "found"),
    [(f"Type: Task, {WAITS}", ["SAG011"]), (f"Type: Task, Resource: !GetAtt Work.Arn, {RETRY}", [])],
)
def test_the_items_of_a_map_may_be_express_workflows(said: str, found: list[str]) -> None:
    processor = f"{{ProcessorConfig: {{Mode: DISTRIBUTED, ExecutionType: EXPRESS}}, StartAt: A, States: {{A: {{{said}, End: true}}}}}}"
    assert codes(machine(f"Type: Map, ItemProcessor: {processor}")) == found
    assert codes(machine(f"Type: Map, ItemProcessor: {processor.replace('EXPRESS', 'STANDARD')}")) != found


def test_what_only_hands_a_function_its_work_may_end_before_it() -> None:
    invokes = "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref Work, InvocationType: KIND}"
    said = f"{invokes}, TimeoutSeconds: 10, {RETRY}"
    assert codes(task(said.replace("KIND", "Event"))) == []
    assert codes(task(said.replace("KIND", "RequestResponse"))) == ["SAG025"]


def test_a_machine_of_a_type_that_is_not_known_is_let_be() -> None:
    assert codes(task(WAITS, properties="      StateMachineType: !Ref Unsaid\n")) == []


def test_a_state_around_may_try_again() -> None:
    inner = "{StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Work.Arn, TimeoutSeconds: 90, End: true}}}"
    assert codes(machine(f"Type: Map, ItemProcessor: {inner}")) == ["SAG030"]
    assert codes(machine(f"Type: Map, ItemProcessor: {inner}, {RETRY}")) == []


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        ("Type: Pass, Parameters: {order.$: $.order}", ["SAG005"]),
        ("Type: Pass, Parameters: {told: {why.$: $.Cause, all.$: $}}", []),
        ("Type: Pass, InputPath: $.Cause, Parameters: {order.$: $.order}", []),
        ("Type: Pass", []),
    ],
)
def test_a_catcher_that_loses_data_is_told_of_where_somebody_wants_them(handler: str, found: list[str]) -> None:
    caught = f"Type: Task, {SOUND}, Catch: [{{ErrorEquals: [Refused], Next: S1}}]"
    assert codes(machine(caught, handler)) == found


def test_a_result_that_is_too_large_is_told_of_where_all_is_caught_to_be_handled() -> None:
    caught = f"Type: Task, {SOUND}, Catch: [{{ErrorEquals: [States.ALL], ResultPath: $.e, Next: S1}}]"
    assert codes(machine(caught, "Type: Pass")) == ["SAG003"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (f"{WAITS}, TimeoutSeconds: 60", []),
        ("Resource: !Ref Unsaid", []),
        ("Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {TableName: a}", []),
        ("Resource: 'arn:aws:states:::aws-sdk:dynamodb:query', Parameters: {TableName: a}", ["SAG003"]),
    ],
)
def test_a_result_that_cannot_be_too_large_is_let_be(said: str, found: list[str]) -> None:
    caught = f"Type: Task, {said}, Catch: [{{ErrorEquals: [States.ALL], ResultPath: $.e, Next: S1}}]"
    assert codes(machine(caught, "Type: Pass")) == found


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        ("Definition: {States: {A: {Type: Succeed}}}", ["SAG008"]),
        ("Definition: {TimeoutSeconds: 60, States: {A: {Type: Succeed}}}", []),
        ("StateMachineType: EXPRESS, Definition: {States: {A: {Type: Succeed}}}", []),
        ("DefinitionS3Location: {Bucket: a, Key: b}", []),
    ],
)
def test_another_execution_may_have_a_deadline_of_its_own(inner: str, found: list[str]) -> None:
    starts = "Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: {StateMachineArn: !Ref Inner}"
    called = f"  Inner: {{Type: AWS::StepFunctions::StateMachine, Properties: {{{inner}}}}}\n"
    assert [code for code in codes(task(starts) + called) if code != "CFN027"] == found


def test_those_who_ask_hear_of_a_deadline_past_catchers() -> None:
    caught = f"Type: Task, {SOUND}, Catch: [{{ErrorEquals: [Refused], ResultPath: $.e, Next: Done}}]"
    assert "SAG031" in advice(machine(caught, more="TimeoutSeconds: 60,"))


TEXT = """
      DefinitionString:
        Fn::Sub: |
          {
            "StartAt": "Ask",
            "States": {
              "Ask": {
                "Type": "Task",
                "Resource": "arn:${AWS::Partition}:states:::sqs:sendMessage.waitForTaskToken",
                "End": true
              }
            }
          }
"""


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("DefinitionString:\n        Fn::Sub: |", "DefinitionString: !Sub |"),
        TEXT.replace("Fn::Sub: |", "Fn::Sub:\n        - |").replace("          {\n", "          {\n", 1)
        + "        - {}\n",
    ],
)
def test_a_state_in_a_block_of_text_is_found_at_its_line(text: str) -> None:
    (one,) = findings(HEAD + text.lstrip("\n"))
    assert (one.code, one.span.text.partition("$")[0]) == ("SAG009", '"Resource": "arn:')


def test_a_state_in_a_text_on_one_line_is_found_at_the_text() -> None:
    said = '{"States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true}}}'
    (one,) = findings(HEAD + f"      DefinitionString: '{said}'\n")
    assert (one.code, one.span.text.partition(":")[0]) == ("SAG009", "DefinitionString")


FILE = "StartAt: Ask\nStates:\n  Ask:\n    Type: Task\n    Resource: arn:aws:states:::sns:publish.waitForTaskToken\n    End: true\n"


def test_a_machine_accepts_what_is_found_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FILE)
    said = HEAD.replace("StepFunctions", "Serverless") + "      DefinitionUri: flow.yaml\n"
    path = tmp_path / "template.yaml"
    path.write_text(said)
    (checked,) = check_templates([path])
    (one,) = checked.diagnostics
    assert (one.code, Path(one.span.source.path).name, one.span.begin.line) == ("SAG009", "flow.yaml", 5)
    _, found = find([template(said + "    Metadata: {penstock: {ignore: [SAG009]}}\n", str(path))], lambda _: False)
    assert found == []


def test_what_a_machine_calls_and_sends_to_are_its_hops() -> None:
    inner = (
        "  Inner: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {A: {Type: Succeed}}}}}\n"
    )
    starts = "Resource: 'arn:aws:states:::states:startExecution', Parameters: {StateMachineArn: !Ref Inner}"
    topology = drawn(
        machine(f"Type: Task, {SOUND}", f"Type: Task, {WAITS}", f"Type: Task, {WAITS}", f"Type: Task, {starts}") + inner
    )
    assert [(str(one.source), str(one.target)) for one in topology.connections] == [
        ("saga 'Flow'", "queue 'Jobs'"),
        ("saga 'Flow'", "function 'Work'"),
        ("saga 'Flow'", "saga 'Inner'"),
    ]


def test_a_machine_whose_definition_is_not_known_is_no_component() -> None:
    assert list(drawn(HEAD + "      DefinitionS3Location: {Bucket: a, Key: b}\n").of(Saga)) == []


@pytest.mark.slow
def test_a_template_without_machines_needs_nothing_of_sagas(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("Resources:\n  Jobs: {Type: AWS::SQS::Queue}\n")
    code = (
        "import sys; from pathlib import Path; from penstock.pipeline import check_templates;"
        f"check_templates([Path({str(tmp_path / 'template.yaml')!r})]);"
        "print([one for one in sys.modules if 'saga' in one or one.startswith('penstock.asl')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "[]\n"
