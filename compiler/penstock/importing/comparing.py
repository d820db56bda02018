"""What is compiled from an imported topology, held against the templates that it was imported from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from penstock.emit.cloudformation import template as text_of
from penstock.hops.lowering import lower
from penstock.importing.canonical import INVOKE, KEY, MAPPING, Canon
from penstock.importing.remarks import ARCHIVE, GLUE, RESOURCES
from penstock.importing.sheet import SECTION_OF
from penstock.plan.names import logical_id
from penstock.records import NamedTuple
from penstock.source.text import Source
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.deliveries import DESTINATION, LOG, PIPE, RULE, SCHEDULE, SUBSCRIPTION
from penstock.template.directory import Directory
from penstock.template.sam import FUNCTION, MACHINE, NOTIFICATION, ROUTE
from penstock.template.stacks import deployments, of_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from penstock.importing.topology_file import Imported
    from penstock.template.stacks import Resource

_ROLES = {
    BUCKET: "Bucket",
    BUS: "Bus",
    DESTINATION: "EndpointDestination",
    FUNCTION: "Function",
    KEY: "Key",
    LOG: "Log",
    MACHINE: "Saga",
    QUEUE: "Queue",
    STREAM: "Stream",
    TABLE: "Table",
    TOPIC: "Topic",
}
_JOINTS = frozenset({ARCHIVE, INVOKE, MAPPING, PIPE, RULE, SCHEDULE, SUBSCRIPTION})


class Difference(NamedTuple):
    """A property, and what the template and the compiled one have there; ``None`` for nothing."""

    property: str
    template: Any
    compiled: Any


class Pair(NamedTuple):
    """A resource of the templates and what it becomes; ``name`` is the component's, if it is one."""

    type: str
    id: str
    name: str | None
    becomes: str
    differences: tuple[Difference, ...]


class Left(NamedTuple):
    """A resource that the compiled template does not have, and why."""

    type: str
    id: str
    why: str


class Comparison(NamedTuple):
    """All of it; ``aside`` and ``glue`` count what is of no concern, and what the compiler writes anew; ``added`` what only that has."""

    topology: str
    pairs: tuple[Pair, ...]
    left: tuple[Left, ...]
    aside: Counter[str]
    glue: Counter[str]
    added: tuple[tuple[str, str], ...]
    made: Counter[str]


class _Joint(NamedTuple):
    """What joins two components: by what it is known, and its properties."""

    resource: Resource
    known_by: tuple[str, ...]
    properties: dict[str, Any]


def compare(imported: Imported, folder: Path) -> Comparison:
    """Compile the topology in memory, and hold its resources against those of the templates."""
    directory = imported.sheet.translation.directory
    compiled = _compiled(imported, folder)
    there = {one.id: one for one in compiled.resources}
    names = _names(imported, there)
    ours, theirs = Canon(directory, names), Canon(compiled, {}, imported.sheet.renamed)
    pairs: list[Pair] = []
    met: set[str] = set()
    left: list[Left] = []
    aside: Counter[str] = Counter()
    glue: Counter[str] = Counter()
    free = [joint for one in compiled.resources for joint in _joints(one, theirs)]
    for resource in directory.resources:
        target = names.get((resource.stack, resource.id))
        if target is not None:
            differences = _differences(ours.properties(resource), theirs.properties(there[target]))
            name = imported.sheet.translation.name_of(resource)
            pairs.append(Pair(resource.type, resource.id, name, target, differences))
            met.add(target)
        elif resource.type in _JOINTS:
            for joint in _joints(resource, ours):
                twin = _twin(joint, free)
                if twin is None:
                    left.append(Left(resource.type, resource.id, _why(resource)))
                    continue
                free.remove(twin)
                met.add(twin.resource.id)
                differences = _differences(joint.properties, twin.properties)
                pairs.append(Pair(resource.type, resource.id, None, twin.resource.id, differences))
        elif imported.sheet.world.is_followed(resource):
            continue
        elif (resource.type in RESOURCES or resource.type in SECTION_OF) and resource.type != LOG:
            left.append(Left(resource.type, resource.id, _why(resource)))
        elif not resource.made:
            (glue if resource.type in GLUE else aside)[resource.type] += 1
    rest = [one for one in compiled.resources if one.id not in met]
    of_messaging = [one for one in rest if (one.type in _ROLES or one.type in _JOINTS) and one.type != LOG]
    return Comparison(
        imported.topology.name,
        tuple(pairs),
        tuple(dict.fromkeys(left)),
        aside,
        glue,
        tuple((one.type, one.id) for one in of_messaging),
        Counter(one.type for one in rest if one not in of_messaging),
    )


