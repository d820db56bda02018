"""Anchors and aliases: where they stand, and whether they can be written out.

An alias is allowed, and stands for a copy. Two kinds cannot be copied: one that contains itself, and a pyramid of aliases
of aliases that grows beyond all bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, SequenceNode

from penstock.source.nodes import MAX_DEPTH, events
from penstock.source.text import Fault, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_COPIED = 100_000

Slot = tuple[int, int]


def key_slot(mapping: Node, number: int) -> Slot:
    """The name of the place where the key of a mapping's entry stands."""
    return id(mapping), 2 * number


def value_slot(collection: Node, number: int) -> Slot:
    """The name of the place where the value of a mapping's entry, or an item of a sequence, stands."""
    return id(collection), 2 * number + 1


def _slots(node: Node) -> Iterator[tuple[Slot, Node]]:
    if isinstance(node, MappingNode):
        for number, (key, value) in enumerate(node.value):
            yield key_slot(node, number), key
            yield value_slot(node, number), value
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield value_slot(node, number), item


class Aliases:
    """All aliases of a document, found by walking its nodes in the order of the text: one that is met again is an alias."""

    def __init__(self, source: Source, root: Node, *, pure: bool) -> None:
        self.places: dict[Slot, Span] = {}
        self.faults: list[Fault] = []
        self._spans = (
            Span(source, event.start_mark.index, event.end_mark.index)  # type: ignore[union-attr]
            for event in events(source.text, pure=pure)
            if isinstance(event, AliasEvent)
        )
        self._copied = 0
        self._sizes: dict[int, int] = {}
        self._heights: dict[int, int] = {}
        self._walk(root)

    def _walk(self, root: Node) -> None:
        path = [(root, _slots(root))]
        met = {id(root)}
        while path:
            for slot, node in path[-1][1]:
                if id(node) not in met:
                    met.add(id(node))
                    path.append((node, _slots(node)))
                    break
                self.places[slot] = next(self._spans)
                self._check(slot, node, len(path))
            else:
                self._measure(path.pop()[0])

    def _measure(self, node: Node) -> None:
        """How many nodes there are in a node, and how many levels, with all aliases written out."""
        inner = [id(child) for _, child in _slots(node)]
        self._sizes[id(node)] = 1 + sum(self._sizes.get(child, 0) for child in inner)
        self._heights[id(node)] = 1 + max((self._heights.get(child, 0) for child in inner), default=0)

    def _check(self, slot: Slot, node: Node, depth: int) -> None:
        place = self.places[slot]
        if id(node) not in self._sizes:
            self._refuse(place, f"alias {place.text} contains itself", "write out what is meant")
            return
        if slot[1] % 2 == 0:
            self._refuse(place, f"alias {place.text} is used as a key", "write the key itself")
        before = self._copied
        self._copied += self._sizes[id(node)]
        if before <= MAX_COPIED < self._copied:
            message = f"with alias {place.text}, the aliases of this file stand for more than {MAX_COPIED:,} values"
            self._refuse(place, message, "write out what is meant, or put what repeats under `defaults:`")
        if depth + self._heights[id(node)] > MAX_DEPTH + 1:
            message = f"with alias {place.text} written out, the nesting is deeper than {MAX_DEPTH} levels"
            self.faults.append(Fault("SRC010", message, place))

    def _refuse(self, place: Span, message: str, help_: str) -> None:
        self.faults.append(Fault("SRC006", message, place, help_))
