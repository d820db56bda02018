"""Intrinsic functions: from the nodes of a template to values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from penstock.source.text import read_source
from penstock.source.yaml import parse
from penstock.template.values import NOTHING, Attribute, Imported, Items, Map, Text, Unknown, is_known, joined, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from penstock.source.yaml import Document

_VARIABLE = re.compile(r"\$\{(!?[^{}]*)\}")
_RESOLVE = re.compile(r"\{\{resolve:[^{}]*\}\}")
_FOR_EACH = "Fn::ForEach::"
_TRANSFORM = "Fn::Transform"
_DEEPEST = 5
_SHORT = frozenset({"Condition", "Ref"})
MOST_VALUES = 200_000


class TooMuchError(Exception):
    """A template stands for more values than anybody can have written."""


class Scope:
    """One template with the parameters and conditions of one deployment of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a value may depend on
        self,
        stack: int,
        document: Document,
        resources: frozenset[str],
        parameters: Mapping[str, Any],
        mappings: Map | None,
        conditions: Mapping[str, bool],
    ) -> None:
        """Evaluate in ``stack``, whose resources have these ids."""
        self.stack = stack
        self.document = document
        self.resources = resources
        self.parameters = parameters
        self.mappings = mappings
        self.conditions = conditions
        self.bindings: dict[str, Any] = {}
        self._left = MOST_VALUES
        self._included = 0

    def value(self, node: Node) -> Any:  # noqa: ANN401 - a value of a template
        """What a node stands for."""
        self._left -= 1
        if self._left < 0:
            raise TooMuchError
        tag: Any = node.tag
        if isinstance(node, ScalarNode):
            if tag.__class__ is str and tag[:1] == "!" and tag != node.value:
                return self._call(_name(tag), node)
            return self._resolved(tag) if tag.__class__ is str and "{{resolve:" in tag else tag
        if tag.__class__ is str and tag != "!":
            return self._call(_name(tag), node)
        return self._collection(node)

    def _collection(self, node: Node) -> Any:  # noqa: ANN401
        """What a list or a mapping stands for, whatever its tag."""
        if isinstance(node, SequenceNode):
            return self.items(node)
        if len(node.value) == 1:
            key = node.value[0][0].tag
            if (
                key.__class__ is str
                and (key[:4] == "Fn::" or key == "Ref")
                and key not in _LOGIC
                and key[:11] != _FOR_EACH[:11]
            ):
                return self._call(key, node.value[0][1])
        return self.mapping(node)

    def items(self, node: Node) -> Items:
        """A list, whatever its tag."""
        items = Items(self.document)
        for one in node.value if isinstance(node, SequenceNode) else ():
            value = self.value(one)
            if value != NOTHING:
                items.put(value, one)
        return items

    def mapping(self, node: Node) -> Map:
        """A mapping, whatever its tag; loops in it are written out."""
        found = Map(self.document)
        for key, value in node.value if isinstance(node, MappingNode) else ():
            name = key.tag
            if name.__class__ is not str:
                name = key.value if isinstance(key, ScalarNode) else ""
            if name.startswith(_FOR_EACH):
                self._loop(name, value, found)
            elif name == _TRANSFORM and isinstance(included := self.transform(value), Map):
                for one, said in included.items():
                    found.put(one, said, (key, value))
            elif (own := self.value(value)) != NOTHING:
                found.put(self._bound(name) if self.bindings else name, own, (key, value))
        return found

    def entries(self, node: Node) -> list[tuple[str, Node, Node, Mapping[str, Any]]]:
        """The entries of a section, none of them evaluated: name, key, value, and what the loops around them bind."""
        found = []
        for key, value in node.value if isinstance(node, MappingNode) else ():
            name = key.tag if key.tag.__class__ is str else str(getattr(key, "value", ""))
            if name.startswith(_FOR_EACH):
                found += self._unrolled(name, value)
            else:
                found.append((self._bound(name), key, value, dict(self.bindings)))
        return found

    def _unrolled(self, name: str, node: Node) -> list[tuple[str, Node, Node, Mapping[str, Any]]]:
        found: list[tuple[str, Node, Node, Mapping[str, Any]]] = []
        self._each(name, node, lambda body: found.extend(self.entries(body)))
        return found

    def _loop(self, name: str, node: Node, into: Map) -> None:
        def add(body: Node) -> None:
            own = self.mapping(body)
            for key, value in own.items():
                into.put(key, value, own.nodes[key])

        self._each(name, node, add)

    def _each(self, name: str, node: Node, then: Callable[[Node], None]) -> None:
        """Run a loop's body once for each value of its list, if that is known."""
        if not isinstance(node, SequenceNode) or len(node.value) != 3:  # noqa: PLR2004 - identifier, list, body
            return
        identifier, values, body = node.value
        variable = str(identifier.tag) if isinstance(identifier, ScalarNode) else name
        several = self.value(values)
        before = self.bindings
        for one in several if isinstance(several, Items) else ():
            self.bindings = {**before, variable: one}
            then(body)
        self.bindings = before

    def _bound(self, text: str) -> str:
        """A name in which the variables of loops are written out."""
        for variable, value in self.bindings.items():
            said = str(value)
            text = text.replace(f"${{{variable}}}", said).replace(
                f"&{{{variable}}}", "".join(filter(str.isalnum, said))
            )
        return text

    def _resolved(self, text: str) -> Any:  # noqa: ANN401
        """A text in which dynamic references stand."""
        parts: list[Any] = []
        end = 0
        for match in _RESOLVE.finditer(text):
            parts += [text[end : match.start()], Unknown(match[0][2:-2])]
            end = match.end()
        return joined([*parts, text[end:]])

    def _call(self, name: str, node: Node) -> Any:  # noqa: ANN401
        function = _FUNCTIONS.get(name)
        if function is None:
            return Unknown(name)
        try:
            return function(self, node)
        except (ValueError, TypeError, LookupError):
            return Unknown(f"a wrong {name}")

    def argument(self, node: Node, name: str) -> Any:  # noqa: ANN401
        """What a function is given: what stands behind its short tag, or under its long name."""
        if node.tag.__class__ is not str or _name(node.tag) != name:
            return self.value(node)
        return node.value if isinstance(node, ScalarNode) else self._collection(node)

    def ref(self, node: Node) -> Any:  # noqa: ANN401
        """``Ref``."""
        return self.named(self._bound(str(self.argument(node, "Ref"))))

    def named(self, name: str) -> Any:  # noqa: ANN401
        """What a name means: a loop's variable, a parameter, a resource, or what AWS has to say."""
        if name in self.bindings:
            return self.bindings[name]
        if name in self.parameters:
            return self.parameters[name]
        if name in self.resources:
            return Attribute(self.stack, name, "")
        resource, _, attribute = name.partition(".")
        if attribute and resource in self.resources:
            return Attribute(self.stack, resource, attribute)
        return NOTHING if name == "AWS::NoValue" else Unknown(name)

    def get_att(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::GetAtt``."""
        said = self.argument(node, "Fn::GetAtt")
        parts = said.split(".", 1) if isinstance(said, str) else said
        resource, attribute = self._bound(str(parts[0])), str(written(parts[1]))
        known = resource in self.resources
        return Attribute(self.stack, resource, attribute) if known else Unknown(f"{resource}.{attribute}")

    def sub(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Sub``, with or without variables of its own."""
        said = self.argument(node, "Fn::Sub")
        text, own = said if isinstance(said, Items) else (said, {})
        if not isinstance(text, str):
            return text
        parts: list[Any] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            name = match[1].strip()
            parts.append(text[end : match.start()])
            end = match.end()
            if name.startswith("!"):
                parts.append(f"${{{name[1:]}}}")
            else:
                parts.append(own[name] if name in own else self.named(name))
        value = joined([*parts, text[end:]])
        return self._resolved(value) if isinstance(value, str) and "{{resolve:" in value else value

    def join(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Join``."""
        delimiter, several = self.argument(node, "Fn::Join")
        if not isinstance(several, Items):
            return Unknown("Fn::Join")
        parts: list[Any] = []
        for part in several:
            parts += [part] if not parts else [delimiter, part]
        return joined(parts)

    def split(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Split``: of what is known in part the pieces between delimiters that are plain to see."""
        delimiter, text = self.argument(node, "Fn::Split")
        if not isinstance(text, str | Text):
            return Unknown("Fn::Split")
        pieces: list[list[Any]] = [[]]
        for part in text.parts if isinstance(text, Text) else (text,):
            if not isinstance(part, str):
                pieces[-1].append(part)
                continue
            first, *others = part.split(delimiter)
            pieces[-1].append(first)
            pieces += [[other] for other in others]
        items = Items(self.document)
        for piece in pieces:
            items.put(joined(piece), node)
        return items

    def select(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Select``."""
        index, several = self.argument(node, "Fn::Select")
        return several[int(index)] if isinstance(several, Items) else Unknown("Fn::Select")

    def choose(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::If``: the branch that this deployment takes."""
        condition, then, otherwise = node.value
        return self.value(then if self.conditions.get(str(condition.tag), True) else otherwise)

    def find(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::FindInMap``; where a key is not known, what all of them say, if they agree."""
        first, second, third, *more = self.argument(node, "Fn::FindInMap")
        table = (self.mappings or {}).get(first) if is_known(first) else None
        if not isinstance(table, Map):
            return Unknown("Fn::FindInMap")
        rows = [table.get(str(second))] if is_known(second) else list(table.values())
        found = [row.get(str(third)) if is_known(third) else None for row in rows if isinstance(row, Map)]
        if found and all(value is not None and value == found[0] for value in found):
            return found[0]
        default = more[0].get("DefaultValue") if more and isinstance(more[0], Map) and not found else None
        return Unknown(f"{first}.{written(second)}.{written(third)}") if default is None else default

    def imported(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::ImportValue``."""
        name = written(self.argument(node, "Fn::ImportValue"))
        return Imported(name) if name else Unknown("Fn::ImportValue")

    def length(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Length``."""
        several = self.argument(node, "Fn::Length")
        return len(several) if isinstance(several, Items) else Unknown("Fn::Length")

    def as_json(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::ToJsonString``: who reads it wants the data."""
        return self.argument(node, "Fn::ToJsonString")

    def logic(self, node: Node) -> Any:  # noqa: ANN401
        """A condition, which is not worked out here: a mapping with its word alone."""
        tagged = node.tag.__class__ is str and node.tag[:1] == "!"
        name = _name(node.tag) if tagged else "Condition"
        found = Map(self.document)
        found.put(name, self.argument(node, name), (None, node))
        return found

    def transform(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Transform``: what ``AWS::Include`` reads from a file beside the template; nothing else is known."""
        said = self.argument(node, _TRANSFORM)
        own = said if isinstance(said, Map) else Map(self.document)
        place = own.part("Parameters").get("Location") if own.get("Name") == "AWS::Include" else None
        if not isinstance(place, str) or "://" in place or self._included == _DEEPEST:
            return Unknown(_TRANSFORM)
        path = Path(self.document.source.path).parent / place
        source, _ = read_source(path) if path.is_file() else (None, [])
        document, faults = parse(source, tagged=True) if source else (None, [])
        if document is None or faults:
            return Unknown(_TRANSFORM)
        inner = Scope(self.stack, document, self.resources, self.parameters, self.mappings, self.conditions)
        inner.bindings, inner._included, inner._left = self.bindings, self._included + 1, self._left
        value = inner.value(document.root)
        self._left = inner._left
        return value

    def encoded(self, node: Node) -> Any:  # noqa: ANN401
        """``Fn::Base64``: who reads it wants what was encoded."""
        return self.argument(node, "Fn::Base64")


def _name(tag: str) -> str:
    """The long name of a short tag."""
    short = tag[1:]
    return short if short in _SHORT else f"Fn::{short}"


_LOGIC = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
_FUNCTIONS: dict[str, Callable[[Scope, Node], Any]] = {
    "Fn::Base64": Scope.encoded,
    "Fn::FindInMap": Scope.find,
    "Fn::GetAtt": Scope.get_att,
    "Fn::If": Scope.choose,
    "Fn::ImportValue": Scope.imported,
    "Fn::Join": Scope.join,
    "Fn::Length": Scope.length,
    "Fn::Select": Scope.select,
    "Fn::Split": Scope.split,
    "Fn::Sub": Scope.sub,
    "Fn::ToJsonString": Scope.as_json,
    "Fn::Transform": Scope.transform,
    "Ref": Scope.ref,
    **dict.fromkeys(_LOGIC, Scope.logic),
}
