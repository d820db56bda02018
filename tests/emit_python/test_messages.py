# ruff: noqa: ANN401 - JSON values, and classes that exist only at run time
import json
from typing import Any

import pytest

from penstock.emit.python_types import MessageStub
from tests.emit_python.loading import load, made, message
from tests.emit_python.samples import CONFIRMED, PLACED

GOOD: dict[str, Any] = {
    "order_id": "a",
    "class": "business",
    "note": None,
    "items": [{"sku": "x", "count": 2.0}],
    "gift-to": {},
}


def test_a_message_comes_back_as_it_went() -> None:
    module = load(made(PLACED, CONFIRMED))
    order = module.OrderPlaced.from_dict(GOOD)
    assert order.class_ == "business"
    assert order.items == (module.OrderPlacedLine(sku="x", count=2),)
    assert order.gift_to == module.OrderPlacedGiftTo()
    assert order.to_dict() == {key: value for key, value in GOOD.items() if key != "note"}
    assert module.OrderPlaced.from_dict(order.to_dict()) == order
    assert (module.OrderPlaced.MESSAGE, module.OrderPlaced.VERSION) == ("OrderPlaced", 1)
    assert module.OrderConfirmed.VERSION == 2


def test_unknown_fields_are_kept_where_the_schema_allows_them() -> None:
    data = {"order_id": "a", "later": {"x": [1]}}
    confirmed = load(made(CONFIRMED)).OrderConfirmed.from_dict(data)
    assert confirmed.extra == {"later": {"x": [1]}}
    assert confirmed.to_dict() == data


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([], "should be an object, is a list"),
        ({"items": [{"sku": "x"}]}, "order_id: is missing"),
        ({**GOOD, "order_id": ""}, "order_id: should have at least 1 characters"),
        ({**GOOD, "note": "x" * 201}, "note: should have at most 200 characters"),
        ({**GOOD, "items": []}, "items: should have at least 1 items"),
        ({**GOOD, "items": [{"sku": "x"}, {}]}, "items[1].sku: is missing"),
        ({**GOOD, "items": [{"sku": "x", "count": 0}]}, "items[0].count: should be at least 1"),
        (
            {**GOOD, "items": [{"sku": "x", "count": True}]},
            "items[0].count: should be a whole number, is true or false",
        ),
        ({**GOOD, "gift-to": {"nme": 1}}, '["gift-to"].nme: is not a field of this message'),
        ({**GOOD, "total": 3}, "total: is not a field of this message"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(data: Any, error: str) -> None:
    module = load(made(PLACED))
    with pytest.raises(module.wire.MessageError) as caught:
        module.OrderPlaced.from_dict(data)
    assert str(caught.value) == error


def test_the_alternative_that_came_furthest_is_the_one_to_hear_of() -> None:
    card = {"type": "object", "properties": {"card": {"type": "object", "properties": {"no": {"type": "string"}}}}}
    taken = message({"type": "object", "properties": {"pay": {"anyOf": [{"type": "null"}, card, {"type": "integer"}]}}})
    with pytest.raises(ValueError, match=r"^pay\.card\.no: should be text, is a whole number$"):
        taken.from_dict({"pay": {"card": {"no": 1}}})
    with pytest.raises(
        ValueError, match=r"^pay: should be null, is text; or should be an object, is text; or should be a"
    ):
        taken.from_dict({"pay": "x"})


def test_exactly_one_of_means_exactly_one() -> None:
    taken = message({"properties": {"n": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]}}})
    assert taken.from_dict({"n": 3}).n == 3
    with pytest.raises(ValueError, match="more than one"):
        taken.from_dict({"n": 7})


def test_null_fits_two_alternatives_that_both_take_it() -> None:
    either = {"oneOf": [{"type": "null"}, {"type": "integer"}, {"type": ["string", "null"]}, {"type": "null"}]}
    taken = message({"properties": {"n": either, "m": {"oneOf": [{"type": "null"}, {"type": "null"}]}}})
    assert taken.from_dict({"n": 1}).n == 1
    for name in ("n", "m"):
        with pytest.raises(ValueError, match=f"^{name}: fits more than one"):
            taken.from_dict({name: None})


def test_a_text_has_its_format() -> None:
    day = {"type": "string", "format": "date", "description": "The day."}
    lines = {"type": "array", "items": {"type": "object", "properties": {"day": day}}}
    taken = message({"type": "object", "properties": {"lines": lines, "until": {**day, "type": ["string", "null"]}}})
    read = taken.from_dict({"lines": [{"day": "2024-02-29"}], "until": None})
    assert read.lines[0].day == "2024-02-29"
    with pytest.raises(ValueError, match=r"^lines\[1\]\.day: should have the format date$"):
        taken.from_dict({"lines": [{"day": "2024-02-29"}, {"day": "2026-02-29"}]})
    with pytest.raises(ValueError, match=r"^until: should be text, is a whole number$"):
        taken.from_dict({"until": 5})


