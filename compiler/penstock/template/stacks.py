"""Templates as stacks: what each one declares in one deployment, what is nested in it, and what they export to one another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, Node

from penstock.records import NamedTuple, record
from penstock.source.text import Fault, Source, Span, read_source
from penstock.source.yaml import parse
from penstock.template.conditions import MOST_DEPLOYMENTS, Conditions, choices
from penstock.template.evaluate import Scope, TooMuchError
from penstock.template.values import Attribute, Imported, Items, Map, Spot, Text, Unknown, joined, plain, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.source.yaml import Document

NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_DEEPEST = 5


@record
class Resource:
    """One resource of a template. ``made`` is one that SAM makes of ``owner``, with the permissions that it needs."""

    stack: int
    id: str
    type: str
    properties: Map
    spot: Spot
    attributes: Map
    made: bool = False
    owner: Resource | None = None

    def at(self, *keys: str) -> Spot:
        """The place of a property, or of what is nearest to it."""
        spot, here = self.spot, self.properties
        for key in keys:
            if key not in here:
                break
            spot, here = here.spot(key), here.part(key)
        return spot


class Template(NamedTuple):
    """A file that was read: its sections as nodes."""

    path: Path
    document: Document
    sections: Mapping[str, tuple[Node, Node]]

    def section(self, name: str) -> Node | None:
        """The node of a section."""
        return self.sections[name][1] if name in self.sections else None

    @property
    def too_much(self) -> list[Fault]:
        """The fault of one that cannot be looked at."""
        span = self.document.mark(*self.sections["Resources"])
        return [Fault("CFN002", f"{self.document.source.path!r} stands for more values than can be looked at", span)]


def read_template(path: Path) -> tuple[Template | None, list[Fault]]:
    """Read a file; whatever keeps it from being a template is a fault."""
    source, faults = read_source(path)
    if source is None:
        return None, faults
    return of_source(path, source)


def of_source(path: Path, source: Source) -> tuple[Template | None, list[Fault]]:
    """The template of a text."""
    document, faults = parse(source, tagged=True)
    if document is None or faults:
        return None, faults
    root = document.root
    if not isinstance(root, MappingNode):
        return None, [Fault("CFN001", f"{source.path!r} is no template: it is not a mapping", Span(source, 0, 0))]
    sections = {str(key.tag): (key, value) for key, value in root.value}
    if "penstock" in sections:
        span = document.mark(*sections["penstock"])
        return None, [Fault("CFN001", f"{source.path!r} is a topology, not a template", span)]
    resources = sections.get("Resources")
    if resources is None or not isinstance(resources[1], MappingNode) or not resources[1].value:
        span = Span(source, 0, 0) if resources is None else document.mark(*resources)
        return None, [Fault("CFN001", f"{source.path!r} declares no resources", span)]
    return Template(path, document, sections), []


@record
class Stack:
    """A template in one deployment of it."""

    number: int
    template: Template
    scope: Scope
    resources: dict[str, Resource]
    outputs: Map
    globals: Map


class World:
    """Several stacks together: their resources, and what they say of one another."""

    def __init__(self, stacks: list[Stack]) -> None:
        """Look at these together."""
        self.stacks = stacks
        self._exports: dict[str, Any] = {}
        self._outputs: dict[tuple[int, str], int] = {}
        self.definitions: dict[tuple[int, str], Any] = {}
        """What the state machines are, once somebody has asked."""

    def index(self) -> None:
        """Note what the stacks export."""
        for stack in self.stacks:
            for output in stack.outputs.values():
                if isinstance(output, Map) and (name := written(output.part("Export").get("Name"))):
                    self._exports[name] = output.get("Value")

    @property
    def exports(self) -> set[str]:
        """The names under which something is exported."""
        return set(self._exports)

    def imports(self) -> set[str]:
        """The names under which something is imported."""
        todo: list[Any] = [resource.properties for resource in self.resources]
        found = set()
        while todo:
            one = todo.pop()
            if isinstance(one, Imported):
                found.add(one.export)
            elif isinstance(one, Map):
                todo += one.values()
            elif isinstance(one, Items):
                todo += one
            elif isinstance(one, Text):
                todo += one.parts
        return found

    def nest(self, outer: Attribute, number: int) -> None:
        """Say that a resource stands for the stack of this number."""
        self._outputs[outer.stack, outer.resource] = number

    def is_followed(self, resource: Resource) -> bool:
        """Whether a resource stands for a stack that is looked at."""
        return (resource.stack, resource.id) in self._outputs

    def has_inside(self, outer: Resource) -> bool:
        """Whether the template of a nested stack was read."""
        return (outer.stack, outer.id) in self._outputs

    def settled(self, value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - a value of a template
        """A value with what other stacks export, and nested ones put out, as far as these are among them."""
        if depth > _DEEPEST:
            return value
        if isinstance(value, Imported):
            found = self._exports.get(value.export)
            return value if found is None else self.settled(found, depth + 1)
        if isinstance(value, Attribute) and value.name.startswith("Outputs."):
            inner = self._outputs.get((value.stack, value.resource))
            output = self.stacks[inner].outputs.part(value.name[8:]) if inner is not None else {}
            return self.settled(output["Value"], depth + 1) if "Value" in output else value
        if isinstance(value, Text):
            return joined([self.settled(part, depth + 1) for part in value.parts])
        return value

    @property
    def resources(self) -> Iterator[Resource]:
        """All resources, stack by stack."""
        for stack in self.stacks:
            yield from stack.resources.values()


def deployments(templates: list[Template]) -> Iterator[World]:
    """The deployments of templates that differ in what their conditions say: first the usual one, each parameter at its default."""
    found = [_choices(template) for template in templates]
    seen: list[tuple[Any, ...]] = []
    plans: list[list[Mapping[str, Any]]] = [[{} for _ in templates]]
    for number, several in enumerate(found):
        plans += [[choice if other == number else {} for other in range(len(templates))] for choice in several[1:]]
    for plan in plans:
        for unsettled in (True, False) if plan is plans[0] else (True,):
            world, truths = _deployed(templates, plan, unsettled=unsettled)
            if truths not in seen and len(seen) < MOST_DEPLOYMENTS:
                seen.append(truths)
                yield world


def together(templates: list[Template]) -> list[list[Template]]:
    """Templates in groups: those that export something to one another. What is nested in another of them is no group of its own."""
    if len(templates) == 1:
        return [templates]
    worlds = [_deployed([template], [{}], unsettled=True)[0] for template in templates]
    inner = {os.path.realpath(one.template.path) for world in worlds for one in world.stacks[1:]}
    groups: list[tuple[list[Template], set[str], set[str]]] = []
    for template, world in zip(templates, worlds, strict=True):
        if os.path.realpath(template.path) in inner:
            continue
        given, taken = world.exports, world.imports()
        joined_to = [group for group in groups if group[1] & taken or group[2] & given]
        groups = [group for group in groups if group not in joined_to]
        members = [*(one for group in joined_to for one in group[0]), template]
        given = given.union(*(group[1] for group in joined_to))
        groups.append((members, given, taken.union(*(group[2] for group in joined_to))))
    return [members for members, _, _ in groups]


def _choices(template: Template) -> list[Mapping[str, Any]]:
    node = template.section("Conditions")
    if node is None:
        return [{}]
    defaults, allowed = _parameters(template)
    return choices(_symbolic(template, node), defaults, allowed)


def _symbolic(template: Template, node: Node) -> Map:
    """The conditions, with parameters by their names."""
    scope = Scope(0, template.document, frozenset(), {}, _mappings(template), {})
    return scope.mapping(node)


def _mappings(template: Template) -> Map | None:
    node = template.section("Mappings")
    return Scope(0, template.document, frozenset(), {}, None, {}).mapping(node) if node is not None else None


def _parameters(template: Template) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What parameters are where nobody gives them, and what they may be."""
    node = template.section("Parameters")
    if node is None:
        return {}, {}
    defaults: dict[str, Any] = {}
    allowed: dict[str, list[str]] = {}
    for name, said in Scope(0, template.document, frozenset(), {}, None, {}).mapping(node).items():
        own = said if isinstance(said, Map) else Map(template.document)
        kind, default = str(own.get("Type")), own.get("Default")
        known = default is not None and default != "" and not kind.startswith("AWS::SSM::")
        defaults[name] = _parameter(kind, default, own) if known else Unknown(name)
        if isinstance(several := own.get("AllowedValues"), Items):
            allowed[name] = [str(plain(one)) for one in several]
    return defaults, allowed


