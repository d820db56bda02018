"""Receivers outside the topology: a principal that reads or subscribes, or a queue or bus of another account."""

from collections.abc import Iterator

from penstock.kinds.deliveries import sink_deliveries
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.kinds.workload import trust
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.records import record


@record
class ExternalConsumer(Component):
    """Somebody else's receiver. ``principal`` is an IAM ARN or a whole account's number, ``endpoint`` the ARN of a queue or a bus."""

    word = "external consumer"

    principal: str | None = None
    endpoint: str | None = None


def role_id(consumer: Component) -> str:
    """The logical id of the role with which EventBridge sends to a bus of another account."""
    return logical_id(consumer.name, "ExternalConsumerRole")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The external consumer, and the dead-letter queues of what is delivered to it."""
    tags = entry.pairs("tags")
    yield ExternalConsumer(
        name=name,
        origin=entry.origin,
        deliveries=sink_deliveries(name, entry),
        references=delivery_references(entry),
        tags=tags,
        principal=entry.text("principal"),
        endpoint=entry.text("endpoint"),
    )
    yield from delivery_queues(name, entry, tags)


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The role with which a bus sends to a bus of theirs; the rest is written by the hops."""
    if not isinstance(component, ExternalConsumer):
        raise TypeError(component)
    if not any(connection.source.word == "bus" for connection in topology.incoming(component)):
        return
    tags = tag_list({**topology.tags, **component.tags})
    properties = {"AssumeRolePolicyDocument": trust("events.amazonaws.com"), "Tags": tags}
    plan.add(Resource(role_id(component), "AWS::IAM::Role", properties, component.at()))


EXTERNAL_CONSUMER = Kind(ExternalConsumer, "consumers", "external", "consumer-external", read, lower)
