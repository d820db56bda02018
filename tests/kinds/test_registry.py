"""The table of kinds is what the folder holds and what the schema defines, and every kind is used."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import penstock.kinds
from penstock import resources
from penstock.kinds import KINDS, Kind
from penstock.kinds.build import SECTIONS
from penstock.model.entry import Entry
from tests.strategies import Generated, topologies
from tests.topologies import NAMES, example, topology_of

FOLDER = Path(penstock.kinds.__file__).parent
SCHEMA = resources.schema()


def modules() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem != "__init__":
            yield importlib.import_module(f"penstock.kinds.{path.stem}")


def named(kind: Kind) -> str:
    return f"{kind.section}-{kind.type}"


def test_kinds_are_what_the_folder_holds() -> None:
    held = [value for module in modules() for value in vars(module).values() if isinstance(value, Kind)]
    assert sorted(map(id, KINDS)) == sorted({id(kind) for kind in held})
    assert len(KINDS) == len(set(map(id, KINDS)))


def test_kinds_are_in_order() -> None:
    assert [kind.component.__name__ for kind in KINDS] == sorted(kind.component.__name__ for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_every_kind_has_its_definition_in_the_schema(kind: Kind) -> None:
    assert kind.section in SECTIONS
    section = SCHEMA["properties"][kind.section]["additionalProperties"]["$ref"].removeprefix("#/$defs/")
    rules = SCHEMA["$defs"][section].get("allOf", ())
    by_type = {
        rule["if"]["properties"]["type"]["const"]: rule["then"]["$ref"] for rule in rules if "properties" in rule["if"]
    }
    assert by_type.get(kind.type, f"#/$defs/{section}") == f"#/$defs/{kind.definition}"


def test_every_type_of_the_schema_has_its_kind() -> None:
    for section in SECTIONS:
        name = SCHEMA["properties"][section]["additionalProperties"]["$ref"].removeprefix("#/$defs/")
        types = SCHEMA["$defs"][name].get("properties", {}).get("type", {}).get("enum", [None])
        assert sorted(map(str, types)) == sorted(str(kind.type) for kind in KINDS if kind.section == section)


def test_every_kind_is_used_by_an_example() -> None:
    used = {
        (type(component).__name__, getattr(component, "consumes", None))
        for name in NAMES
        for component in example(name).components.values()
    }
    assert {kind for kind, _ in used} == {kind.component.__name__ for kind in KINDS} - NOT_IN_AN_EXAMPLE


NOT_IN_AN_EXAMPLE = {"Service"}
"""Used by the fixtures of the hops alone."""


@settings(max_examples=40)
@given(topologies())
def test_reading_asks_for_nothing_that_the_schema_does_not_define(generated: Generated) -> None:
    topology_of(generated.text)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_silence_asks_for_nothing_that_the_schema_does_not_define(kind: Kind) -> None:
    origin = example("orders").origin
    (component, *_) = kind.read("a", Entry.of(kind.definition, {}, origin))
    assert isinstance(component, kind.component)
