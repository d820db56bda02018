"""What API Gateway checks of a contract: all that draft 4 can say, and nothing that would refuse what the contract allows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from penstock.kinds.request_models import DRAFT, request_model


def model(schema: object) -> dict[str, Any]:
    made = request_model(schema).schema
    Draft4Validator.check_schema(made)
    assert made.pop("$schema") == DRAFT
    return made


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        (True, {}),
        (False, {"not": {}}),
        ({"type": "object", "title": "T", "description": "d", "$id": "x", "format": "uuid"}, {"type": "object"}),
        ({"type": "integer"}, {"type": "number", "multipleOf": 1}),
        ({"type": ["integer", "null"]}, {"type": ["number", "null"], "multipleOf": 1}),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({"type": "integer", "multipleOf": 5}, {"type": "number", "multipleOf": 5, "allOf": [{"multipleOf": 1}]}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"enum": ["a", "a", 1, True]}, {"enum": ["a", 1, True]}),
        ({"enum": []}, {"not": {}}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        ({"minimum": 1, "exclusiveMinimum": 0}, {"minimum": 1}),
        ({"maximum": 9, "exclusiveMaximum": 9}, {"maximum": 9, "exclusiveMaximum": True}),
        ({"required": []}, {}),
        ({"prefixItems": [{"type": "null"}], "items": False}, {"items": [{"type": "null"}], "additionalItems": False}),
        ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": {"required": ["b"]}}}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, {"type": "string"}),
        (
            {"minLength": 1, "$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}},
            {"minLength": 1, "allOf": [{"type": "string"}]},
        ),
        (
            {"if": {"type": "string"}, "then": {"minLength": 1}},
            {"anyOf": [{"not": {"type": "string"}}, {"minLength": 1}]},
        ),
        ({"not": {"const": 1}}, {"not": {"enum": [1]}}),
    ],
)
def test_what_draft_4_can_say(schema: object, made: dict[str, Any]) -> None:
    assert model(schema) == made
    assert request_model(schema).notes == ()


@pytest.mark.parametrize(
    ("schema", "made", "pointer"),
    [
        ({"type": "array", "contains": {"const": 1}}, {"type": "array"}, "/contains"),
        ({"not": {"contains": {"const": 1}}}, {}, "/not/contains"),
        ({"oneOf": [{"contains": {}}, {"type": "null"}]}, {"anyOf": [{}, {"type": "null"}]}, "/oneOf/0/contains"),
        ({"if": {"contains": {}}, "then": {"maxItems": 1}}, {}, "/if/contains"),
        ({"properties": {"a": {"pattern": r"(?<=x)y"}}}, {"properties": {"a": {}}}, "/properties/a/pattern"),
        ({"pattern": r"\p{L}"}, {}, "/pattern"),
        ({"patternProperties": {r"\s": {}}, "additionalProperties": False}, {}, "/patternProperties"),
        ({"$ref": "other.json"}, {}, "/$ref"),
        ({"$ref": "#/$defs/none"}, {}, "/$ref"),
        ({"properties": {"next": {"$ref": "#"}}}, {"properties": {"next": {"properties": {"next": {}}}}}, None),
    ],
)
def test_what_draft_4_cannot_say_is_left_out_and_said(
    schema: object, made: dict[str, Any], pointer: str | None
) -> None:
    assert model(schema) == made
    notes = [at for at, _ in request_model(schema).notes]
    assert notes == [pointer] if pointer else notes


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0, 2.5])
    | st.sampled_from(["", "a", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _schemas(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    several = st.lists(inner, min_size=1, max_size=2)
    members = st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "const": VALUES,
            "enum": st.lists(VALUES, min_size=1, max_size=2),
            "exclusiveMinimum": st.integers(-2, 2),
            "minimum": st.integers(-2, 2),
            "exclusiveMaximum": st.integers(-2, 2),
            "multipleOf": st.sampled_from([0.5, 1, 2]),
            "minLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "b$", "[ab]{1,2}", r"(?=a)", r"\s"]),
            "prefixItems": several,
            "items": inner,
            "contains": inner,
            "properties": members,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", r"(?!b)"]), inner, max_size=1),
            "additionalProperties": inner,
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "dependentRequired": st.just({"a": ["b"]}),
            "dependentSchemas": members,
            "propertyNames": inner,
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "$ref": st.sampled_from(["#/$defs/A", "#/$defs/B", "#", "elsewhere"]),
        },
    )


SCHEMAS = st.recursive(st.booleans(), _schemas, max_leaves=8)


@settings(max_examples=300)
@given(SCHEMAS, SCHEMAS, VALUES)
def test_nothing_is_refused_that_the_contract_allows(schema: object, other: object, value: object) -> None:
    root = {"$defs": {"A": other, "B": {"type": "integer"}}, "allOf": [schema]}
    text = repr(root)
    if "elsewhere" in text or "'$ref': '#'" in text or text.count("#/$defs/A") > 1 or "#/$defs/A" in repr(other):
        assert request_model(root).schema
        return
    made = request_model(root)
    Draft4Validator.check_schema(made.schema)
    allowed = Draft202012Validator(root).is_valid(value)
    let_in = Draft4Validator(made.schema).is_valid(value)
    assert let_in or not allowed
    if not made.notes:
        assert let_in == allowed
