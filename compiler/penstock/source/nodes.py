"""The two parsers of YAML behind one question: what tree of nodes a text stands for.

libyaml does the work where it is installed; PyYAML's own parser, thirty times slower, does it elsewhere, and is asked again
whenever libyaml refuses a text, so that a fault is the same in words and place wherever Penstock runs. `PurePythonParser`
irons out what the two read differently.

A scalar's tag is the plain value itself (`None`, `True`, `5`, `'text'`) and a collection's tag is its node class: resolving
then needs no second look at each node.
"""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING, Any

from yaml.composer import Composer
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import StreamEndEvent
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser

from penstock.source.scanning import Scanner

try:
    from yaml._yaml import CParser
except ImportError:
    CParser = None  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yaml.events import Event

    from penstock.source.shortening import Shortened

MAX_DEPTH = 100
SHORT = 20_000

_WORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_FOREIGN_BREAKS = "\x85\u2028\u2029"
_OPENINGS = frozenset("[{\"'")
_NUMBER_STARTS = frozenset("0123456789+-.")
_NUMBER = r"[-+]?(?:(?P<integer>0|[1-9][0-9]*)|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
_LONGEST_NUMBER = 300


class Refusal(Exception):  # noqa: N818 - what it says is about the user's text
    """The pure parser refuses a text: its own words, and what it had seen until then, as offsets."""

    def __init__(self, error: MarkedYAMLError, parser: PurePythonParser) -> None:
        super().__init__(error.problem)
        self.problem: str = error.problem or ""
        self.offset: int = error.problem_mark.index if error.problem_mark else parser.index
        self.context: int | None = error.context_mark.index if error.context_mark else None
        self.brackets: list[int] = _open_brackets(parser.brackets, self.offset)
        self.quote = next((quote for quote in reversed(parser.quotes) if quote[1] <= self.offset), None)

    def move(self, part: Shortened) -> None:
        """Say the same of the text that was shortened."""
        self.offset = part.original(self.offset)
        self.context = None if self.context is None else part.original(self.context)
        self.brackets = [part.original(offset) for offset in self.brackets]
        self.quote = self.quote and (part.original(self.quote[0]), part.original(self.quote[1]))


def _open_brackets(brackets: list[tuple[int, bool]], end: int) -> list[int]:
    """Where the brackets stand that are open in front of `end`, the innermost last."""
    opened: list[int] = []
    for offset, opens in brackets:
        if offset >= end:
            break
        if opens:
            opened.append(offset)
        elif opened:
            opened.pop()
    return opened


class TooDeep(YAMLError):  # noqa: N818 - not an error of ours: it stops a parser in the middle
    """Collections are nested deeper than `MAX_DEPTH`; `offset` is where the first such collection starts."""

    def __init__(self, offset: int) -> None:
        super().__init__("too deep")
        self.offset = offset


def compose(text: str, *, pure: bool) -> Node | None:
    """The root node of the text's only document, None when there is no document; raises Refusal or TooDeep.

    What is raised is always the pure parser's; so are the nodes, should it accept what libyaml refused.
    """
    if pure or CParser is None or text.startswith("%") or "\n%" in text or "\r%" in text:
        return _compose_in_python(text)
    node: Node | None
    try:
        node = _LibyamlParser(text).get_single_node()
    except (YAMLError, ValueError) as error:
        if len(text) > SHORT and isinstance(error, MarkedYAMLError):
            _refuse_shortened(text, error)
        node = _compose_in_python(text)
    return node


def _refuse_shortened(text: str, error: MarkedYAMLError) -> None:
    """Raise what the pure parser says to a shortened text, if that is at the very places that libyaml named in the whole."""
    from penstock.source.shortening import shortened  # a valid file needs no explanation

    offset = error.problem_mark.index if error.problem_mark else 0
    opening = error.context_mark.index if error.context_mark else offset
    if text[opening : opening + 1] not in _OPENINGS:
        opening = offset
    part = shortened(text, opening)
    if part is None:
        return
    try:
        _compose_in_python(part.text)
    except Refusal as refusal:
        refusal.move(part)
        if refusal.offset == offset and opening in {offset, refusal.context}:
            raise
    except TooDeep:
        return


