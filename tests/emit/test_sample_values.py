"""Values made from schemas: those that are called valid are, those that are called invalid are not, and all stay the same."""

import contextlib
import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from penstock.emit.sample_texts import FORMATS, matching
from penstock.emit.sample_values import invalid, valid
from tests.emit_python.test_message_properties import SCHEMAS, objects

DEFINED = {"$defs": {"Line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}}}
FITTING: dict[str, tuple[Any, Any]] = {
    "fields": (
        {"properties": {"order_id": {"type": "string"}, "n": {"type": "integer", "minimum": 5}}, "required": ["id"]},
        {"order_id": "order_id-1", "n": 5, "id": "id-1"},
    ),
    "a reference": (
        {**DEFINED, "type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}}}},
        {"lines": [{"sku": "sku-1"}]},
    ),
    "a circle": (
        {"$ref": "#/$defs/T", "$defs": {"T": {"type": "object", "properties": {"next": {"$ref": "#/$defs/T"}}}}},
        {"next": {"next": {"next": {"next": {"next": {"next": {}}}}}}},
    ),
    "parts of a whole": (
        {"allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": {"enum": ["x"]}}}]},
        {"a": 1, "b": "x"},
    ),
    "an alternative": ({"oneOf": [{"type": "integer", "multipleOf": 7, "exclusiveMinimum": 7}, {"type": "null"}]}, 14),
    "one of several that exclude each other": (
        {"type": "object", "properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"a": "a-1"},
    ),
    "a condition": (
        {
            "properties": {"kind": {"enum": ["card", "bill"]}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "card"}}},
            "then": {"required": ["pan"], "properties": {"pan": {"type": "string", "pattern": "^[0-9]{4}$"}}},
        },
        {"kind": "card", "pan": "0000"},
    ),
    "items that differ": ({"type": "array", "minItems": 3, "uniqueItems": True}, ["value-1", "value-2", "value-3"]),
    "places": ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}], "items": False}, [1, True]),
    "what the author says": ({"type": "string", "examples": ["A-7"]}, "A-7"),
    "bounds": ({"type": "number", "minimum": 1, "exclusiveMaximum": 2}, 1.5),
    "lengths": ({"type": "string", "minLength": 20, "maxLength": 20}, "value-1xxxxxxxxxxxxx"),
    "short": ({"type": "string", "maxLength": 2}, "1"),
    "anything": (True, "value-1"),
    "a number of fields": ({"type": "object", "minProperties": 2}, {"field_1": "field_1-1", "field_2": "field_2-1"}),
    "what a field asks for": (
        {"properties": {"a": {"type": "null"}}, "dependentRequired": {"a": ["b"]}},
        {"a": None, "b": "b-1"},
    ),
}


@pytest.mark.parametrize(("schema", "value"), FITTING.values(), ids=FITTING.keys())
def test_a_value_is_made_from_the_schema(schema: Any, value: object) -> None:  # noqa: ANN401
    assert valid(schema) == value
    jsonschema.validate(value, schema)


@pytest.mark.parametrize("form", FORMATS)
def test_a_text_has_the_format_that_is_asked_for(form: str) -> None:
    assert valid({"type": "string", "format": form}) != valid({"type": "string", "format": form}, 2)


PATTERNS = [
    r"^ord-[0-9a-z]{6,12}$",
    r"^(EUR|USD)$",
    r"^\d{4}-(?:0[1-9]|1[0-2])$",
    r"^[^\s@]+@[^\s@]+\.[a-z]{2,}$",
    r"[A-F0-9]{8}-[A-F0-9]{4}",
    r"^\+?[1-9]\d{6,14}$",
    r"^(?<year>\d+)/x*y?$",
    r"^[\w.-]+$",
    r"^A$",
    r"^[-a]\.\-$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_matches_the_pattern(pattern: str) -> None:
    text = matching(pattern, 1)
    assert text is not None
    assert re.search(pattern.replace("(?<", "(?P<"), text)


def test_what_no_text_can_be_made_of_is_said() -> None:
    assert matching(r"^(?=.*\d)[a-z]+\d$", 1) is None
    assert matching(r"(a)\1", 1) is None
    assert matching(r"^[a-z]{3}$", 1, least=5) is None
    with pytest.raises(LookupError):
        valid({"type": "string", "pattern": "^(?!a)b$"})
    with pytest.raises(LookupError):
        valid(schema=False)
    with pytest.raises(LookupError):
        invalid(True, {})  # noqa: FBT003 - a schema


def test_lengths_hold_beside_a_pattern() -> None:
    assert valid({"type": "string", "pattern": "^[a-z]+$", "minLength": 9}) == "aaaaaaaaa"


def test_samples_are_told_apart_by_their_number() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}, "code": {"pattern": "^[0-9]{3}$"}}}
    assert valid(schema, 2) == {"id": "id-2", "code": "111"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(objects(SCHEMAS))
def test_whatever_the_schema_is_nothing_is_called_what_it_is_not(schema: dict[str, Any]) -> None:
    with contextlib.suppress(LookupError):
        value = valid(schema)
        jsonschema.validate(value, schema)
        assert json.dumps(valid(schema)) == json.dumps(value)
        assert not jsonschema.Draft202012Validator(schema).is_valid(invalid(schema, value))
