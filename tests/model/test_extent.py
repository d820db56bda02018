"""Sizes that contracts allow."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.extent import least, most


@pytest.mark.parametrize(
    ("schema", "smallest", "largest"),
    [
        ({}, 1, 1),
        ({"type": "string"}, 2, 2),
        ({"type": "string", "minLength": 3, "maxLength": 5}, 5, 7),
        ({"type": ["string", "null"], "minLength": 9}, 4, 4),
        ({"enum": ["é", "abcdef"]}, 4, 8),
        ({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}, 10, 10),
        ({"type": "object", "properties": {"a": {"type": "string", "maxLength": 4}, "b": {"const": 1}}}, 2, 18),
        ({"type": "array", "minItems": 2, "maxItems": 3, "items": {"const": 10}}, 7, 10),
        ({"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#"}}}, 127, 127),
        ({"type": "string", "maxLength": 9, "pattern": "^a$"}, 2, 2),
    ],
)
def test_sizes(schema: dict[str, Any], smallest: int, largest: int) -> None:
    assert (least([schema], schema), most([schema], schema)) == (smallest, largest)


LEAVES = st.sampled_from(
    [
        {},
        {"type": "string", "minLength": 2},
        {"type": "integer"},
        {"type": ["boolean", "null"]},
        {"enum": ["ab", 1]},
        {"type": "array"},
    ]
)
VALUES = st.text(max_size=4) | st.integers() | st.booleans() | st.none() | st.lists(st.integers(), max_size=2)


@given(
    st.dictionaries(st.sampled_from("xyz"), LEAVES),
    st.sets(st.sampled_from("xyz")),
    st.dictionaries(st.sampled_from("xyz"), VALUES),
)
def test_nothing_is_smaller_than_the_least(
    properties: dict[str, Any], required: set[str], value: dict[str, Any]
) -> None:
    schema = {"type": "object", "properties": properties, "required": sorted(required)}
    if jsonschema_rs.is_valid(schema, value):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        assert len(text.encode("utf-8", "surrogatepass")) >= least([schema], schema)
