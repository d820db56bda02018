"""Event patterns: what they match, whether they can match what a contract allows, and what AWS refuses in them.

The events and patterns are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
"""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.graph.patterns import matches, may_match, problems

Data = dict[str, Any]


@pytest.mark.parametrize(
    ("tests", "good", "bad"),
    [
        (["New York"], ["New York", ["x", "New York"]], ["new york", None, [], {"a": 1}]),
        ([""], [""], ["a", None]),
        ([None], [None], ["", 0, False]),
        ([True], [True], [1, "true", False]),
        ([300], [300, 300.0], ["300", True]),
        ([{"prefix": "us-"}], ["us-east-1"], ["eu-west-1", 5]),
        ([{"prefix": {"equals-ignore-case": "eventb"}}], ["EventBridge", "eventbridge"], ["event"]),
        ([{"suffix": ".png"}], ["a.png"], ["a.PNG"]),
        ([{"suffix": {"equals-ignore-case": ".png"}}], ["a.PNG"], ["a.jpg"]),
        ([{"equals-ignore-case": "alice"}], ["Alice", "ALICE"], ["Alicee"]),
        ([{"anything-but": "initializing"}], ["running", 5, None], ["initializing"]),
        ([{"anything-but": ["stopped", "overloaded"]}], ["running"], ["stopped", "overloaded"]),
        ([{"anything-but": [100, 200]}], [300, "100"], [100]),
        ([{"anything-but": {"prefix": "us-"}}], ["eu-west-1"], ["us-east-1"]),
        ([{"anything-but": {"suffix": [".png", ".jpg"]}}], ["a.txt"], ["a.jpg"]),
        ([{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}], ["running"], ["STOPPED"]),
        ([{"anything-but": {"wildcard": "*/lib/*"}}], ["/src/a"], ["/src/lib/a"]),
        ([{"numeric": [">", 0, "<=", 5]}], [1, 5, 0.5], [0, 6, "3", True]),
        ([{"numeric": ["=", 300]}], [300, 3.0e2], [301]),
        ([{"cidr": "10.0.0.0/24"}], ["10.0.0.255"], ["10.0.1.0", "x", 5]),
        ([{"cidr": "2001:db8::/32"}], ["2001:db8::1"], ["2001:db9::1"]),
        ([{"wildcard": "dir/*.png"}], ["dir/a.png", "dir/b/c.png"], ["dir/a.pngx", "x/dir/a.png"]),
        ([{"wildcard": r"a\*b"}], ["a*b"], ["axb"]),
        ([{"exists": True}], ["x", None, 0], [{"a": 1}]),
        ([{"exists": False}], [{"a": 1}], ["x", None]),
        (["a", {"prefix": "b"}], ["a", "bc"], ["c"]),
    ],
)
def test_operators(tests: list[object], good: list[object], bad: list[object]) -> None:
    pattern = {"detail": {"x": tests}}
    assert not list(problems(pattern))
    assert [value for value in good if not matches(pattern, {"detail": {"x": value}})] == []
    assert [value for value in bad if matches(pattern, {"detail": {"x": value}})] == []
    assert all(may_match(pattern, [_event({"const": value})], {}) for value in good)
    scalars = [value for value in bad if not isinstance(value, dict | list)]
    assert not any(may_match(pattern, [_event({"const": value})], {}) for value in scalars)


def _event(schema: Data) -> Data:
    detail = {"required": ["x"], "properties": {"x": schema}, "additionalProperties": False}
    return {"required": ["detail"], "properties": {"detail": detail}, "additionalProperties": False}


def test_fields_that_are_not_there() -> None:
    assert matches({"detail": {"x": [{"exists": False}]}}, {"detail": {}})
    assert matches({"detail": {"x": {"y": [{"exists": False}]}}}, {"detail": {}})
    assert not matches({"detail": {"x": [{"anything-but": "a"}]}}, {"detail": {}})


def test_all_fields_must_match_and_one_of_an_or() -> None:
    pattern = {"source": ["a"], "$or": [{"x": [1]}, {"y": {"z": [2]}}]}
    assert matches(pattern, {"source": "a", "x": 1})
    assert matches(pattern, {"source": "a", "x": 5, "y": {"z": 2}})
    assert not matches(pattern, {"source": "a", "x": 5})
    assert not matches(pattern, {"source": "b", "x": 1})


def test_a_list_of_mappings_matches_by_any() -> None:
    assert matches({"lines": {"sku": ["b"]}}, {"lines": [{"sku": "a"}, {"sku": "b"}]}) is True


