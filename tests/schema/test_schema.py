"""The schema is the language's manual: complete, closed, and true to itself."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from penstock import resources
from penstock.schema.definitions import alternatives, branches, resolved
from penstock.schema.units import UNITS, Bounds, amount
from tests.schema.everything import Json, at, data, routes

SCHEMA = resources.schema()
KINDS = {"topics": "topic", "buses": "bus", "queues": "queue", "stores": "store-dynamodb", "keys": "key"}
KINDS["consumers"] = "consumer-function"


def nodes(node: Json, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every subschema with its path; examples and defaults are none."""
    yield path, node
    for word in ("properties", "$defs"):
        for key, inner in node.get(word, {}).items():
            yield from nodes(inner, f"{path}/{word}/{key}")
    for word in ("anyOf", "allOf"):
        for number, inner in enumerate(node.get(word, ())):
            yield from nodes(inner, f"{path}/{word}/{number}")
    for word in ("items", "propertyNames", "additionalProperties", "then"):
        if isinstance(node.get(word), dict):
            yield from nodes(node[word], f"{path}/{word}")


NODES = list(nodes(SCHEMA))
KEYS = [
    pytest.param(node, key, inner, id=f"{path}/{key}")
    for path, node in NODES
    for key, inner in node.get("properties", {}).items()
]


def validator(node: Json) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], **node})


def test_it_is_a_schema_of_draft_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_definition_is_used_and_there() -> None:
    used = {node["$ref"].removeprefix("#/$defs/") for _, node in NODES if "$ref" in node}
    assert used == set(SCHEMA["$defs"])


@pytest.mark.parametrize(("node", "key", "inner"), KEYS)
def test_every_key_is_described(node: Json, key: str, inner: Json) -> None:
    place = resolved(inner)
    assert place["description"].endswith(".")
    assert key in node.get("required", ()) or key in node.get("x-required-after-defaults", ()) or _has_default(place)


def _has_default(place: Json) -> bool:
    return "default" in place or "x-default" in place or place.get("const") is not None


def test_examples_and_defaults_fit_where_they_stand() -> None:
    wrong = [
        (path, value)
        for path, node in NODES
        for value in [*node.get("examples", ()), *([node["default"]] if "default" in node else [])]
        if not validator(node).is_valid(value) or not _is_in_range(node, value)
    ]
    assert wrong == []


def _is_in_range(node: Json, value: object) -> bool:
    bounds = Bounds.of(resolved(node))
    return bounds is None or not isinstance(value, str) or bounds.fault(value) is None


def test_bounds_are_amounts_of_their_unit() -> None:
    for path, node in NODES:
        unit = resolved(node).get("x-unit", "")
        for word in ("x-minimum", "x-maximum", "x-step"):
            if word in node:
                assert unit in UNITS, path
                assert amount(node[word], unit) is not None, path


def test_every_mapping_is_closed_or_open_on_purpose() -> None:
    for path, node in NODES:
        if "properties" in node and "allOf" not in node:
            assert node["additionalProperties"] is False, path


def test_an_alternative_says_its_type_so_that_the_one_that_was_meant_can_be_found() -> None:
    for path, node in NODES:
        if "anyOf" in node:
            assert all("type" in branch for branch in alternatives(node)), path


def test_what_is_not_built_is_not_built() -> None:
    for path, node in NODES:
        place = resolved(node)
        keys = set(node.get("x-not-built", {})) | set(node.get("x-elsewhere", {}))
        assert not keys & set(place.get("properties", {})), path
        assert not keys & set(map(str, place.get("enum", ()))), path


def test_patterns_mean_the_same_to_python_and_to_javascript() -> None:
    for path, node in NODES:
        pattern = node.get("pattern", "")
        assert "\\d" not in pattern, path
        assert "\\w" not in pattern, path
        assert "\\s" not in pattern, path
        assert "$" not in pattern[:-1].replace("$)", ""), path
        re.compile(pattern)


@pytest.mark.parametrize("section", KINDS)
def test_what_has_a_default_can_be_taken_away(section: str) -> None:
    defaults = SCHEMA["$defs"][f"default-{section}"]["properties"]
    own = SCHEMA["$defs"][KINDS[section]]["properties"]
    for key in defaults:
        assert validator(own[key]).is_valid(None), key


def test_types_are_told_apart_by_their_definitions() -> None:
    for kind in ("producer", "consumer", "saga", "store"):
        node = SCHEMA["$defs"][kind]
        assert list(branches(node)) == node["properties"]["type"]["enum"]
        for name, branch in branches(node).items():
            assert branch["properties"]["type"]["const"] == name


@pytest.mark.parametrize("section", ["producers", "consumers", "sagas", "stores"])
def test_the_topology_that_uses_every_key_uses_those_of_every_type(section: str) -> None:
    components = [component or {} for component in data()[section].values()]
    name = SCHEMA["properties"][section]["additionalProperties"]["$ref"].removeprefix("#/$defs/")
    kind = SCHEMA["$defs"][name]
    for type_, branch in branches(kind).items():
        own = [one for one in components if one.get("type", kind.get("x-default-type")) == type_]
        assert set(branch["properties"]) == {key for one in own for key in one}, type_


def test_the_topology_that_uses_every_key_does() -> None:
    value = data()
    used = {(route[0], *route[2:]) if route[0] in KINDS else route for route in routes(value)}
    for section, kind in KINDS.items():
        for key in SCHEMA["$defs"][kind]["properties"]:
            assert (section, key) in used, (section, key)
        for key in SCHEMA["$defs"][f"default-{section}"]["properties"]:
            assert ("defaults", section, key) in used, key
    assert at(value, ("penstock",)) == 1
    assert set(SCHEMA["properties"]) == set(value)


@pytest.mark.parametrize(
    ("definition", "word", "limit"),
    [
        ("visibility-timeout", "x-maximum", "sqs.max_visibility"),
        ("visibility-timeout", "default", "sqs.default_visibility"),
        ("retention", "x-minimum", "sqs.min_retention"),
        ("retention", "x-maximum", "sqs.max_retention"),
        ("retention", "default", "sqs.default_retention"),
        ("delay", "x-maximum", "sqs.max_delay"),
        ("delay", "default", "sqs.default_delay"),
        ("receive-wait", "x-maximum", "sqs.max_receive_wait"),
        ("receive-wait", "default", "sqs.default_receive_wait"),
        ("function-timeout", "default", "lambda.default_timeout"),
        ("function-timeout", "x-maximum", "lambda.max_timeout"),
        ("queue-max-size", "x-minimum", "sqs.min_message"),
        ("queue-max-size", "x-maximum", "sqs.max_message"),
        ("function-memory", "default", "lambda.default_memory"),
        ("function-memory", "x-maximum", "lambda.max_memory"),
    ],
)
def test_limits_of_the_language_are_those_of_aws(definition: str, word: str, limit: str) -> None:
    node = SCHEMA["$defs"][definition]
    unit = resolved(node)["x-unit"]
    smallest = 1_000 if unit == "duration" else 1
    assert amount(node[word], unit) == resources.limit(limit) * smallest


def test_every_limit_has_a_number_a_unit_and_a_source() -> None:
    for name, entry in resources.limits().items():
        assert set(entry) == {"value", "unit", "source"}, name
        assert isinstance(entry["value"], int), name
        assert entry["source"], name
