"""What is wrong with the keys of a document, and its data without the entries that are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from penstock.source.nodes import meaning
from penstock.source.text import Fault, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def checked(source: Source, root: Node) -> tuple[Any, list[Fault]]:
    """The data of a tree of nodes, and the faults of its keys in the order of the text.

    Of a key that stands twice the first counts.
    """
    faults: dict[tuple[int, str], Fault] = {}
    data = _data(source, root, faults)
    return data, [faults[place] for place in sorted(faults)]


def _data(source: Source, node: Node, faults: dict[tuple[int, str], Fault]) -> Any:  # noqa: ANN401 - any data
    if isinstance(node, ScalarNode):
        return meaning(node)
    if not isinstance(node, MappingNode):
        return [_data(source, item, faults) for item in node.value]
    data = {}
    wrong = dict(_faults(source, node))
    for number, (key, value) in enumerate(node.value):
        inner = _data(source, value, faults)
        if number in wrong:
            faults[key.start_mark.index, wrong[number].code] = wrong[number]
        else:
            data[key.tag] = inner
    return data


def _faults(source: Source, node: MappingNode) -> Iterator[tuple[int, Fault]]:
    """The number and fault of each entry of a mapping that has a wrong key."""
    first: dict[str, Span] = {}
    for number, (key, _) in enumerate(node.value):
        span = Span(source, key.start_mark.index, key.end_mark.index)
        if not isinstance(meaning(key), str):
            yield number, _no_text(key, span)
        elif key.tag == "<<" and not key.style:
            help_ = "put what several components share under `defaults:`, or write it out"
            yield number, Fault("SRC008", "merge key `<<` is not part of the language", span, help_)
        elif key.tag in first:
            message = f"key {key.tag!r} is given twice in the same mapping"
            help_ = "keep one of them; if both are meant, give one another name"
            yield number, Fault("SRC004", message, span, help_, ((first[key.tag], "first given here"),))
        else:
            first[key.tag] = span


def _no_text(key: Node, span: Span) -> Fault:
    if not isinstance(key, ScalarNode):
        kind = "mapping" if isinstance(key, MappingNode) else "list"
        help_ = (
            "quote the key if the brackets belong to it" if isinstance(key, CollectionNode) and key.flow_style else None
        )
        return Fault("SRC007", f"a {kind} is used as a key", span, help_)
    if not span.text:
        return Fault("SRC007", "the key in front of ':' is missing", span)
    kinds = {bool: "a boolean", type(None): "null", int: "a number", float: "a number"}
    message = f"key {span.text} is {kinds[type(meaning(key))]}, not text"
    return Fault("SRC007", message, span, f'write "{span.text}" in quotes')
