"""YAML in, plain data out, and the place of everything in it.

`parse` builds the data in one quick pass over the tree of nodes that the parser composed. Places are found only when somebody
asks, by walking that tree along a route: so a valid topology pays nothing for them.
"""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING, Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from penstock.records import NamedTuple
from penstock.source.nodes import MAX_DEPTH, Refusal, TooDeep, compose, meaning
from penstock.source.text import Fault, Source, Span, read_source

if TYPE_CHECKING:
    from penstock.source.aliases import Slot
    from penstock.source.comments import Suppression
    from penstock.source.editing import Change

__all__ = ["Document", "Fault", "Route", "Source", "Span", "parse", "read_source"]

Route = tuple[str | int, ...]

_INDEX_FROM = 16
_COLON = r"[ \t]*:"
_TAG = r"""(?<![^\s,\[\]{}:?"'])!"""
_ANCHOR = r"""(?<![^\s,\[\]{}:?"'])&[0-9A-Za-z_-]"""
_TAGGED = r"(?:&[0-9A-Za-z_-]+\s+)?(![^\s]*)"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BEYOND_ASCII = "[\x80-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"


class _Step(NamedTuple):
    """One step of a route: key and value, and the place of the alias where one stands for the value."""

    key: Node | None
    node: Node
    alias: Span | None = None


