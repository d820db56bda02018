"""The template's text: short forms, readable, and exactly the plan when it is read back."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penstock.emit.cloudformation import template
from penstock.model.origin import Place
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Parameter, Resource
from penstock.plan.values import GetAtt, Ref, Sub
from tests.templates import read
from tests.topologies import example as topology_example

HERE: Place = topology_example("orders").at()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text("a \n'\":#{}$-|>\t\\", max_size=200)
LEAVES = (
    TEXT
    | st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.floats(0, 1e6, allow_nan=False)
    | st.sampled_from(
        [
            Ref("Queue"),
            Ref("AWS::Region"),
            GetAtt("Queue", "Arn"),
            Sub("a: ${Queue.Arn} #{x}"),
            Sub("${AWS::StackName}-x"),
        ]
    )
    | st.builds(Sub, TEXT)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(bool), inner, max_size=3),
    max_leaves=12,
)


def text_of(value: object) -> str:
    plan = Plan("A plan")
    plan.add(Resource("Thing", "AWS::Some::Thing", {"Value": value}, HERE))
    plan.add(Resource("Thing2", "AWS::Some::Thing", {}, HERE))
    return template(plan)


def back(text: str) -> object:
    value: object = read(text)["Resources"]["Thing"]["Properties"]["Value"]
    return value


@given(VALUES)
@example("a\u2028b\nc")
@example("a\x85b\n\n c")
@example(["  lead\n\nand trail  \n", {"k": "x\n  y\n"}])
@example({"k": [["\n"], "\n\n", " \n", "x\r\ny"]})
@example("\ufeff")
@example("\n")
@example("x\n\n")
@example("x\n")
@example("\u2028\n")
@example({"00": [], "0": "\n"})
@example(Sub("\x85"))
def test_what_is_read_back_is_the_plan(value: object) -> None:
    assert back(text_of(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "No",
        "on",
        "off",
        "true",
        "null",
        "~",
        "",
        " ",
        "0123",
        "0o17",
        "089999999999",
        "1e3",
        "1_000",
        "12:30:45",
        ".5",
        "-",
        "- a",
        "=",
        "<<",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "? a",
        "a: b",
        "a #b",
        "{a}",
        "[a]",
        "${x}",
        "!Ref x",
        "2012-10-17",
        "é",
        "日本",
        "😀",
        "'",
        '"',
    ],
)
def test_hostile_text_stays_text(text: str) -> None:
    assert back(text_of(text)) == text
    assert back(text_of({text: text})) == {text: text}


@pytest.mark.parametrize(
    "text", ["089999999999", "1e3", "0o17", "0x1F", "1_000", "12:30", "+1", ".5", "2012-10-17", "111122223333"]
)
def test_text_that_looks_like_a_number_is_quoted(text: str) -> None:
    assert f"Value: '{text}'" in text_of(text)


def test_intrinsics_have_their_short_forms() -> None:
    written = text_of([Ref("Queue"), GetAtt("Queue", "Arn"), Sub("x-${Queue}"), Ref("AWS::AccountId"), Sub("a: b")])
    assert written.partition("Value:\n")[2].startswith(
        "      - !Ref Queue\n      - !GetAtt Queue.Arn\n      - !Sub x-${Queue}\n      - !Ref AWS::AccountId\n      - !Sub 'a: b'\n"
    )


def test_text_of_several_lines_stands_in_lines() -> None:
    assert "      Value: |-\n        first\n        second\n" in text_of("first\nsecond")


def test_equal_values_stand_where_they_are() -> None:
    shared = {"a": [1]}
    assert not re.search(r"[&*]id\d", text_of([shared, shared]))


def test_the_parts_of_a_template() -> None:
    plan = Plan("A plan")
    plan.add(Resource("B", "AWS::Some::Thing", {}, HERE))
    plan.add(Resource("A", "AWS::Some::Thing", {"X": 1}, HERE))
    plan.parameter(Parameter("P", "String", "x", "A parameter"))
    plan.output(Output("O", Ref("A"), "An output"))
    assert template(plan) == (
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Description: A plan\n"
        "\n"
        "Parameters:\n"
        "  P:\n"
        "    Type: String\n"
        "    Default: x\n"
        "    Description: A parameter\n"
        "\n"
        "Resources:\n"
        "  A:\n"
        "    Type: AWS::Some::Thing\n"
        "    Properties:\n"
        "      X: 1\n"
        "\n"
        "  B:\n"
        "    Type: AWS::Some::Thing\n"
        "\n"
        "Outputs:\n"
        "  O:\n"
        "    Description: An output\n"
        "    Value: !Ref A\n"
    )
