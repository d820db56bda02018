"""Where each value of a component comes from: its own entry, an overlay, the topology's defaults, or the language's.

This is for people who ask why; the compiler itself reads entries.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from penstock.model.component import Component
from penstock.model.deployed import PIECES
from penstock.model.environments import Overlaid
from penstock.model.merging import merged
from penstock.model.origin import Elsewhere, YamlOrigin
from penstock.model.topology import Message
from penstock.records import NamedTuple
from penstock.schema.definitions import alternatives, described, inherited, resolved
from penstock.source.text import Span
from penstock.source.yaml import Route

_VARIABLES = {"AWS::AccountId": "account", "AWS::Region": "region"}


class Given(NamedTuple):
    """One value of a component: at which field, where it was written (``None``: nowhere), and in words by whom.

    ``in_words`` is true of a default that is no value but a description of one.
    """

    path: Route
    value: Any
    span: Span | None
    by: str
    in_words: bool = False


def values(thing: Component | Message, environment: str | None, *, everything: bool) -> Iterator[Given]:
    """The values of a component or a message as it is written, and with ``everything`` also what nobody has written."""
    origin = thing.origin.owner if isinstance(thing.origin, Elsewhere) else thing.origin
    if not isinstance(origin, YamlOrigin):
        raise TypeError(origin)
    own, *below = (_at(origin.document.data, route) for route in origin.routes)
    layers = [layer if isinstance(layer, Mapping) else {} for layer in (*reversed(below), own)]
    section, *inner = origin.routes[0]
    if len(layers) > 1 and len(inner) == 1:
        keys = inherited(str(section), layers[-1].get("type"))
        layers[0] = {key: value for key, value in layers[0].items() if key in keys}
    data: dict[str, Any] = reduce(_over, layers, {})
    if isinstance(thing, Component) and thing.redrive is None and "dlq" not in (own or {}):
        data.pop("dlq", None)  # a dead-letter queue takes none from the defaults
    reader = _Reader(origin, environment, everything=everything)
    yield from reader.mapping(data, (), described(origin.document.data, origin.routes[0]))


class _Reader:
    def __init__(self, origin: YamlOrigin, environment: str | None, *, everything: bool) -> None:
        self._origin = origin
        self._environment = environment
        self._everything = everything

    def mapping(self, data: Mapping[str, Any], path: Route, node: Mapping[str, Any] | None) -> Iterator[Given]:
        """The values in a mapping that the schema describes so, what is written first."""
        branch = _branch(node, data)
        known = branch.get("properties", {})
        for key, value in data.items():
            if value is None and self._everything and key in known:
                continue
            yield from self._value(value, (*path, key), known.get(key))
        if self._everything and branch.get("additionalProperties") is False:
            for key, inner in known.items():
                if data.get(key) is None:
                    yield from _default((*path, key), resolved(inner))

    def _value(self, value: Any, path: Route, node: Mapping[str, Any] | None) -> Iterator[Given]:  # noqa: ANN401 - the data of a document
        if isinstance(value, Mapping) and value:
            yield from self.mapping(value, path, node)
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            items = next((branch["items"] for branch in alternatives(node or {}) if "items" in branch), None)
            for number, item in enumerate(value):
                yield from self._value(item, (*path, number), items)
        else:
            yield Given(path, _readable(value), self._origin.span(path), self._by(path))

    def _by(self, path: Route) -> str:
        """Who says it, in words; nothing where the component itself does."""
        document, routes = self._origin.document, self._origin.routes
        route = next((route for route in routes if document.has(route + path)), routes[0])
        words = ["default of the topology"] if route != routes[0] or route[0] == "defaults" else []
        if isinstance(document, Overlaid) and document.written(route + path) != route + path:
            words.append(f"overlay of {self._environment!r}")
        return ", ".join(words)


def _branch(node: Mapping[str, Any] | None, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape that a mapping has, of those that it could have: the one that knows most of its keys, and of several the widest."""
    if node is None:
        return {}
    shapes = [shape for shape in alternatives(node) if "properties" in shape]
    return max(
        shapes,
        key=lambda shape: (sum(key in shape["properties"] for key in data), len(shape["properties"])),
        default={},
    )


def _default(path: Route, node: Mapping[str, Any]) -> Iterator[Given]:
    if "default" in node:
        yield Given(
            path, node["default"], None, "AWS's default" if "x-source" in node and not node.get("x-own") else "default"
        )
    elif "x-default" in node:
        yield Given(path, node["x-default"], None, "default", in_words=True)


def _readable(value: Any) -> Any:  # noqa: ANN401 - the data of a document
    """A value with its variables as they are written, where only the deployment knows what they stand for."""
    if isinstance(value, str):
        return PIECES.sub(lambda match: f"${{{_VARIABLES.get(match[1], f'param.{match[1]}')}}}", value)
    return [_readable(item) for item in value] if isinstance(value, list) else value


def _over(below: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    return merged(below, own)


def _at(data: Any, route: Sequence[str | int]) -> Any:  # noqa: ANN401 - the data of a document
    for step in route:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