@pytest.mark.parametrize(
    ("schema", "tests", "may"),
    [
        ({"type": "string"}, [5], False),
        ({"type": "string"}, [None], False),
        ({"type": ["string", "null"]}, [None], True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, [None], True),
        ({"type": "string"}, ["anything"], True),
        ({"type": "integer"}, [{"prefix": "a"}], False),
        ({"type": "integer"}, [{"numeric": [">", 5]}], True),
        ({"type": "number"}, ["5", {"suffix": "x"}], False),
        ({"type": "boolean"}, [{"anything-but": True}], True),
        ({"enum": ["eu", "us"]}, [{"prefix": "a"}, "asia"], False),
        ({"enum": ["eu", "us"]}, [{"anything-but": ["eu", "us"]}], False),
        ({"enum": ["eu", "us"]}, [{"anything-but": ["eu"]}], True),
        ({"enum": ["eu"]}, [{"exists": False}], False),
        ({"type": "array", "items": {"type": "string"}}, ["a"], True),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, [5], True),
        ({"$ref": "#/$defs/Region"}, ["asia"], False),
        ({"allOf": [{"type": "string"}, {"enum": ["a", 5]}]}, [{"numeric": [">", 1]}], True),
        ({}, ["anything"], True),
        ({"type": "object"}, ["a"], True),
    ],
)
def test_what_a_contract_lets_match(schema: Data, tests: list[object], may: bool) -> None:  # noqa: FBT001 - expected
    root = {"$defs": {"Region": {"enum": ["eu"]}}}
    assert may_match({"detail": {"x": tests}}, [_event(schema)], root) is may


def test_a_field_that_the_contract_leaves_open_may_be_there() -> None:
    assert may_match({"y": ["a"]}, [{"properties": {"x": {}}}], {})
    assert may_match({"y": {"z": ["a"]}}, [{"properties": {"x": {}}}], {})
    assert not may_match({"y": ["a"]}, [{"properties": {"x": {}}, "additionalProperties": False}], {})
    assert not may_match({"x": {"y": ["a"]}}, [{"properties": {"x": {"type": "string"}}}], {})
    assert may_match({"x": {"y": [{"exists": False}]}}, [{"properties": {"x": {"type": "string"}}}], {})


VALUES = st.sampled_from(["a", "ab", "b", "", 1, 2.5, True, None])
TESTS = st.lists(
    VALUES
    | st.sampled_from(
        [
            {"prefix": "a"},
            {"suffix": "b"},
            {"anything-but": ["a", 1]},
            {"numeric": [">", 1]},
            {"exists": True},
            {"exists": False},
            {"wildcard": "a*"},
            {"equals-ignore-case": "A"},
        ]
    ),
    min_size=1,
    max_size=3,
)
LEAVES = st.sampled_from(
    [{}, {"type": "string"}, {"type": "integer"}, {"type": ["number", "null"]}, {"enum": ["a", 1]}, {"const": True}]
)
OBJECTS = st.builds(
    lambda properties, required, closed: {
        "type": "object",
        "properties": properties,
        "required": [name for name in required if name in properties],
        **({"additionalProperties": False} if closed else {}),
    },
    st.dictionaries(st.sampled_from("xyz"), LEAVES),
    st.lists(st.sampled_from("xyz"), unique=True),
    st.booleans(),
)


@given(
    OBJECTS, st.dictionaries(st.sampled_from("xyz"), VALUES), st.dictionaries(st.sampled_from("xyz"), TESTS, min_size=1)
)
def test_what_surely_never_matches_does_not(schema: Data, event: Data, pattern: Data) -> None:
    if jsonschema_rs.is_valid(schema, event) and matches(pattern, event):
        assert may_match(pattern, [schema], schema), json.dumps([schema, event, pattern])


@pytest.mark.parametrize(
    ("pattern", "route", "words"),
    [
        ({"source": "shop"}, ("source",), "what 'source' may be is a list of values, or a mapping of fields"),
        ({"source": []}, ("source",), "what 'source' may be is a list of values, or a mapping of fields"),
        ({"detail": {}}, ("detail",), "a pattern is a mapping of fields"),
        ({"a": [{"prefix": "a", "suffix": "b"}]}, ("a", 0), "an operator stands alone in its mapping"),
        ({"a": [["x"]]}, ("a", 0), "an item of the list is a value or an operator, not a list"),
        ({"a": ["x", {"exists": "yes"}]}, ("a", 1), "'exists' cannot be used with 'yes'"),
        ({"a": [{"numeric": [">", "5"]}]}, ("a", 0), "'numeric' cannot be used with ['>', '5']"),
        ({"a": [{"numeric": ["!", 5]}]}, ("a", 0), "'numeric' cannot be used with ['!', 5]"),
        ({"a": [{"cidr": "10.0.0.0/99"}]}, ("a", 0), "'cidr' cannot be used with '10.0.0.0/99'"),
        ({"a": [{"prefix": {"wildcard": "x"}}]}, ("a", 0), "'prefix' cannot be used with {'wildcard': 'x'}"),
        (
            {"a": [{"anything-but": {"numeric": ["=", 1]}}]},
            ("a", 0),
            "'anything-but' cannot be used with {'numeric': ['=', 1]}",
        ),
        (
            {"$or": [{"a": [1]}, {"b": 2}]},
            ("$or", 1, "b"),
            "what 'b' may be is a list of values, or a mapping of fields",
        ),
    ],
)
def test_what_aws_refuses(pattern: Data, route: tuple[str | int, ...], words: str) -> None:
    assert list(problems(pattern)) == [(route, words)]


def test_an_unknown_operator_is_told_with_those_there_are() -> None:
    ((route, words),) = problems({"a": {"b": [{"starts-with": "x"}]}})
    assert route == ("a", "b", 0)
    assert words.startswith("'starts-with' is no operator; there are prefix, suffix, ")


def test_attributes_have_no_fields() -> None:
    assert list(problems({"a": {"b": ["c"]}}, nested=False)) == [(("a",), "what 'a' may be is a list of values")]