def _parameter(kind: str, default: object, own: Map) -> object:
    if kind.startswith("List<") or kind == "CommaDelimitedList":
        items = Items(own.document)
        for one in str(default).split(","):
            items.put(one.strip(), own.nodes["Default"][1])
        return items
    return plain(default)


def _deployed(
    templates: list[Template], plan: list[Mapping[str, Any]], *, unsettled: bool
) -> tuple[World, tuple[Any, ...]]:
    world = World([])
    truths: list[Any] = []
    todo: list[tuple[Template, Mapping[str, Any], Attribute | None, int]] = [
        (template, choice, None, 0) for template, choice in zip(templates, plan, strict=True)
    ]
    while todo:
        template, given, outer, depth = todo.pop(0)
        stack = _stack(len(world.stacks), template, given, unsettled=unsettled)
        truths += [tuple(stack.scope.conditions.items())]
        world.stacks.append(stack)
        if outer:
            world.nest(outer, stack.number)
        if depth < _DEEPEST:
            todo += [(*one, depth + 1) for one in _inner(stack)]
    world.index()
    return world, tuple(truths)


def _inner(stack: Stack) -> Iterator[tuple[Template, Mapping[str, Any], Attribute]]:
    """The templates of nested stacks that lie beside a template."""
    for resource in stack.resources.values():
        place = resource.properties.get(NESTED.get(resource.type, ""))
        if not isinstance(place, str) or "://" in place:
            continue
        path = Path(os.path.normpath(stack.template.path.parent / place))
        if not path.is_file():
            continue
        template, _ = read_template(path)
        if template:
            yield template, resource.properties.part("Parameters"), Attribute(stack.number, resource.id, "")


