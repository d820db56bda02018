"""Schemas of several files: what they say together, and where each fault is told."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.emit.python_types import MessageStub
from penstock.kinds.build import Built, build
from penstock.kinds.request_models import request_model
from penstock.model.pointers import resolve, step
from penstock.source.schema_file import SchemaFiles
from penstock.source.yaml import Source, parse
from tests.emit_python.loading import load, made

WHY = "Penstock reads files alone, and fetches nothing"
HEAD = "penstock: 1\nname: shop\nmessages:\n"
LINE = {"type": "object", "properties": {"sku": {"type": "string"}, "parts": {"type": "array", "items": {"$ref": "#"}}}}


def written(folder: Path, files: dict[str, object]) -> None:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def built(folder: Path, schema: str, files: dict[str, object]) -> Built:
    written(folder, files)
    document, faults = parse(Source("topology.yaml", f"{HEAD}  Order: {{schema: {schema}}}\n"))
    assert document is not None, faults
    return build(document, SchemaFiles(folder))


def whole(folder: Path, schema: str, files: dict[str, object]) -> Any:  # noqa: ANN401 - JSON
    made_ = built(folder, schema, files)
    assert made_.topology is not None, made_.faults
    return made_.topology.messages["Order"].schema


Told = tuple[str, str, int, int, str, str | None]


def told(folder: Path, schema: str, files: dict[str, object]) -> list[Told]:
    return [
        (
            fault.code,
            Path(fault.span.source.path).name,
            *fault.span.begin,
            fault.message,
            fault.help,
        )
        for fault in built(folder, schema, files).faults
    ]


ORDER = {
    "type": "object",
    "required": ["line", "total"],
    "properties": {
        "line": {"$ref": "parts/line.json"},
        "total": {"$ref": "parts/money.yaml#/$defs/Money"},
        "self": {"$ref": "order.json#/properties/line"},
    },
    "$defs": {"line": {"type": "null"}},
}
FILES: dict[str, object] = {
    "schemas/order.json": ORDER,
    "schemas/parts/line.json": LINE,
    "schemas/parts/money.yaml": (
        "$id: https://shop.example/money\n$defs:\n  Money: {type: object, required: [amount], properties: "
        "{amount: {$ref: '#amount'}, line: {$ref: line.json}, order: {$ref: ../order.json}}}\n"
        "  Amount: {$anchor: amount, type: integer}\n"
    ),
}


def test_files_become_one_schema(tmp_path: Path) -> None:
    schema = whole(tmp_path, "schemas/order.json", FILES)
    validator = jsonschema_rs.validator_for(dict(schema))
    good = {"line": {"sku": "a", "parts": [{"sku": "b"}]}, "total": {"amount": 3, "line": {"sku": "x"}}}
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "line": {"sku": 1}})
    assert not validator.is_valid({**good, "line": {"sku": "a", "parts": [{"sku": 1}]}})
    assert not validator.is_valid({**good, "total": {"amount": "3"}})
    assert not validator.is_valid({**good, "total": {"amount": 3, "order": {}}})
    assert not validator.is_valid({**good, "self": {"sku": 1}})
    assert list(schema["$defs"]) == ["line", "line-2", "money"]


def test_what_refers_to_no_other_file_stays_as_it_is(tmp_path: Path) -> None:
    schema = {
        "$id": "https://shop.example/order",
        "$ref": "#/$defs/A",
        "$defs": {"A": {"const": {"$ref": "lost.json"}}},
    }
    assert whole(tmp_path, "order.json", {"order.json": schema}) == schema


def test_a_reference_by_the_own_id_stays_within(tmp_path: Path) -> None:
    schema = {"$id": "https://shop.example/o", "items": {"$ref": "https://shop.example/o#/$defs/A"}, "$defs": {"A": {}}}
    assert whole(tmp_path, "order.json", {"order.json": schema})["items"] == {"$ref": "#/$defs/A"}


def test_a_property_may_be_called_as_a_word_of_json_schema(tmp_path: Path) -> None:
    schema = {"properties": {"$ref": {"type": "string"}, "enum": {"$ref": "line.json"}, "$id": {"type": "string"}}}
    made_ = whole(tmp_path, "order.json", {"order.json": schema, "line.json": LINE})
    assert made_["properties"]["$ref"] == {"type": "string"}
    assert made_["properties"]["enum"] == {"$ref": "#/$defs/line"}


def test_a_schema_in_the_topology_refers_to_files_beside_it(tmp_path: Path) -> None:
    schema = whole(tmp_path, "{properties: {line: {$ref: schemas/parts/line.json}}}", FILES)
    assert not jsonschema_rs.is_valid(dict(schema), {"line": {"sku": 1}})


def test_code_and_request_models_read_through_files(tmp_path: Path) -> None:
    schema = whole(tmp_path, "schemas/order.json", FILES)
    module = load(made(MessageStub(name="Order", schema=schema)))
    data = {"line": {"sku": "a", "parts": [{"sku": "b"}]}, "total": {"amount": 3}}
    order = module.Order.from_dict(data)
    assert order.total.amount == 3
    assert order.to_dict() == data
    with pytest.raises(Exception, match=r"total\.amount"):
        module.Order.from_dict({**data, "total": {"amount": "3"}})
    model = request_model(schema).schema
    assert jsonschema_rs.is_valid(model, data)
    assert not jsonschema_rs.is_valid(model, {**data, "total": {"amount": "3"}})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '{\n\t"$ref": "https://shop.example/order.json"\n}',
            (
                "REF052",
                "order.json",
                2,
                2,
                f"the reference 'https://shop.example/order.json' is no relative path: {WHY}",
                "keep a copy of the schema beside this one, and write its path relative to this file",
            ),
        ),
        (
            '{"items":\n  {"$ref": "lost.json#/a"}}',
            (
                "REF008",
                "order.json",
                2,
                4,
                "the reference 'lost.json' leads nowhere: there is no file 'lost.json'",
                None,
            ),
        ),
        (
            '{"$defs": {"Line": {}},\n "items": {"$ref": "#/$defs/Lime"}}',
            (
                "REF051",
                "order.json",
                2,
                12,
                "the reference '#/$defs/Lime' leads nowhere: 'order.json' has no '#/$defs/Lime'",
                "did you mean '#/$defs/Line'?",
            ),
        ),
        (
            '{"items": {"$ref": "line.json#/properties/skv"}}',
            (
                "REF051",
                "order.json",
                1,
                12,
                "the reference 'line.json#/properties/skv' leads nowhere: 'line.json' has no '#/properties/skv'",
                "did you mean 'line.json#/properties/sku'?",
            ),
        ),
        (
            '{"properties": {\n  "a": {"type": "strin"}}}',
            (
                "REF053",
                "order.json",
                2,
                9,
                "this is no valid JSON Schema: 'strin' is no type",
                "did you mean 'string'?",
            ),
        ),
        (
            '{\n  "required": "a"}',
            ("REF053", "order.json", 2, 3, "this is no valid JSON Schema: 'a' is not of type 'array'", None),
        ),
    ],
)
def test_a_fault_is_told_where_it_stands(tmp_path: Path, text: str, fault: Told) -> None:
    (found,) = told(tmp_path, "order.json", {"order.json": text, "line.json": LINE})
    assert found == fault


def test_a_fault_of_json_is_told_where_it_stands(tmp_path: Path) -> None:
    (found,) = told(tmp_path, "order.json", {"order.json": '{\n  "a": 1 2}'})
    assert found == ("REF008", "order.json", 2, 10, "this is not JSON: Expecting ',' delimiter", None)


def test_a_fault_of_a_shared_file_is_told_once_in_that_file(tmp_path: Path) -> None:
    written(
        tmp_path, {"a.yaml": "$ref: c.yaml", "b.yaml": "items: {$ref: 'c.yaml#/x'}", "c.yaml": "type: strin\nx: {}"}
    )
    document, _ = parse(Source("topology.yaml", f"{HEAD}  A: {{schema: a.yaml}}\n  B: {{schema: b.yaml}}\n"))
    assert document is not None
    (fault,) = build(document, SchemaFiles(tmp_path)).faults
    assert (fault.code, Path(fault.span.source.path).name, fault.span.text) == ("REF053", "c.yaml", "type: strin")


def test_a_fault_of_an_inline_schema_is_told_in_the_topology(tmp_path: Path) -> None:
    (found,) = told(tmp_path, "{type: object, properties: {a: {type: strin}}}", {})
    assert found[:2] == ("REF053", "topology.yaml")


def test_a_schema_of_an_unknown_dialect_is_left_alone(tmp_path: Path) -> None:
    assert whole(tmp_path, "o.json", {"o.json": {"$schema": "http://127.0.0.1:9/x", "type": "odd"}})["type"] == "odd"


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=8), st.data())
def test_a_pointer_points_at_what_it_was_made_of(value: Any, data: st.DataObject) -> None:  # noqa: ANN401 - JSON
    route: list[str] = []
    found = value
    while isinstance(found, dict) and found and data.draw(st.booleans()):
        route.append(data.draw(st.sampled_from(list(found))))
        found = found[route[-1]]
    if not any("%" in name for name in route):
        assert resolve(value, step("", *route)) == found
