"""From a checked document to a topology: every kind reads its entries, then names are resolved."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from penstock import resources
from penstock.diagnostics import Diagnostic, Label
from penstock.kinds import Kind, Queue, kind_of
from penstock.kinds.alarms import SEVERITIES
from penstock.kinds.bus import DEFAULT, SHARED_DEFAULTS
from penstock.kinds.contradictions import contradictions
from penstock.kinds.existing import faults as existing_faults
from penstock.kinds.existing import own_defaults
from penstock.model.component import Component, Delivery, Export, Fifo, Redrive
from penstock.model.contracts import Contracts, ReadSchema
from penstock.model.deployed import is_arn, mark, routes_with
from penstock.model.entry import Entry, read_severities, read_thresholds
from penstock.model.merging import merged
from penstock.model.origin import Place, YamlOrigin
from penstock.model.resolve import Resolver, fault
from penstock.model.topology import AlarmPolicy, Message, Offload, Parameter, Rate, Receiver, StackPolicy, Topology
from penstock.records import NamedTuple, replace
from penstock.schema.definitions import inherited

if TYPE_CHECKING:
    from penstock.kinds.importing import ReadImport, Use
    from penstock.source.document import Document

SECTIONS = ("producers", "topics", "buses", "queues", "streams", "consumers", "sagas", "stores", "keys")
_IMPLIED_TYPES = {"consumers": "function", "sagas": "orchestration"}


class Built(NamedTuple):
    """A topology, or the faults that keep it from being one; and what it uses of others, if it was built without them."""

    topology: Topology | None
    faults: list[Diagnostic]
    borrowed: "tuple[Use, ...]" = ()


class _Parts(NamedTuple):
    """What a topology is made of, with what it imports, or without that but with the names of it."""

    components: dict[str, Component]
    messages: dict[str, Message]
    alarms: AlarmPolicy
    late: bool
    faults: Sequence[Diagnostic] = ()
    borrowed: "tuple[Use, ...]" = ()
    imports: Mapping[str, bool] = {}


def build(document: "Document", read_schema: ReadSchema, read_import: "ReadImport | None" = None) -> Built:
    """Read a document that the schema accepts into a topology; without ``read_import`` as far as it goes without its imports."""
    data = document.data
    root = YamlOrigin(document, ((),))
    contracts = Contracts(read_schema)
    messages = {message.name: message for message in _messages(data, root, contracts)}
    faults = contracts.faults
    components: dict[str, Component] = {}
    for component in _components(data, document, faults, _Files(read_schema, messages)):
        twin = components.setdefault(component.name, component)
        if twin is not component:
            faults.append(_same_name(component, twin))
    parts = _Parts(components, messages, _alarms(data, root), document.mentions("${"))
    if "imports" in data:
        parts = _with_imports(parts, data, root, read_import)
        faults += parts.faults
        if parts.faults:
            return Built(None, faults)
    components = parts.components | _fifo_dead_letters(parts.components)
    if any(component.word == "outbox" for component in components.values()):
        from penstock.kinds.outbox import settled  # few topologies have one

        components = settled(components)
    if "sagas" in data:
        from penstock.kinds.saga_starter import needed  # few topologies have sagas

        components = needed(components)
    resolver = Resolver(components, parts.messages)
    for message in parts.messages.values():
        if message.offload:
            from penstock.kinds.offloading import faults as offloading_faults  # few messages are kept in buckets

            faults += offloading_faults(message, components)
    connections = list(resolver.connections())
    varies = document.mentions("only_in") or document.mentions("environments")
    placed = [] if varies else _placed(data, root, components)  # what is placed may be in another environment
    faults += [*resolver.faults, *_notify(parts.alarms, components), *placed, *contradictions(components)]
    if faults:
        return Built(None, faults)
    return Built(
        Topology(
            name=data["name"],
            owner=data.get("owner"),
            origin=root,
            components=components.values(),
            connections=connections,
            messages=parts.messages,
            alarms=parts.alarms,
            tags=data.get("tags") or {},
            parameters=_parameters(data, root),
            late=parts.late,
            stacks=_stacks(data),
            imports=parts.imports,
        ),
        [],
        parts.borrowed,
    )


def _with_imports(
    parts: _Parts,
    data: Mapping[str, Any],
    root: YamlOrigin,
    read_import: "ReadImport | None",
) -> _Parts:
    from penstock.kinds import importing  # few topologies have parts of others

    components, messages, alarms, late, *_ = parts
    named = importing.aliases(components.values(), alarms)
    imports = importing.stated_imports(data, root)
    used = {alias: alias in named for alias in imports}
    if read_import is None:
        borrowed = tuple(importing.uses(components.values(), alarms))
        return _Parts(
            importing.alone(components), messages, importing.alarms_alone(alarms), late, borrowed=borrowed, imports=used
        )
    brought = importing.bring_in(components, messages, alarms, imports, read_import)
    return _Parts(brought.components, brought.messages, alarms, late or brought.late, brought.faults, imports=used)


class _Files(NamedTuple):
    """What reads the files that components name, and the messages that these may speak of."""

    read: ReadSchema
    messages: Mapping[str, Message]


def _components(
    data: Mapping[str, Any], document: "Document", faults: list[Diagnostic], files: _Files
) -> Iterator[Component]:
    defaults = data.get("defaults") or {}
    dead_letters = set(_dead_letter_names(data))
    for section in SECTIONS:
        common = defaults.get(section) or {}
        for name, written in (data.get(section) or {}).items():
            own = written or {}
            kind = _kind(section, own)
            default: Mapping[str, Any] = {
                key: value for key, value in common.items() if key in inherited(section, kind.type)
            }
            if section == "queues" and name in dead_letters:
                default = {**default, "dlq": None}
            if section == "buses" and name == DEFAULT:
                default = {key: value for key, value in default.items() if key in SHARED_DEFAULTS}
            default = own_defaults(default, own)
            if section == "sagas" and common.get("steps"):
                from penstock.kinds.saga_steps import with_defaults  # few topologies have sagas

                own = with_defaults(own, common["steps"])
            routes = ((section, name), ("defaults", section)) if default else ((section, name),)
            entry = Entry.of(kind.definition, merged(default, own), YamlOrigin(document, routes))
            if own.get("existing") is not None:
                faults += existing_faults(section, name, kind.definition, entry)
            component, *inline = kind.read(name, entry)
            if kind.type == "state-machine":
                from penstock.kinds.state_machine import defined  # few topologies have one

                component = defined(component, own["definition"], files.read, files.messages, faults)
            yield _published(component, data)
            yield from (_published(replace(one, part_of=name), data) for one in inline)


def _published(component: Component, data: Mapping[str, Any]) -> Component:
    """A component with the name of its export; `export: true` leaves that to the topology."""
    if component.export is None or any(component.export):
        return component
    if data.get("exports") == "ssm":
        return replace(component, export=Export(parameter=f"/{data['name']}/{component.name}"))
    return replace(component, export=Export(stack=f"{data['name']}-{component.name}"))


def _fifo_dead_letters(components: Mapping[str, Component]) -> dict[str, Component]:
    """The inline dead-letter queues of FIFO topics' deliveries, as FIFO queues: SNS takes no other there.

    Only now are both ends known; what a FIFO topic hands over has a deduplication id.
    """
    return {
        dlq.name: replace(dlq, fifo=Fifo("explicit", per_group=False))
        for component in components.values()
        for delivery in component.deliveries
        if _is_fifo_topic(components.get(delivery.source)) and (dlq := _inline_dlq(delivery, components))
    }


def _is_fifo_topic(component: Component | None) -> bool:
    return component is not None and component.word == "topic" and getattr(component, "fifo", None) is not None


def _inline_dlq(delivery: Delivery, components: Mapping[str, Component]) -> Queue | None:
    dlq = components.get(delivery.dlq.queue) if isinstance(delivery.dlq, Redrive) else None
    return dlq if isinstance(dlq, Queue) and dlq.origin == delivery.origin.child("dlq") else None


def _dead_letter_names(data: Mapping[str, Any]) -> Iterator[str]:
    """The declared queues that are dead-letter queues: these take no dead-letter queue of their own from the defaults."""
    queues: Mapping[str, Any] = data.get("queues") or {}
    yield from (name for name, own in queues.items() if (own or {}).get("role") == "dead-letters")
    for part in _givers(data):
        for key in ("dlq", "on_failure"):
            named = part.get(key)
            if isinstance(named, dict) and "queue" in named:
                yield named["queue"]


def _givers(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every mapping that may name a dead-letter queue: receivers, their deliveries, and functions' asynchronous invocations."""
    defaults = data.get("defaults") or {}
    shared = (defaults.get(section) or {} for section in SECTIONS)
    own = (each or {} for section in SECTIONS for each in (data.get(section) or {}).values())
    for component in (*shared, *own):
        deliveries = component.get("from")
        for part in (
            component,
            component.get("async"),
            *(deliveries if isinstance(deliveries, list) else [deliveries]),
        ):
            if isinstance(part, dict):
                yield part