def _stack(number: int, template: Template, given: Mapping[str, Any], *, unsettled: bool) -> Stack:
    parameters, _ = _parameters(template)
    parameters |= {name: value for name, value in given.items() if name in parameters and value != "any other value"}
    conditions: Mapping[str, bool] = {}
    if (node := template.section("Conditions")) is not None:
        conditions = Conditions(_symbolic(template, node), {**parameters, **given}, unsettled=unsettled).found
    mappings = _mappings(template)
    bare = Scope(number, template.document, frozenset(), parameters, mappings, conditions)
    section = template.section("Resources")
    entries = bare.entries(section) if section is not None else []
    ids = frozenset(name for name, _, node, _ in entries if _is_there(node, conditions))
    scope = Scope(number, template.document, ids, parameters, mappings, conditions)
    resources = {}
    for name, key, node, bindings in entries:
        if name in ids:
            scope.bindings = dict(bindings)
            resources[name] = _resource(number, name, key, node, scope)
    scope.bindings = {}
    parts = (template.section("Outputs"), template.section("Globals"))
    outputs, globals_ = (scope.mapping(part) if part is not None else Map(template.document) for part in parts)
    return Stack(number=number, template=template, scope=scope, resources=resources, outputs=outputs, globals=globals_)


def _is_there(node: Node, conditions: Mapping[str, bool]) -> bool:
    if not isinstance(node, MappingNode):
        return False
    named = next((value.tag for key, value in node.value if key.tag == "Condition"), None)
    return conditions.get(named, True) if isinstance(named, str) else True


def _resource(number: int, name: str, key: Node, node: Node, scope: Scope) -> Resource:
    said = scope.mapping(node)
    type_ = said.get("Type")
    return Resource(
        stack=number,
        id=name,
        type=type_ if isinstance(type_, str) else "",
        properties=said.part("Properties"),
        spot=Spot(scope.document, key, node),
        attributes=said,
    )


__all__ = ["Resource", "Stack", "Template", "TooMuchError", "World", "deployments", "read_template", "together"]