def test_only_a_function_whose_texts_have_formats_gets_their_grammar() -> None:
    schemas: list[Any] = [
        {"type": "string", "format": "iri"},
        {"type": "string"},
        {"type": "integer", "format": "date"},
    ]
    for schema in schemas:
        assert "functions/f/formats.py" not in made(MessageStub(name="Msg", schema=schema)).files
    files = made(MessageStub(name="Msg", schema={"type": "string", "format": "date"})).files
    assert "functions/f/formats.py" in files


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "array", "uniqueItems": True}, [1, True, {"a": 1}], [{"a": 1}, {"a": 1.0}]),
        ({"type": "array", "maxItems": 1}, [1], [1, 2]),
        ({"type": "number", "multipleOf": 0.1}, 0.3, 0.35),
        ({"type": "number", "exclusiveMinimum": 1}, 1.5, 1),
        ({"type": "number", "exclusiveMaximum": 1}, 0.5, 1.0),
        ({"enum": [1, "a", None]}, 1.0, True),
        ({"const": {"a": [1]}}, {"a": [1.0]}, {"a": [2]}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "1"}),
    ],
)
def test_bounds_are_kept(schema: Any, good: Any, bad: Any) -> None:
    taken = message({"type": "object", "properties": {"x": schema}})
    assert taken.from_dict({"x": good}).to_dict() == {"x": good}
    with pytest.raises(ValueError, match=r"^x[.:]"):
        taken.from_dict({"x": bad})


def test_a_class_may_refer_to_itself() -> None:
    tree = {
        "$ref": "#/$defs/Node",
        "$defs": {"Node": {"type": "object", "properties": {"sub": {"$ref": "#/$defs/Node"}}}},
    }
    taken = message(tree)
    assert taken.from_dict({"sub": {"sub": {}}}).sub.sub == taken()


def test_a_message_that_is_no_object_has_a_value() -> None:
    taken = message({"type": "array", "items": {"type": "integer"}})
    assert taken.from_dict([1, 2]).value == (1, 2)
    assert taken(value=(1,)).to_dict() == [1]


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"$ref": "https://example.com/schema.json"}, "/properties/x"),
        ({"$ref": "other.json#/x"}, "/properties/x"),
        ({"$ref": "#/$defs/Gone"}, "/properties/x"),
        ({"allOf": [{"type": "string"}]}, "/properties/x/allOf"),
        ({"type": "integer", "if": {"minimum": 3}, "then": {"maximum": 5}}, "/properties/x/if"),
        ({"minLength": 3}, "/properties/x"),
        ({"format": "date"}, "/properties/x"),
        ({"type": "string", "format": "iri"}, "/properties/x/format"),
        ({"enum": ["2026-02-29"], "format": "date"}, "/properties/x/format"),
        ({"type": "string", "pattern": r"\p{Lu}"}, "/properties/x/pattern"),
        ({"type": "string", "pattern": "(?<year>[0-9]+)"}, "/properties/x/pattern"),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, "/properties/x/prefixItems"),
        (
            {"type": "object", "patternProperties": {"^a": {}}, "additionalProperties": False},
            "/properties/x/patternProperties",
        ),
        ({"type": "strng"}, "/properties/x"),
        ({"properties": {"y": {}}}, "/properties/x"),
        ({"$id": "https://example.com/other", "type": "string"}, "/properties/x"),
        (False, "/properties/x"),
    ],
)
def test_what_a_class_cannot_say_is_noted(schema: Any, pointer: str) -> None:
    function = made(MessageStub(name="Msg", schema={"type": "object", "properties": {"x": schema}}))
    assert (function.notes[0].message, pointer) in {(note.message, note.pointer) for note in function.notes}
    assert all(note.reason for note in function.notes)
    load(function)


def test_what_a_class_can_say_is_not_noted() -> None:
    assert made(PLACED, CONFIRMED).notes == ()


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^[a-z]+$", "abc", "abc\n"),
        (r"^\d$", "7", "\N{ARABIC-INDIC DIGIT THREE}"),
        (r"^\s$", "\N{NO-BREAK SPACE}", "x"),
        (r"^[$]$", "$", "x"),
        ("b", "abc", "ac"),
    ],
)
def test_patterns_mean_what_they_mean_in_json_schema(pattern: str, good: str, bad: str) -> None:
    taken = message({"properties": {"x": {"type": "string", "pattern": pattern}}})
    assert taken.from_dict({"x": good}).x == good
    with pytest.raises(ValueError, match=r"^x: should match"):
        taken.from_dict({"x": bad})


def test_names_that_python_uses_itself_stay_usable() -> None:
    names = [
        "class",
        "class_",
        "str",
        "to_dict",
        "field",
        "self",
        "cls",
        "data",
        "__init__",
        "a-b",
        "a_b",
        "1",
        "",
        "größe",
    ]
    taken = message({"properties": {name: {"type": "string"} for name in names}, "additionalProperties": False})
    data = {name: f"value of {name}" for name in names}
    read = taken.from_dict(data)
    assert read.to_dict() == data
    assert (read.class_, read.class_2, read.a_b, read.a_b_2) == tuple(
        data[name] for name in ("class_", "class", "a_b", "a-b")
    )


@pytest.mark.parametrize("name", ["Any", "Exception", "Literal", "Self", "Str", "ClassVar"])
def test_messages_may_be_called_like_what_the_module_imports(name: str) -> None:
    module = load(made(MessageStub(name=name, schema={"type": "object"}), PLACED))
    taken = next(each for each in vars(module).values() if getattr(each, "MESSAGE", "") == name)
    assert taken.from_dict({"x": 1}).to_dict() == {"x": 1}


def test_no_error_shows_a_value() -> None:
    schema = {
        "properties": {
            "x": {"type": "string", "maxLength": 3, "pattern": "^a"},
            "y": {"enum": [1]},
            "z": {"maximum": 1},
        }
    }
    taken = message(schema)
    for key in ("x", "y"):
        with pytest.raises(ValueError, match=f"^{key}: ") as caught:
            taken.from_dict({key: "secret"})
        assert "secret" not in json.dumps(str(caught.value))
