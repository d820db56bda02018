"""What the values of a template are once its intrinsic functions are worked out, as far as that can be done without deploying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from yaml.nodes import Node

    from penstock.source.text import Span
    from penstock.source.yaml import Document


class Unknown(NamedTuple):
    """A value that only the deployment knows. Two with the same ``name`` are the same value, whatever it is."""

    name: str


class Attribute(NamedTuple):
    """What ``Ref`` (``name`` is empty) or ``Fn::GetAtt`` says of a resource; ``stack`` is the number of the template that has it."""

    stack: int
    resource: str
    name: str


class Imported(NamedTuple):
    """What some other stack exports by a name."""

    export: str


class Text(NamedTuple):
    """A text that is known in part: strings, and in between what stands for others."""

    parts: tuple[Any, ...]


class Map(dict[str, Any]):
    """A mapping whose entries know where they were written."""

    __slots__ = ("document", "nodes")

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.nodes: dict[str, tuple[Node | None, Node]] = {}

    def put(self, key: str, value: object, nodes: tuple[Node | None, Node]) -> None:
        """Add an entry that stands somewhere."""
        self[key] = value
        self.nodes[key] = nodes

    def part(self, key: str) -> Map:
        """The mapping under a key; an empty one where there is none."""
        found = self.get(key)
        return found if isinstance(found, Map) else Map(self.document)

    def items_of(self, key: str) -> list[tuple[Any, Spot]]:
        """What a list has under a key, each with its place; a single value may stand without a list."""
        found = self.get(key)
        if isinstance(found, Items):
            return [(item, Spot(found.document, None, node)) for item, node in zip(found, found.nodes, strict=True)]
        return [] if found is None else [(found, self.spot(key))]

    def spot(self, key: str) -> Spot:
        """Where an entry stands."""
        return Spot(self.document, *self.nodes[key])


class Items(list[Any]):
    """A list whose items know where they were written."""

    __slots__ = ("document", "nodes")

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.nodes: list[Node] = []

    def put(self, value: object, node: Node) -> None:
        """Add an item that stands somewhere."""
        self.append(value)
        self.nodes.append(node)


class Spot(NamedTuple):
    """A place in a template: a node, and the key whose value it is."""

    document: Document
    key: Node | None
    node: Node

    def span(self) -> Span:
        """What carets mark."""
        return self.document.mark(self.key, self.node)


NOTHING = Unknown("AWS::NoValue")
"""What takes an entry away."""


def joined(parts: list[Any]) -> Any:  # noqa: ANN401 - a value of a template
    """Strings and others in a row as one value: a plain string where all of them are."""
    merged: list[Any] = []
    for part in parts:
        for one in part.parts if isinstance(part, Text) else (plain(part),):
            if isinstance(one, str) and merged and isinstance(merged[-1], str):
                merged[-1] += one
            elif one != "":
                merged.append(one)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else Text(tuple(merged))


def plain(value: object) -> object:
    """A scalar as it stands in a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def written(value: object) -> str | None:
    """A text by which two values can be compared; ``None`` for what has none. What is not known stands in it by its name."""
    if isinstance(value, Text):
        parts = [written(part) for part in value.parts]
        return None if None in parts else "".join(filter(None, parts))
    match value:
        case Unknown():
            return f"${{{value.name.replace('::', '.')}}}"
        case Attribute():
            return f"${{{value.stack}.{value.resource}.{value.name}}}"
        case Imported():
            return f"${{export.{value.export}}}"
        case str():
            return value
        case bool() | int() | float():
            return str(plain(value))
        case _:
            return None


def is_known(value: object) -> bool:
    """Whether nothing of a value is left to the deployment."""
    return not isinstance(value, Unknown | Attribute | Imported | Text)
