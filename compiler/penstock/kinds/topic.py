"""SNS topics, standard and FIFO."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.kinds import alarms
from penstock.kinds.allowing import consent
from penstock.kinds.deliveries import channel_deliveries
from penstock.kinds.existing import read_fifo
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references, refuse_plain_http
from penstock.model.component import BY_SERVICE, NO_ALLOWANCE, Allowance, Component, Encryption, Fifo
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder
from penstock.plan.values import GetAtt, Ref, Value, arn
from penstock.records import field, record

_DAY = 86_400


@record
class Topic(Component):
    """A topic. ``archive`` in days; ``max_size`` in bytes, of one that exists the most that any takes.

    ``delivery_logging`` is the percentage of successes that are logged, by protocol.
    """

    word = "topic"

    fifo: Fifo | None = None
    archive: int | None = None
    max_size: int
    delivery_logging: Mapping[str, int] = field(default_factory=dict)
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None
    allowance: Allowance = NO_ALLOWANCE


def topic_id(topic: Component) -> str:
    """The logical id of a topic; ``Ref`` of it is the topic's ARN."""
    return logical_id(topic.name, "Topic")


def logging_role_id(topic: Component) -> str:
    """The logical id of the role with which SNS writes a topic's log of deliveries."""
    return logical_id(topic.name, "TopicRole")


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
        archive=(entry.seconds("archive") or 0) // _DAY or None,
        max_size=entry.size("max_size") or resources.limit("sns.max_message_raised"),
        delivery_logging=entry.pairs("delivery_logging"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
        allowance=entry.allowance(),
    )
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The topic, with a policy that refuses plain HTTP and lets CloudWatch in where alarms are sent to it, and its alarms.

    An imported one lets CloudWatch in where its owner sends alarms to it, and nobody else does.
    """
    if not isinstance(component, Topic):
        raise TypeError(component)
    target = topic_id(component)
    if component.existing:
        plan.leave(target, component)
    else:
        _make(component, target, topology, plan)
    if component.name in topology.alarms.topics and not component.imported:
        from penstock.kinds.notifications import admit_alarms

        admit_alarms(target, component.encryption.key, topology.at("alarms", "notify"), plan)
    name = existing_name(component) or GetAtt(target, "TopicName")
    for alarm in alarms.for_topic(component, name, topology):
        plan.add(alarm)


def _make(component: Topic, target: str, topology: Topology, plan: Plan) -> None:
    plan.add(Resource(target, "AWS::SNS::Topic", _properties(component, topology), component.at()))
    refusal = refuse_plain_http("sns:Publish", Ref(target))
    plan.grant(Holder.TOPIC, target, "RefusePlainHttp", refusal, component.at())
    if component.delivery_logging:
        from penstock.kinds.delivery_log import log_deliveries  # few topics have one

        log_deliveries(component, target, topology, plan)
    publish(component, topic_arn(component), plan)
    consent(component, topic_id(component), topic_arn(component), component.allowance, plan)


def _properties(topic: Topic, topology: Topology) -> dict[str, Value]:
    properties: dict[str, Value] = {
        "TopicName": topic.physical_name and topic.physical_name + (".fifo" if topic.fifo else ""),
        "KmsMasterKeyId": kms_id(topic.encryption.key) if topic.encryption.key else None,
        "MaximumMessageSize": topic.max_size if topic.states("max_size") else None,
        "DeliveryStatusLogging": _logging(topic),
        "Tags": tag_list({**topology.tags, **topic.tags}),
    }
    if topic.fifo:
        properties |= {
            "FifoTopic": True,
            "ContentBasedDeduplication": topic.fifo.deduplication == "content",
            "ArchivePolicy": {"MessageRetentionPeriod": str(topic.archive)} if topic.archive else None,
            "FifoThroughputScope": "MessageGroup" if topic.fifo.per_group else None,
        }
    return properties


def _logging(topic: Topic) -> list[Value] | None:
    """Failures are logged as soon as there is a role for them, whatever the percentage of the successes."""
    return [
        _log(protocol, rate, arn(logging_role_id(topic))) for protocol, rate in sorted(topic.delivery_logging.items())
    ] or None


def _log(protocol: str, rate: int, role: Value) -> Value:
    failures = {"Protocol": "http/s" if protocol == "http" else protocol, "FailureFeedbackRoleArn": role}
    successes = {"SuccessFeedbackRoleArn": role, "SuccessFeedbackSampleRate": str(rate)}
    return {**failures, **successes} if rate else failures


TOPIC = Kind(Topic, "topics", None, "topic", read, lower, layer=Layer.CHANNELS)
