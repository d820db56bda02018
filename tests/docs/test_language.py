"""The reference of the language says what the schema says, and nothing is missing in it."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from penstock import resources
from penstock.schema.definitions import SECTIONS, branches, resolved

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "language.md"


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_it_is_what_is_generated(text: str) -> None:
    spec = importlib.util.spec_from_file_location("language", DOCS / "language.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "language" not in sys.modules
    assert module.page() == text, "make docs"


def test_every_key_of_every_kind_has_a_row(text: str) -> None:
    root = resources.schema()
    for section in SECTIONS:
        kind = resolved(root["properties"][section]["additionalProperties"])
        part = text.split(f"\n## {section.capitalize()}\n")[1].split("\n## ", maxsplit=1)[0]
        for name, definition in (branches(kind) or {"": kind}).items():
            table = part.split(f"### `type: {name}`\n")[1].split("\n### ")[0] if name else part
            rows = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
            assert [row for row in rows if re.fullmatch("[a-z_]+", row)] == list(definition["properties"])
            assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    "row",
    [
        "| `delay` | How long a new message stays hidden before anybody can receive it. | duration | `0s` | 0s to 15m |",
        "| `dlq.retention` |",
        "| `from.filter_on` |",
        "| `physical_name` | The bus's name in AWS. A named bus cannot be replaced by an update. | bus name (",
    ],
)
def test_a_row_says_what_the_schema_says(text: str, row: str) -> None:
    assert f"\n{row}" in text


def test_what_is_not_built_is_said(text: str) -> None:
    root = resources.schema()
    kinds = [resolved(root["properties"][section]["additionalProperties"]) for section in SECTIONS]
    types = [resolved(kind.get("properties", {}).get("type", {})).get("x-not-built") for kind in kinds]
    assert text.count("Types that are not built yet") == len([said for said in types if said])


def test_every_row_has_as_many_cells(text: str) -> None:
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}