class Document:
    """One parsed YAML document: its data, and where each part of the data stands."""

    __slots__ = ("_aliases", "_indexes", "_mentioned", "data", "root", "source")

    def __init__(self, source: Source, data: Any, root: Node, aliases: dict[Slot, Span] | None = None) -> None:  # noqa: ANN401
        self.source = source
        self.data = data
        self.root = root
        self._aliases = aliases or {}
        self._indexes: dict[int, dict[str, int]] = {}
        self._mentioned: dict[str, bool] = {}

    def has(self, route: Route) -> bool:
        """Whether there is something at this route."""
        found = self.data
        for step in route:
            if isinstance(found, dict):
                if step not in found:
                    return False
            elif not isinstance(found, list) or step not in range(len(found)):
                return False
            found = found[step]
        return True

    def key(self, route: Route) -> Span | None:
        """The key at the end of a route; None for the root and for an item of a sequence."""
        key = self._at(route).key
        return None if key is None else Span(self.source, key.start_mark.index, key.end_mark.index)

    def value(self, route: Route) -> Span:
        """The value at the end of a route, without the blank lines and comments behind it; of an alias, the alias."""
        return self._value(self._at(route))

    def entry(self, route: Route) -> Span:
        """What carets should mark: key and value where they share a line, else the key alone.

        Of an item of a sequence it is the value, and of a block there only what its first entry marks. For a route that does not
        exist it is the entry of the deepest ancestor that does.
        """
        return self._entry(self._walk(route)[-1])

    def _entry(self, step: _Step) -> Span:
        value = self._value(step)
        is_block = step.alias is None and _is_block(step.node)
        if step.key is None:
            return Span(self.source, value.start, self._entry(self._step(step.node, 0)).end) if is_block else value
        key = Span(self.source, step.key.start_mark.index, step.key.end_mark.index)
        if is_block or value.finish.line != key.begin.line:
            return key
        return Span(self.source, key.start, value.end)

    def node(self, route: Route) -> Node:
        """The node at the end of a route."""
        return self._at(route).node

    def is_shared(self, route: Route) -> bool:
        """Whether something on the way of a route stands in several places, because an alias stands for it."""
        return bool(self._aliases) and any(
            step.alias is not None or _is_anchored(self.source, step.node) for step in self._walk(route)
        )

    def put(self, route: Route, text: str, short: str | None = None) -> Change | None:
        """The edit after which a text stands at a route; `source.editing.put` says more."""
        from penstock.source.editing import put  # a topology in order needs no edits

        return put(self, route, text, short)

    def suppressions(self) -> list[Suppression]:
        """The comments that silence a finding, in the order of the text."""
        if "ignore" not in self.source.text:
            return []
        from penstock.source.comments import suppressions  # few topologies have any

        return suppressions(self)

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in the document."""
        if text not in self._mentioned:
            self._mentioned[text] = text in self.source.text
        return self._mentioned[text]

    def _walk(self, route: Route) -> list[_Step]:
        """The steps of a route, the root first, as far as the route exists."""
        steps = [_Step(None, self.root)]
        for name in route:
            step = self._child(steps[-1].node, name)
            if step is None:
                break
            steps.append(step)
        return steps

    def _at(self, route: Route) -> _Step:
        steps = self._walk(route)
        if len(steps) <= len(route):
            msg = f"there is nothing at {route!r} in {self.source!r}"
            raise KeyError(msg)
        return steps[-1]

    def _child(self, node: Node, name: str | int) -> _Step | None:
        if isinstance(node, MappingNode) and isinstance(name, str):
            number = self._number(node, name)
            return None if number is None else self._step(node, number)
        if isinstance(node, SequenceNode) and isinstance(name, int) and 0 <= name < len(node.value):
            return self._step(node, name)
        return None

    def _number(self, node: MappingNode, name: str) -> int | None:
        """Which entry of a mapping has this key; of several the first, as in the data."""
        if len(node.value) < _INDEX_FROM:
            return next((number for number, (key, _) in enumerate(node.value) if key.tag == name), None)
        index = self._indexes.get(id(node))
        if index is None:
            index = {}
            for number, (key, _) in enumerate(node.value):
                if isinstance(meaning(key), str):
                    index.setdefault(key.tag, number)
            self._indexes[id(node)] = index
        return index.get(name)

    def _step(self, node: Node, number: int) -> _Step:
        alias = self._aliases.get((id(node), 2 * number + 1)) if self._aliases else None
        child = node.value[number]
        return _Step(child[0], child[1], alias) if isinstance(child, tuple) else _Step(None, child, alias)

    def _value(self, step: _Step) -> Span:
        return step.alias or self.place(step.key, step.node)

    def mark(self, key: Node | None, node: Node) -> Span:
        """What carets should mark for a node, which is the value of this key: see `entry`."""
        return self._entry(_Step(key, node))

    def place(self, key: Node | None, node: Node) -> Span:
        """The text of a node, which is the value of this key; a value that is left out stands just behind the colon."""
        start = node.start_mark.index
        if key is not None and start == node.end_mark.index:
            match = re.compile(_COLON).match(self.source.text, key.end_mark.index)
            start = match.end() if match else key.end_mark.index
            return Span(self.source, start, start)
        return Span(self.source, start, self._end_of(node))

    def _end_of(self, node: Node) -> int:
        """Where a node's text ends: a block collection ends where the last thing in it does."""
        while _is_block(node) and node.value:
            step = self._step(node, len(node.value) - 1)
            if step.alias is not None:
                return step.alias.end
            node = step.node
        end: int = node.end_mark.index
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            start = node.start_mark.index
            return start + len(self.source.text[start:end].rstrip())
        return end


def _is_anchored(source: Source, node: Node) -> bool:
    """Whether a node has an anchor, with which its text begins: the parsers keep no other trace of it."""
    return source.text.startswith("&", node.start_mark.index)


def _is_block(node: Node) -> bool:
    return isinstance(node, CollectionNode) and not node.flow_style


def parse(source: Source, *, pure: bool = False, tagged: bool = False) -> tuple[Document | None, list[Fault]]:
    """Parse a text that should be one YAML document with string keys.

    `pure` keeps to the parser in Python, which is slow and says the same. Where a key is wrong (no string, or there
    already) there is a document beside the faults, without the entries that are wrong; after any other fault there is none.
    In a `tagged` one nodes may have tags, which only its reader knows: it gets the nodes, and no data.
    """
    unreadable = _CONTROL.search(source.text)
    if not unreadable and not source.text.isascii():
        unreadable = re.search(_BEYOND_ASCII, source.text)
    if unreadable:
        return None, [_unreadable(source, unreadable.start())]
    collecting = gc.isenabled()
    gc.disable()  # a tree of nodes is no garbage, and looking for some in it takes ten times as long as making it
    try:
        return _parse(source, pure=pure, tagged=tagged)
    finally:
        if collecting:
            gc.enable()


