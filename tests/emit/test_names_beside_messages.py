"""No message's class or type has the name of something else in the modules that import it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from penstock.emit.message_types import message_module
from penstock.emit.python import emit_function
from penstock.emit.python_shapes import MODULE_WORDS, PYTHON
from penstock.emit.typescript import emit_typescript
from penstock.emit.typescript_shapes import TYPESCRIPT
from tests.emit_python.samples import ALL, PLACED


def in_python(text: str) -> Iterator[str]:
    """What is imported from other modules, or assigned."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module != "messages":
            yield from (each.asname or each.name for each in node.names)
        if isinstance(node, ast.Assign):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))


def in_typescript(text: str) -> Iterator[str]:
    for names, module in re.findall(r'import (?:type )?\{([^}]*)\} from "([^"]*)"', text):
        if not module.endswith("messages.js"):
            yield from (each.removeprefix("type ").strip() for each in names.split(","))
    yield from re.findall(r"^const (\w+)", text, flags=re.MULTILINE)


def like_a_class(names: Iterator[str]) -> set[str]:
    """Names that a class could have; those of outboxes' stores end in a word that keeps them apart."""
    return {name for name in names if name[:1].isupper() and not name.endswith("_ROWS")}


@pytest.mark.parametrize("name", ALL)
def test_what_has_a_name_beside_messages_is_kept_from_them(name: str) -> None:
    made = emit_function(ALL[name])
    for text in [*made.files.values(), *made.created_once.values()]:
        if "from messages import" in text:
            assert like_a_class(in_python(text)) <= MODULE_WORDS
    made = emit_typescript(replace(ALL[name], typescript=True))
    for text in [*made.files.values(), *made.created_once.values()]:
        if "messages.js" in text:
            assert like_a_class(in_typescript(text)) <= TYPESCRIPT.words


@pytest.mark.parametrize("name", ["Parcel", "Step", "Table"])
def test_a_message_with_such_a_name_gets_another_class(name: str) -> None:
    for language in (PYTHON, TYPESCRIPT):
        module = message_module((replace(PLACED, name=name),), language)
        assert (module.class_of[name] != name) is (name in language.words)