def _kind(section: str, own: Mapping[str, Any]) -> Kind:
    return kind_of(section, own.get("type", _IMPLIED_TYPES.get(section)))


def _same_name(component: Component, twin: Component) -> Diagnostic:
    text = f"{component.name!r} names two things, {twin.word} and {component.word}"
    if twin.word == component.word:
        text = f"{component.name!r} names two things"
    first = Label(twin.at().span(), f"{twin} stands here")
    return fault("REF002", component.at(), text, "give one of them another name", (first,))


def _messages(data: Mapping[str, Any], root: YamlOrigin, contracts: Contracts) -> Iterator[Message]:
    for name, own in (data.get("messages") or {}).items():
        entry = Entry.of("message", own, root.child("messages", name))
        schema, place = own["schema"], entry.at("schema")
        file = schema if isinstance(schema, str) else None
        yield Message(
            name=name,
            origin=entry.origin,
            version=entry.number("version") or 1,
            schema=contracts.of_mapping(schema, place) if file is None else contracts.of_file(name, file, place),
            schema_file=file,
            key=entry.text("key"),
            idempotency_key=entry.text("idempotency_key"),
            max_size=entry.size("max_size"),
            detail_type=entry.text("detail_type") or name,
            description=entry.text("description") or "",
            rate=_rate(entry.part("rate")) if entry.states("rate") else None,
            offload=_offload(entry.part("offload")) if entry.states("offload") else None,
        )