def _parse(source: Source, *, pure: bool, tagged: bool) -> tuple[Document | None, list[Fault]]:
    try:
        root = compose(source.text, pure=pure)
    except TooDeep as error:
        message = f"this is nested deeper than {MAX_DEPTH} levels"
        return None, [Fault("SRC010", message, Span(source, error.offset, error.offset + 1))]
    except Refusal as refusal:
        from penstock.source.yaml_faults import explain  # a valid file needs no explanation

        return None, [explain(source, refusal)]
    if root is None:
        return None, [_empty(source)]
    tags = [] if tagged else _tags(source, root)
    if tags:
        return None, tags
    if isinstance(root, ScalarNode) and meaning(root) is None:
        return None, [_empty(source)]
    aliases = None
    if "&" in source.text and re.search(_ANCHOR, source.text):
        from penstock.source.aliases import Aliases  # few topologies have any

        found = Aliases(source, root, pure=pure)
        if found.faults:
            return None, found.faults
        aliases = found.places
    if tagged:
        return Document(source, None, root, aliases), []
    data, clean = _plain(root)
    if clean and "<<" not in source.text:
        return Document(source, data, root, aliases), []
    from penstock.source.keys import checked  # keys are rarely wrong

    data, faults = checked(source, root)
    return Document(source, data, root, aliases), faults


def _empty(source: Source) -> Fault:
    return Fault("SRC005", f"{source.path!r} is empty", Span(source, 0, 0), "start with `penstock: 1`")


def _plain(root: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a node whose tag is its value
    """The data of a tree of nodes, and whether all of its keys are strings and none stands twice.

    This is the loop that every valid file goes through, once for each value in it.
    """
    whole: list[Any] = []
    top: Any = SequenceNode
    todo: list[tuple[Any, Any]] = [(SequenceNode(top, [root]), whole)]
    clean = True
    while todo:
        node, data = todo.pop()
        if node.tag is MappingNode:
            for key, value in node.value:
                name, plain = key.tag, value.tag
                if plain is MappingNode or plain is SequenceNode:
                    plain = {} if plain is MappingNode else []
                    todo.append((value, plain))
                if name.__class__ is str:
                    data[name] = plain
            clean = clean and len(data) == len(node.value)
        else:
            for value in node.value:
                plain = value.tag
                if plain is MappingNode or plain is SequenceNode:
                    plain = {} if plain is MappingNode else []
                    todo.append((value, plain))
                data.append(plain)
    return whole[0], clean


def _tags(source: Source, root: Node) -> list[Fault]:
    """A fault at each tag; they are looked for only where something in the text looks like one."""
    text = source.text
    if "!" not in text or not re.search(_TAG, text):
        return []
    spans = set()
    tagged = re.compile(_TAGGED)
    todo, met = [root], {id(root)}
    while todo:
        node = todo.pop()
        match = tagged.match(text, node.start_mark.index)
        if match:
            spans.add(match.span(1))
        for child in _children(node):
            if id(child) not in met:
                met.add(id(child))
                todo.append(child)
    return [_tag_fault(Span(source, *span)) for span in sorted(spans)]


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return node.value if isinstance(node, SequenceNode) else []


def _tag_fault(span: Span) -> Fault:
    help_ = "quote the value if the exclamation mark belongs to it; otherwise leave the tag out"
    return Fault("SRC008", f"YAML tag {span.text!r} is not part of the language", span, help_)


def _unreadable(source: Source, offset: int) -> Fault:
    number = ord(source.text[offset])
    message = f"character U+{number:04X} is not allowed in YAML"
    help_ = f'delete it, or write it as an escape in double quotes: "\\U{number:08X}"'
    return Fault("SRC003", message, Span(source, offset, offset + 1), help_)