def _compose_in_python(text: str) -> Node | None:
    parser = PurePythonParser(text)
    node: Node | None
    try:
        node = parser.get_single_node()
    except MarkedYAMLError as error:
        raise Refusal(error, parser) from None
    return node


def events(text: str, *, pure: bool) -> Iterator[Event]:
    """The events of a text that `compose` accepts."""
    parser = PurePythonParser(text) if pure or CParser is None else _LibyamlParser(text)
    while True:
        event = parser.get_event()
        if event is None or isinstance(event, StreamEndEvent):
            return
        yield event


def meaning(node: Node) -> object:
    """What a node stands for: a scalar for its plain value, a collection for its node class."""
    return node.tag


def scalar_value(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar means: YAML 1.2's null, booleans and decimal numbers; anything else is text.

    Numbers with leading zeros stay text (an account id, a file mode), and so do those that no float can hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_STARTS and len(text) <= _LONGEST_NUMBER:
        if text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0"):
            return int(text)  # nearly all of them, for which no pattern need be compiled
        if match := re.fullmatch(_NUMBER, text):
            if match["integer"]:
                return int(text)
            number = float(text)
            return text if isinf(number) else number
    return text


def _without_foreign_breaks(text: str) -> tuple[str, dict[int, str]]:
    """The text with other characters for the line breaks that only YAML 1.1 knows, and the table that restores them.

    Both parsers still take NEL, LS and PS for line breaks. No editor does, and YAML 1.2 does not either.
    """
    if text.isascii() or not any(character in text for character in _FOREIGN_BREAKS):
        return text, {}
    free = (character for character in map(chr, range(0x10F000, 0x10F800)) if character not in text)
    stand_ins = dict(zip(map(ord, _FOREIGN_BREAKS), free, strict=False))
    return text.translate(stand_ins), {ord(other): chr(character) for character, other in stand_ins.items()}


def _hooks(restored: dict[int, str], place: Callable[[], int]) -> dict[str, Callable[..., object]]:
    """What a composer calls on entering a node, to resolve it, and on leaving it.

    They count the depth, and stop the composer before its recursion hurts; `place` says where the next node starts.
    """
    depth = 0
    start = 0

    def descend(_parent: object, _index: object) -> None:
        nonlocal depth, start
        depth += 1
        if depth > MAX_DEPTH:
            if depth > MAX_DEPTH + 1:
                raise TooDeep(start)
            start = place()

    def ascend() -> None:
        nonlocal depth
        depth -= 1

    def resolve(kind: type[Node], value: Any, implicit: Any) -> object:  # noqa: ANN401 - called for every kind of node
        if kind is not ScalarNode:
            if depth > MAX_DEPTH:
                raise TooDeep(start)
            return kind
        if implicit[0] and (value in _WORDS or value[0] in _NUMBER_STARTS):
            return scalar_value(value)
        return value.translate(restored) if restored else value

    return {"descend_resolver": descend, "ascend_resolver": ascend, "resolve": resolve}


if CParser is not None:

    class _LibyamlParser(CParser):
        """libyaml with our hooks."""

        def __init__(self, text: str) -> None:
            text, restored = _without_foreign_breaks(text)
            super().__init__(text)
            vars(self).update(_hooks(restored, lambda: 0))


class PurePythonParser(Scanner, Parser, Composer):
    """PyYAML's own parser with our hooks, and with a scanner that reads what libyaml reads."""

    def __init__(self, text: str) -> None:
        text, restored = _without_foreign_breaks(text)
        Scanner.__init__(self, text)
        Parser.__init__(self)
        Composer.__init__(self)
        vars(self).update(_hooks(restored, self._next_offset))

    def _next_offset(self) -> int:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        offset: int = event.start_mark.index
        return offset
