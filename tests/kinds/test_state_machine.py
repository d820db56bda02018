"""What of a definition that was written elsewhere AWS or this compiler cannot take, and where that is told."""

import json
from pathlib import Path

import pytest

from penstock.diagnostics import Diagnostic
from penstock.kinds.build import build
from penstock.source.schema_file import SchemaFiles
from tests.topologies import complete, document_of

HEAD = """
consumers: {charge: {}}
queues: {asked: {}, ordered: {fifo: {deduplication: content}}}
buses: {shop: {}}
sagas:
  sell:
    type: state-machine
    definition: """
TELLS = "MessageAttributes: {message: {DataType: String, StringValue: OrderPlaced}}"
TELLS_ELSE = TELLS.replace("Order", "Odrer")
SQS = 'Resource: "arn:aws:states:::sqs:sendMessage"'


def faults(definition: str, home: Path = Path()) -> list[Diagnostic]:
    """The faults of a topology with a state machine of this definition."""
    return build(document_of(complete(HEAD + definition + "\n")), SchemaFiles(home)).faults


@pytest.mark.parametrize(
    ("definition", "code", "marked", "message"),
    [
        ("{}", "REF080", "definition: {}", "has no `States`"),
        (
            "{StartAt: B, States: {A: {Type: Succeed}}}",
            "REF080",
            "StartAt: B",
            "begins with state 'B', which is not there",
        ),
        (
            "{States: {A: {Type: Succeed}}}",
            "REF080",
            "definition: {States: {A: {Type: Succeed}}}",
            "begins with no state",
        ),
        (
            "{StartAt: A, States: {A: {Type: Sleep}}}",
            "REF080",
            "A: {Type: Sleep}",
            "state 'A' is none that Step Functions has",
        ),
        ("{StartAt: A, States: {A: [1]}}", "REF080", "A: [1]", "state 'A' is none"),
        ("{StartAt: A, States: {A: {Type: Pass}}}", "REF080", "A: {Type: Pass}", "does not say what follows"),
        (
            "{StartAt: A, States: {A: {Type: Pass, Next: B}}}",
            "REF080",
            "Next: B",
            "goes on behind state 'A' with state 'B'",
        ),
        (
            "{StartAt: A, States: {A: {Type: Choice, Choices: []}}}",
            "REF080",
            "A: {Type: Choice, Choices: []}",
            "nothing to choose",
        ),
        (
            "{StartAt: A, States: {A: {Type: Choice, Choices: [{Next: B}], Default: A}}}",
            *("REF080", "{Next: B}", "goes on behind state 'A' with state 'B'"),
        ),
        (
            "{StartAt: A, States: {A: {Type: Parallel, End: true}}}",
            "REF080",
            "A: {Type: Parallel, End: true}",
            "what runs in it",
        ),
        (
            "{StartAt: A, States: {A: {Type: Map, ItemProcessor: {StartAt: A, States: {A: {Type: Succeed}}}, End: true}}}",
            *("REF080", "A: {Type: Succeed}", "two states have the name 'A'"),
        ),
        (
            '{StartAt: A, States: {A: {Type: Task, Resource: "arn:aws:states:::dynamodb:putItem", End: true}}}',
            *(
                "REF080",
                'Resource: "arn:aws:states:::dynamodb:putItem"',
                "calls 'dynamodb:putItem', for which the role",
            ),
        ),
        (
            '{StartAt: A, States: {A: {Type: Task, Resource: "arn:aws:lambda:eu-central-1:111122223333:function:x", End: true}}}',
            *("REF080", 'Resource: "arn:aws:lambda:eu-central-1:111122223333:function:x"', "does not call a component"),
        ),
        (
            f"{{StartAt: A, States: {{A: {{Type: Task, {SQS}, Parameters: {{QueueUrl.$: $.q, {TELLS}}}, End: true}}}}}}",
            *("REF080", f"Parameters: {{QueueUrl.$: $.q, {TELLS}}}", "does not call a component"),
        ),
        (
            f"{{StartAt: A, States: {{A: {{Type: Task, {SQS}, Parameters: {{QueueUrl: asked}}, End: true}}}}}}",
            *("REF080", "Parameters: {QueueUrl: asked}", "does not say which message it sends"),
        ),
        (
            f"{{StartAt: A, States: {{A: {{Type: Task, {SQS}, Parameters: {{QueueUrl: ordered, {TELLS}}}, End: true}}}}}}",
            *("REF080", "QueueUrl: ordered", "sends to queue 'ordered', which takes no message without a group"),
        ),
        (
            "{StartAt: A, States: {A: {Type: Succeed}, B: {Type: Succeed}}}",
            *("REF080", "B: {Type: Succeed}", "nothing leads to state 'B'"),
        ),
        (
            "{StartAt: A, States: {A: {Type: Task, Resource: chargee, End: true}}}",
            "REF001",
            "Resource: chargee",
            "'chargee'",
        ),
        (
            "{StartAt: A, States: {A: {Type: Task, Resource: asked, End: true}}}",
            "REF003",
            "Resource: asked",
            "is a queue",
        ),
        (
            f"{{StartAt: A, States: {{A: {{Type: Task, {SQS}, Parameters: {{QueueUrl: askd, {TELLS}}}, End: true}}}}}}",
            *("REF001", "QueueUrl: askd", "'askd'"),
        ),
        (
            f"{{StartAt: A, States: {{A: {{Type: Task, {SQS}, Parameters: {{QueueUrl: asked, {TELLS_ELSE}}}, End: true}}}}}}",
            *("REF005", TELLS_ELSE, "no message is named 'OdrerPlaced'"),
        ),
        (
            "{StartAt: A, States: {A: {Type: Pass, Result: '${nowhere}', End: true}}}",
            *("REF001", "Result: '${nowhere}'", "nothing is named 'nowhere'"),
        ),
    ],
)
def test_a_definition_that_cannot_be(definition: str, code: str, marked: str, message: str) -> None:
    (fault,) = faults(definition)
    assert (fault.code, fault.span.text) == (code, marked)
    assert message in fault.message


def test_a_fault_in_a_file_is_told_there(tmp_path: Path) -> None:
    state = {"Type": "Task", "Resource": "chargee", "End": True}
    (tmp_path / "sell.asl.json").write_text(
        json.dumps({"StartAt": "A", "States": {"A": state}}, indent=1), encoding="utf-8"
    )
    (fault,) = faults("sell.asl.json", tmp_path)
    assert (fault.code, fault.span.text, fault.help) == ("REF001", '"Resource": "chargee"', "did you mean 'charge'?")
    assert fault.span.source.path.endswith("sell.asl.json")


def test_a_file_may_be_yaml(tmp_path: Path) -> None:
    (tmp_path / "sell.asl.yaml").write_text("StartAt: A\nStates: {A: {Type: Succeed}}\n", encoding="utf-8")
    assert faults("sell.asl.yaml", tmp_path) == []


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        (None, "definition: sell.json", "the definition of saga 'sell' cannot be used"),
        ("[1]", "[", "holds no JSON object"),
        ("{", "", "this is not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_fault(tmp_path: Path, text: str | None, marked: str, message: str) -> None:
    if text is not None:
        (tmp_path / "sell.json").write_text(text, encoding="utf-8")
    (fault,) = faults("sell.json", tmp_path)
    assert (fault.code, fault.span.text) == ("REF008", marked)
    assert message in fault.message