def _offload(part: Entry) -> Offload:
    return Offload(part.text("store") or "", part.size("above") or 0)


def _rate(part: Entry) -> Rate:
    return Rate(part.rate("average"), part.rate("peak"))


def _parameters(data: Mapping[str, Any], root: YamlOrigin) -> Iterator[Parameter]:
    for name, own in (data.get("parameters") or {}).items():
        entry = Entry.of("parameter", own or {}, root.child("parameters", name))
        secret = entry.flag("secret")
        yield Parameter(
            name=name,
            origin=entry.origin,
            type=entry.text("type") or "",
            secret=secret,
            uses=tuple(Place(root, route) for route in routes_with(mark(name), data)) if secret else (),
            default=entry.text("default"),
            allowed=entry.words("allowed"),
            description=entry.text("description"),
        )


def _alarms(data: Mapping[str, Any], root: YamlOrigin) -> AlarmPolicy:
    own = data.get("alarms") or {}
    properties = resources.schema()["$defs"]["alarms"]["properties"]
    defaults = {signal: rule["default"] for signal, rule in properties.items() if "default" in rule}
    dashboard = own.get("dashboard")
    notify = own.get("notify") or {}
    by_severity = isinstance(notify, dict) and "email" not in notify
    origin = root.child("alarms")
    told = notify if by_severity else dict.fromkeys(SEVERITIES, notify)
    return AlarmPolicy(
        origin=origin,
        receivers={
            severity: _receiver(one, Place(origin, ("notify", severity) if by_severity else ("notify",)))
            for severity, one in told.items()
            if one
        },
        by_severity=bool(by_severity and notify),
        thresholds=read_thresholds(defaults | own),
        severities=read_severities(own),
        dashboard=dashboard if isinstance(dashboard, str) else ("" if dashboard else None),
    )


def _stacks(data: Mapping[str, Any]) -> StackPolicy | None:
    own = data.get("stacks")
    return StackPolicy(own.get("spread"), own.get("place") or {}) if own else None


def _placed(data: Mapping[str, Any], root: YamlOrigin, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    named = (data.get("stacks") or {}).get("place")
    if not named:
        return
    resolver = Resolver({name: one for name, one in components.items() if one.part_of is None}, {})
    for name in named:
        place = Place(root.child("stacks"), ("place", name))
        if (inline := components.get(name)) and inline.part_of:
            text = f"{name!r} is written inside of {inline.part_of!r} and stands where that stands"
            yield fault("STK001", place, text, f"place {inline.part_of!r}")
        else:
            resolver.known(name, place, "it cannot be placed")
    yield from resolver.faults


def _receiver(said: Any, place: Place) -> Receiver:  # noqa: ANN401 - the data of a document
    if isinstance(said, dict):
        return Receiver(None, None, said["email"], (said.get("encryption") or {}).get("key"), place)
    if is_arn(said):
        return Receiver(None, said, None, None, place)
    return Receiver(None, None, said, None, place) if "@" in said else Receiver(said, None, None, None, place)


def _notify(alarms: AlarmPolicy, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    resolver = Resolver(components, {})
    for receiver in alarms.told:
        if receiver.topic:
            resolver.find(receiver.topic, receiver.place, ("topic",), "alarms cannot be sent to it")
        if receiver.key:
            resolver.find(receiver.key, receiver.place, ("key",), "nothing can be encrypted with it")
    yield from resolver.faults
