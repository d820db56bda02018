"""SNS topics, standard and FIFO."""

from collections.abc import Iterator
from dataclasses import dataclass

from penstock.kinds import alarms
from penstock.kinds.deliveries import channel_deliveries
from penstock.kinds.existing import read_fifo
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.notifications import admit_alarms
from penstock.kinds.queue import delivery_queues, delivery_references, refuse_plain_http
from penstock.model.component import BY_SERVICE, Component, Encryption, Fifo
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder
from penstock.plan.values import GetAtt, Ref, Value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topic(Component):
    """A topic."""

    word = "topic"

    fifo: Fifo | None = None
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None


def topic_id(topic: Component) -> str:
    """The logical id of a topic; ``Ref`` of it is the topic's ARN."""
    return logical_id(topic.name, "Topic")


def topic_arn(topic: Component) -> Value:
    """The ARN of a topic."""
    return Ref(topic_id(topic))


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The topic, and the queues that its deliveries write inline."""
    yield Topic(
        name=name,
        origin=entry.origin,
        deliveries=channel_deliveries(name, entry),
        references=(*entry.references(), *delivery_references(entry)),
        tags=entry.pairs("tags"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        existing=entry.existing(),
        export=entry.export(),
        fifo=read_fifo(entry),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The topic, with a policy that refuses plain HTTP and lets CloudWatch in where alarms are sent to it, and its alarms."""
    if not isinstance(component, Topic):
        raise TypeError(component)
    target = topic_id(component)
    if component.existing:
        plan.leave(target, component)
    else:
        _make(component, target, topology, plan)
    if component.name in topology.alarms.topics:
        admit_alarms(target, component.encryption.key, topology.at("alarms", "notify"), plan)
    name = existing_name(component) or GetAtt(target, "TopicName")
    for alarm in alarms.for_topic(component, name, topology):
        plan.add(alarm)


def _make(component: Topic, target: str, topology: Topology, plan: Plan) -> None:
    plan.add(Resource(target, "AWS::SNS::Topic", _properties(component, topology), component.at()))
    refusal = refuse_plain_http("sns:Publish", Ref(target))
    plan.grant(Holder.TOPIC, target, "RefusePlainHttp", refusal, component.at())
    publish(component, topic_arn(component), plan)


def _properties(topic: Topic, topology: Topology) -> dict[str, Value]:
    properties: dict[str, Value] = {
        "TopicName": topic.physical_name and topic.physical_name + (".fifo" if topic.fifo else ""),
        "KmsMasterKeyId": kms_id(topic.encryption.key) if topic.encryption.key else None,
        "Tags": tag_list({**topology.tags, **topic.tags}),
    }
    if topic.fifo:
        properties |= {
            "FifoTopic": True,
            "ContentBasedDeduplication": topic.fifo.deduplication == "content",
            "FifoThroughputScope": "MessageGroup" if topic.fifo.per_group else None,
        }
    return properties


TOPIC = Kind(Topic, "topics", None, "topic", read, lower, layer=Layer.CHANNELS)
