"""EventBridge event buses."""

from collections.abc import Iterator
from dataclasses import dataclass

from penstock.kinds.deliveries import channel_deliveries
from penstock.kinds.exporting import publish
from penstock.kinds.key import admit_bus, kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Ref, Sub, Value, arn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bus(Component):
    """A custom bus. ``event_source`` is what publishers of the topology give as the event's source; ``None`` is the topology's name."""

    word = "bus"

    event_source: str | None = None
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None


def bus_id(bus: Component) -> str:
    """The logical id of a bus; ``Ref`` of it is the bus's name."""
    return logical_id(bus.name, "Bus")


def bus_arn(bus: Component) -> Value:
    """The ARN of a bus."""
    return arn(bus_id(bus))


def bus_name(bus: Component) -> Value:
    """The name of a bus."""
    return Ref(bus_id(bus))


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The bus, and the queues that its deliveries write inline."""
    yield Bus(
        name=name,
        origin=entry.origin,
        deliveries=channel_deliveries(name, entry),
        references=(*entry.references(), *delivery_references(entry)),
        tags=entry.pairs("tags"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        existing=entry.existing(),
        export=entry.export(),
        event_source=entry.text("event_source"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The bus. EventBridge wants a name: the stack's and the bus's make one that no other stack has."""
    if not isinstance(component, Bus):
        raise TypeError(component)
    if component.existing:
        plan.leave(bus_id(component), component)
        return
    key = component.encryption.key
    name = component.physical_name or f"${{AWS::StackName}}-{component.name}"
    properties: dict[str, Value] = {
        "Name": component.physical_name or Sub(name),
        "KmsKeyIdentifier": kms_id(key) if key else None,
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(bus_id(component), "AWS::Events::EventBus", properties, component.at()))
    publish(component, bus_arn(component), plan)
    if key:
        arn = Sub(f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:event-bus/{name}")
        admit_bus(plan, key, component, arn)


BUS = Kind(Bus, "buses", None, "bus", read, lower, layer=Layer.CHANNELS)
