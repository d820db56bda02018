"""A topology file in the making: its data, and the comments that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode

from penstock.importing.names import bare, chosen, spelt
from penstock.kinds.saga_starter import starter_name
from penstock.records import replace
from penstock.schema.definitions import SECTIONS
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC, encrypted
from penstock.template.deliveries import DESTINATION, LOG, SCHEDULE, SUBSCRIPTION, subscribe
from penstock.template.sam import FUNCTION
from penstock.template.translate import Translation, fill
from penstock.template.values import Attribute, Map, Text, Unknown, plain, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from penstock.source.yaml import Document, Route
    from penstock.template.stacks import Resource, Stack, World
    from penstock.template.values import Spot


def _key_of(resource: Resource) -> tuple[Map, str] | None:
    """Where a resource names a key that no rule asks for: what is encrypted with it needs it in the topology."""
    own = resource.properties
    if resource.type == STREAM:
        return own.part("StreamEncryption"), "KeyId"
    if resource.type == TABLE:
        return own.part("SSESpecification"), "KMSMasterKeyId"
    if resource.type == BUCKET:
        for rule, _ in own.part("BucketEncryption").items_of("ServerSideEncryptionConfiguration"):
            if isinstance(rule, Map):
                return rule.part("ServerSideEncryptionByDefault"), "KMSMasterKeyID"
    return (own, "KmsKeyId") if resource.type == LOG else None


SECTION_OF = {
    BUCKET: "stores",
    BUS: "buses",
    DESTINATION: "consumers",
    FUNCTION: "consumers",
    LOG: "consumers",
    QUEUE: "queues",
    SCHEDULE: "producers",
    STREAM: "streams",
    TABLE: "stores",
    TOPIC: "topics",
    "AWS::KMS::Key": "keys",
}
_PSEUDO = {"AWS::AccountId": "${account}", "AWS::Region": "${region}"}


def _label(resource: Resource) -> str:
    """What a resource is called: by the CDK with a path, which says more than a logical id with a hash in it."""
    path = written(resource.attributes.part("Metadata").get("aws:cdk:path"))
    names = [one for one in (path or "").split("/")[1:] if one not in {"Default", "Resource"}]
    return "-".join(names) or resource.id


class Spelt(Translation):
    """A translation whose components have names of the language."""

    def __init__(self, world: World, *, high: bool = False) -> None:
        """Choose the names first: none of them depends on the order of the resources."""
        super().__init__(world, high=high)
        resources = self.directory.resources
        self._chosen = chosen((SECTION_OF[one.type], _label(one)) for one in resources if one.type in SECTION_OF)
        fill(self)
        for one in self.directory.of(SUBSCRIPTION):
            self._subscribe(one)
        for one in resources:
            if (part := self.part_of(one)) and (where := _key_of(one)):
                encrypted(self, part, *where)

    def _subscribe(self, resource: Resource) -> None:
        """A subscription to a topic that is made elsewhere; no rule asks for one, but people do."""
        own = resource.properties
        value = self.world.settled(own.get("TopicArn"))
        topic = written(value)
        if topic is None or isinstance(value, Attribute) or self.directory.find(value, "sns") is not None:
            return
        name = self.outside("topics", "", value, resource.spot)
        outside = replace(resource, stack=-1, id=name, type=TOPIC)
        self.names[outside.stack, outside.id] = name
        subscribe(self, own, resource.spot, outside, resource.id)

    def wanted(self, section: str, resource: Resource) -> str:
        """The name that was chosen."""
        label = _label(resource)
        if section == "sagas" and starter_name(bare(section, label)) not in self._chosen.values():
            return bare(section, label)
        return self._chosen.get((section, label)) or spelt(label)

    def name(self, wanted: str) -> str:
        """A name that nothing else has."""
        return super().name(spelt(wanted))


class Sheet:
    """The data of a topology, by whom each resource is represented, and what is to be said beside.

    ``notes`` has comments by the route of what they stand at: a component's, or a section's of one word, or none for the file's end.
    """

    def __init__(self, world: World, title: str) -> None:
        """Draw the topology of a world."""
        self.world = world
        self.translation = Spelt(world)
        self.data: dict[str, Any] = {"penstock": 1} | self.translation.draft.data | {"name": title}
        self.notes: dict[Route, list[str]] = {}
        self.head: list[str] = []
        self.expressed = {id(spot.node) for spot in self.translation.draft.places.values()}
        self._paths: dict[int, str] = {}
        documents = {id(one.template.document): one.template.document for one in world.stacks}
        self._several = len(documents) > 1
        for document in documents.values():
            for node, path in _walk(document):
                self._paths.setdefault(id(node), path)
        self.parameters: dict[str, dict[str, Any]] = {}
        self._spots: dict[tuple[int, str | int], Spot] = {}
        self._entries: dict[int, dict[str, Any]] = {}
        self._gone: list[Any] = []
        self.adopted: dict[int, Route] = {}
        self.renamed: dict[str, str] = {}
        self.refused: dict[int, str] = {}
        """Why something became no component, by its node."""
        for route, spot in self.translation.draft.places.items():
            around = self.at(route[:-1])
            if isinstance(route[-1], int):
                self._entries.setdefault(id(spot.node), around[route[-1]])
                self._spots[id(around[route[-1]]), ""] = spot
            else:
                self._spots[id(around), route[-1]] = spot

    def path(self, spot: Spot) -> str:
        """A place of a template in words: ``Resources.Orders.Properties.QueueName``; with the file where there are several."""
        path = self._paths.get(id(spot.node), "")
        return f"{spot.document.source.path}: {path}" if self._several else path

    def note(self, route: Route, spot: Spot, why: str) -> None:
        """Say at a component (the first two steps of a route) what of a template could not be expressed."""
        self.say(route, f"not expressed: {self.path(spot)}: {why}")

    def note_all(self, route: Route, spots: Sequence[Spot], why: str) -> None:
        """The same of several properties of one mapping."""
        first, *others = [self.path(spot) for spot in spots]
        names = [first, *(path.rpartition(".")[2] for path in others)]
        self.say(route, f"not expressed: {', '.join(names)}: {why}")

    def say(self, route: Route, text: str) -> None:
        """Put a comment to a component, or to its section what holds for all of that; the same is said once."""
        at = route[:1] if text.startswith("not expressed: Globals.") else route[:2]
        several = self.notes.setdefault(at, [])
        if text not in several:
            several.append(text)

    def entry_of(self, spot: Spot) -> dict[str, Any] | None:
        """The delivery or the publication that was made of what stands at a place."""
        return self._entries.get(id(spot.node))

    def adopt(self, route: Route, spot: Spot) -> None:
        """Say what in a template a component stands for."""
        self._spots[id(self.at(route[:-1])), route[-1]] = spot
        self.adopted[id(spot.node)] = route

    def keep(self, value: object) -> None:
        """Let a value stay in memory that is part of the topology no longer: what is known of values hangs on their identity."""
        self._gone.append(value)

    def spot_of(self, route: Route) -> Spot | None:
        """The place of the nearest thing around a route that the template states."""
        for cut in range(len(route), 1, -1):
            around, key = self.at(route[: cut - 1]), route[cut - 1]
            inner = around[key] if isinstance(key, int) and isinstance(around, list) and key < len(around) else None
            found = self._spots.get((id(around), key)) or self._spots.get((id(inner), ""))
            if found:
                return found
        return None

    def states(self, around: dict[str, Any], key: str) -> bool:
        """Whether the template states an entry of a mapping of the topology."""
        return (id(around), key) in self._spots

    def text(self, value: object) -> str | None:
        """A scalar of a template as a text of the language; ``None`` for what it cannot say."""
        value = self.world.settled(value)
        parts = value.parts if isinstance(value, Text) else (value,)
        said = [self._piece(part) for part in parts]
        return None if None in said else "".join(filter(None, said))

    def _piece(self, part: object) -> str | None:
        if isinstance(part, Unknown):
            return self.variable(part.name)
        scalar = plain(part)
        return scalar.replace("${", "$${") if isinstance(scalar, str) else None

    def variable(self, name: str) -> str | None:
        """What stands for a value that only the deployment knows: a parameter is declared."""
        if name in _PSEUDO:
            return _PSEUDO[name]
        declared = next((one for one in (_parameter(stack, name) for stack in self.world.stacks) if one), None)
        if declared is None:
            return None
        type_ = "CommaDelimitedList" if declared.get("Type", "").startswith("List<") else declared.get("Type", "String")
        if type_ in _TYPES:
            own = {} if type_ == "String" else {"type": type_}
            self.parameters[name] = own | ({"default": declared["Default"]} if "Default" in declared else {})
            return f"${{param.{name}}}"
        return None

    def at(self, route: Route) -> Any:  # noqa: ANN401 - the data of a topology
        """What stands at a route; ``None`` where nothing does."""
        value: Any = self.data
        for step in route:
            inside = step in value if isinstance(value, dict) else isinstance(value, list) and _is_in(step, value)
            if not inside:
                return None
            value = value[step]
        return value

    def remove(self, route: Route) -> None:
        """Take out what stands at a route, and what is left empty around it within its component."""
        around = self.at(route[:-1])
        if around is None or self.at(route) is None:
            return
        self.keep(around[route[-1]])
        del around[route[-1]]
        if not around and len(route) > 3 and route[-2] != "async":  # noqa: PLR2004 - a component may be empty
            self.remove(route[:-1])

    def forget(self, route: Route) -> None:
        """Move the comments of a component that goes to the end of the file."""
        self.notes.setdefault((), []).extend(self.notes.pop(route, []))

    def rename_parameter(self, name: str) -> None:
        """Give a parameter another name: what is compiled has something of this one."""
        new = f"Given{name}"
        own = self.data["parameters"]
        again = {new if key == name else key: value for key, value in own.items()}
        own.clear()
        own.update(again)
        _replace(self.data, f"${{param.{name}}}", f"${{param.{new}}}")
        self.renamed[new] = name
        self.head.append(f"Parameter {name} is {new} here: the compiler has something of that name.")

    def close(self) -> None:
        """Take out sections that have nothing in them; their comments go to the end of the file."""
        for section in [key for key, value in self.data.items() if value == {}]:
            del self.data[section]
            self.forget((section,))

    def word(self, name: str) -> str:
        """What a component is called in a sentence."""
        return next((SECTIONS[str(route[0])] for route, _ in self.components() if route[1] == name), "component")

    def components(self) -> Iterator[tuple[Route, dict[str, Any]]]:
        """All components with their routes."""
        for section in (*dict.fromkeys(SECTION_OF.values()), "sagas"):
            for name, own in list(self.data.get(section, {}).items()):
                yield (section, name), own


_TYPES = frozenset({"CommaDelimitedList", "Number", "String", "AWS::SSM::Parameter::Value<String>"})
"""The types of parameters that the language has, of those that may stand in texts."""


def _parameter(stack: Stack, name: str) -> dict[str, str] | None:
    """What a template says of a parameter."""
    section = stack.template.section("Parameters")
    if not isinstance(section, MappingNode):
        return None
    own = next((inner for key, inner in section.value if key.value == name), None)
    if not isinstance(own, MappingNode):
        return None
    return {str(key.value): str(inner.value) for key, inner in own.value if isinstance(inner.value, str)}


def _replace(value: Any, old: str, new: str) -> None:  # noqa: ANN401 - the data of a topology
    """Replace a piece of all texts."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            _replace(inner, old, new)
        elif isinstance(inner, str) and old in inner:
            value[key] = inner.replace(old, new)


def _is_in(step: str | int, several: list[Any]) -> bool:
    return isinstance(step, int) and step < len(several)


def _walk(document: Document) -> Iterator[tuple[Any, str]]:
    """All nodes of a template with their paths."""
    todo: list[tuple[Any, str]] = [(document.root, "")]
    seen: set[int] = set()
    while todo:
        node, path = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node, path
        if not isinstance(node.value, list):
            continue
        for number, child in enumerate(node.value):
            if isinstance(child, tuple):
                todo.append((child[1], f"{path}.{child[0].value}".removeprefix(".")))
            else:
                todo.append((child, f"{path}[{number}]"))


def mapping_of(value: object, like: Map) -> Map:
    """A value that should be a mapping; an empty one if it is none."""
    return value if isinstance(value, Map) else Map(like.document)