def _compiled(imported: Imported, folder: Path) -> Directory:
    """The compiled template, read as any other."""
    source = Source(str(folder / "template.yaml"), text_of(lower(imported.topology)))
    template, faults = of_source(folder / "template.yaml", source)
    if template is None:
        message = f"the compiled template cannot be read: {faults}"
        raise LookupError(message)
    return Directory(next(deployments([template])))


def _names(imported: Imported, there: dict[str, Resource]) -> dict[tuple[int, str], str]:
    """The ids that components have in the compiled template."""
    found = {}
    for resource in imported.sheet.translation.directory.resources:
        name = imported.sheet.translation.name_of(resource)
        if name is not None and resource.type in _ROLES:
            id_ = logical_id(name, _ROLES[resource.type])
            if id_ in there and there[id_].type == resource.type:
                found[resource.stack, resource.id] = id_
    return found


def _joints(resource: Resource, canon: Canon) -> Iterator[_Joint]:
    own = canon.properties(resource) if resource.type in _JOINTS else {}
    if resource.type == RULE:
        clock = "ScheduleExpression" in own
        for target, properties in canon.targets(resource):
            kind = ("clock",) if clock else (RULE, str(properties.pop("EventBusName", "default")))
            yield _Joint(resource, (*kind, target), properties)
    elif resource.type == SCHEDULE:
        target = own.pop("Target", None)
        inner = target if isinstance(target, dict) else {}
        arn = str(inner.pop("Arn", ""))
        inner.pop("RoleArn", None)
        yield _Joint(resource, ("clock", arn), own | {f"Target.{key}": value for key, value in inner.items()})
    elif resource.type in _ENDS:
        ends = tuple(str(own.pop(key, "")) for key in _ENDS[resource.type])
        yield _Joint(resource, (resource.type, *ends), own)


_ENDS = {
    ARCHIVE: ("SourceArn",),
    INVOKE: ("FunctionName",),
    MAPPING: ("EventSourceArn", "FunctionName"),
    PIPE: ("Source", "Target"),
    SUBSCRIPTION: ("TopicArn", "Endpoint"),
}


def _twin(joint: _Joint, free: list[_Joint]) -> _Joint | None:
    """The one that joins the same two; of several the one most alike."""
    alike = [one for one in free if one.known_by == joint.known_by]
    return min(alike, key=lambda one: len(_differences(joint.properties, one.properties)), default=None)


def _differences(template: dict[str, Any], compiled: dict[str, Any], inside: str = "") -> tuple[Difference, ...]:
    found: list[Difference] = []
    for key in sorted(template.keys() | compiled.keys()):
        one, other = template.get(key), compiled.get(key)
        if one == other:
            continue
        if isinstance(one, dict) and isinstance(other, dict) and key not in _WHOLE:
            found += _differences(one, other, f"{inside}{key}.")
        elif isinstance(one, dict) and other is None and key in _OPEN:
            found += _differences(one, {}, f"{inside}{key}.")
        elif isinstance(other, dict) and one is None and key in _OPEN:
            found += _differences({}, other, f"{inside}{key}.")
        else:
            found.append(Difference(f"{inside}{key}", one, other))
    return tuple(found)


_WHOLE = frozenset({"EventPattern", "FilterPolicy"})
_OPEN = frozenset({"Environment", "Tags", "Variables"})


def _why(resource: Resource) -> str:
    if resource.type in {NOTIFICATION, ROUTE, *RESOURCES}:
        return RESOURCES[resource.type]
    return "the language could not take it: see its comment in the topology"
