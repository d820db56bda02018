"""SQS queues, standard and FIFO, and the dead-letter queues that they write inline."""

from collections.abc import Iterator, Mapping, Sequence

from penstock import resources
from penstock.kinds import alarms
from penstock.kinds.allowing import consent
from penstock.kinds.deliveries import (
    SQS_NAME_LIMIT,
    channel_deliveries,
    inline_dlqs,
    inline_failed_batches,
    named_dlqs,
)
from penstock.kinds.existing import read_fifo
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.model.component import (
    BY_SERVICE,
    NO_ALLOWANCE,
    Absent,
    Allowance,
    Component,
    Encryption,
    Fifo,
    Redrive,
    Reference,
)
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import GetAtt, Ref, Sub, Value, arn
from penstock.records import record

MOST_SOURCES = 10
"""How many queues a dead-letter queue can name that may use it."""


@record
class Queue(Component):
    """A queue. Durations in seconds, sizes in bytes; of one that exists ``None`` is what the topology does not say."""

    word = "queue"

    fifo: Fifo | None = None
    visibility_timeout: int | None
    retention: int | None
    delay: int
    receive_wait: int
    max_size: int
    fair: bool = False
    redrive_allow: str | None = None
    redrive_from: str | None = None
    dead_letters_role: bool = False
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None
    allowance: Allowance = NO_ALLOWANCE


def queue_id(queue: Component) -> str:
    """The logical id of a queue."""
    return logical_id(queue.name, "Queue")


def queue_arn(queue: Component) -> Value:
    """The ARN of a queue."""
    return arn(queue_id(queue))


def queue_url(queue: Component) -> Value:
    """The URL of a queue."""
    return Ref(queue_id(queue))


def queue_name(queue: Component) -> Value:
    """The name of a queue."""
    return GetAtt(queue_id(queue), "QueueName")


def policy_id(queue: str) -> str:
    """The logical id of the policy of a queue, by the queue's."""
    return f"{queue}Policy"


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The queue, its own dead-letter queue, and those of its deliveries."""
    own_dlq, redrive = _own_dlq(name, entry)
    queue = _queue(
        name,
        entry,
        redrive=redrive,
        fifo=read_fifo(entry),
        role=entry.text("role") == "dead-letters",
    )
    yield queue
    if own_dlq:
        yield inline_queue(_own_dlq_name(name), entry.part("dlq"), queue.tags, queue.encryption, queue.fifo)
    yield from delivery_queues(name, entry, queue.tags, queue.encryption)


def _own_dlq(name: str, entry: Entry) -> tuple[bool, Redrive | Absent | None]:
    if not entry.states("dlq"):
        return False, None
    if absent := entry.absent("dlq"):
        return False, absent
    part = entry.part("dlq")
    named = part.data.get("queue")
    return named is None, Redrive(named or _own_dlq_name(name), part.number("max_receives"), part.origin)


def _own_dlq_name(name: str) -> str:
    return shortened(f"{name}-dlq", SQS_NAME_LIMIT)


def _queue(name: str, entry: Entry, *, redrive: Redrive | Absent | None, fifo: Fifo | None, role: bool) -> Queue:
    return Queue(
        name=name,
        origin=entry.origin,
        deliveries=channel_deliveries(name, entry),
        references=(*entry.references(), *named_dlqs([entry]), *delivery_references(entry), *_way_back(entry)),
        redrive=redrive,
        tags=entry.pairs("tags"),
        existing=entry.existing(),
        export=entry.export(),
        fifo=fifo,
        visibility_timeout=entry.seconds("visibility_timeout"),
        retention=entry.seconds("retention"),
        delay=entry.seconds("delay") or 0,
        receive_wait=entry.seconds("receive_wait") or 0,
        max_size=entry.size("max_size") or resources.limit("sqs.max_message"),
        fair=entry.flag("fair"),
        redrive_allow=entry.text("redrive_allow"),
        redrive_from=entry.text("redrive_from"),
        dead_letters_role=role,
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
        allowance=entry.allowance(),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
    )


def delivery_references(entry: Entry) -> tuple[Reference, ...]:
    """The declared queues to which a component's deliveries give up."""
    return tuple(named_dlqs(entry.parts("from", short="source"))) if "from" in entry.data else ()


def _way_back(entry: Entry) -> Iterator[Reference]:
    name = entry.text("redrive_from")
    if name:
        yield Reference(name, entry.at("redrive_from"), ("queue",))


def delivery_queues(
    name: str, entry: Entry, tags: Mapping[str, str], encryption: Encryption = BY_SERVICE
) -> Iterator[Queue]:
    """The queues that a component's deliveries write inline: for what could not be delivered, and for failed batches of streams."""
    if "from" in entry.data:
        for dlq_name, part in inline_dlqs(name, entry):
            yield inline_queue(dlq_name, part, tags, encryption)
        for failed_name, part in inline_failed_batches(name, entry):
            yield inline_queue(failed_name, part, tags)


def inline_queue(
    name: str, entry: Entry, tags: Mapping[str, str], encryption: Encryption = BY_SERVICE, fifo: Fifo | None = None
) -> Queue:
    """A dead-letter queue written inline: it inherits tags and encryption, and keeps messages for 14 d."""
    return Queue(
        name=name,
        origin=entry.origin,
        references=entry.references(),
        tags=entry.pairs("tags") or tags,
        fifo=fifo,
        visibility_timeout=entry.seconds("visibility_timeout"),
        retention=entry.seconds("retention"),
        delay=0,
        receive_wait=entry.seconds("receive_wait") or 0,
        max_size=entry.size("max_size") or resources.limit("sqs.max_message"),
        redrive_allow=entry.text("redrive_allow") if entry.knows("redrive_allow") else None,
        dead_letters_role=True,
        encryption=entry.encryption() if entry.states("encryption") else encryption,
        physical_name=entry.text("physical_name"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
    )


def holds_dead_letters(queue: Component, topology: Topology) -> bool:
    """Whether a queue is a dead-letter queue: it says so, or something gives its messages up to it."""
    return (isinstance(queue, Queue) and queue.dead_letters_role) or bool(topology.given_up_by(queue))


def keys_of_messages(queue: Component, topology: Topology) -> tuple[str, ...]:
    """The keys with which the messages in a queue are encrypted: its own, and those of the queues that give up to it.

    SQS moves a message as it is, so in a dead-letter queue it still has the encryption of the queue in which it failed.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
    """
    found = [queue]
    for each in found:
        givers = (one for one in topology.given_up_by(each) if isinstance(one, Queue) and gives_up_to(one, each))
        found += [giver for giver in givers if giver not in found]
    keys = (each.encryption.key for each in found if isinstance(each, Queue))
    return tuple(dict.fromkeys(key for key in keys if key))


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The queue with encryption at rest, a policy that refuses plain HTTP, and its alarms."""
    if not isinstance(component, Queue):
        raise TypeError(component)
    target = queue_id(component)
    if component.existing:
        plan.leave(target, component)
        _watch(component, topology, plan)
        return
    plan.add(
        Resource(
            target,
            "AWS::SQS::Queue",
            _properties(component, topology),
            component.at(),
            retain=True,
            accepted=accepted(component.redrive, "DLQ001"),
        ),
    )
    plan.grant(Holder.QUEUE, target, "RefusePlainHttp", refuse_plain_http("sqs:*", arn(target)), component.at())
    if component.redrive_from:
        from penstock.kinds.redriving import prepare_redrive  # few queues have a way back

        prepare_redrive(component, component.redrive_from, topology, plan)
    publish(component, queue_arn(component), plan)
    keys = keys_of_messages(component, topology) if component.allowance.subscribe else ()
    consent(component, queue_id(component), queue_arn(component), component.allowance, plan, keys)
    _watch(component, topology, plan)


def _watch(queue: Queue, topology: Topology, plan: Plan) -> None:
    name = existing_name(queue) or GetAtt(queue_id(queue), "QueueName")
    dead_letters = holds_dead_letters(queue, topology)
    for alarm in alarms.for_queue(queue, name, topology, dead_letters=dead_letters):
        plan.add(alarm)


def refuse_plain_http(action: str, resource: Value) -> Statement:
    """A statement that denies everything that does not come over TLS."""
    return Statement(
        (action,),
        (resource,),
        principal="*",
        condition={"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
    )


def _properties(queue: Queue, topology: Topology) -> dict[str, Value]:
    properties: dict[str, Value] = {
        "QueueName": queue.physical_name and queue.physical_name + (".fifo" if queue.fifo else ""),
        "VisibilityTimeout": queue.visibility_timeout,
        "MessageRetentionPeriod": queue.retention,
        "DelaySeconds": queue.delay or None,
        "ReceiveMessageWaitTimeSeconds": queue.receive_wait or None,
        "MaximumMessageSize": queue.max_size if queue.states("max_size") else None,
        "Tags": tag_list({**topology.tags, **queue.tags}),
    }
    givers = [giver for giver in topology.given_up_by(queue) if isinstance(giver, Queue)]
    allowed = redrive_allow_policy(queue, [giver for giver in givers if gives_up_to(giver, queue)])
    redrive = {**_redrive(queue, topology), "RedriveAllowPolicy": allowed}
    return properties | _fifo_properties(queue.fifo) | _encryption(queue) | redrive


def _fifo_properties(fifo: Fifo | None) -> dict[str, Value]:
    if fifo is None:
        return {}
    return {
        "FifoQueue": True,
        "ContentBasedDeduplication": fifo.deduplication == "content",
        "DeduplicationScope": "messageGroup" if fifo.per_group else None,
        "FifoThroughputLimit": "perMessageGroupId" if fifo.per_group else None,
    }


def _encryption(queue: Queue) -> dict[str, Value]:
    if queue.encryption.key:
        return {"KmsMasterKeyId": kms_id(queue.encryption.key)}
    return {"SqsManagedSseEnabled": queue.encryption.reason is None}


def gives_up_to(giver: Queue, queue: Component) -> bool:
    """Whether a queue's own redrive policy names another one, rather than a delivery's."""
    return isinstance(giver.redrive, Redrive) and giver.redrive.queue == queue.name


def redrive_allow_policy(queue: Queue, sources: Sequence[Queue]) -> dict[str, Value] | None:
    """Who may name a queue as a dead-letter queue; ``sources`` are those that do.

    They are named by their physical names: each of them refers to this one, and CloudFormation makes no circles.
    """
    named = [source.physical_name for source in sources if source.physical_name]
    closed = bool(sources) and len(named) == len(sources) <= MOST_SOURCES
    match queue.redrive_allow or ("sources" if closed else None):
        case "sources":
            arn_of = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:"
            suffix = ".fifo" if queue.fifo else ""
            arns = [Sub(f"{arn_of}{name}{suffix}") for name in sorted(named)]
            return {"redrivePermission": "byQueue", "sourceQueueArns": arns}
        case "all":
            return {"redrivePermission": "allowAll"}
        case "none":
            return {"redrivePermission": "denyAll"}
        case _:
            return None


def _redrive(queue: Queue, topology: Topology) -> dict[str, Value]:
    dlq = topology.dead_letter_queue(queue.redrive)
    if dlq is None or not isinstance(queue.redrive, Redrive):
        return {}
    policy = {"deadLetterTargetArn": queue_arn(dlq), "maxReceiveCount": queue.redrive.max_receives}
    return {"RedrivePolicy": policy}


QUEUE = Kind(Queue, "queues", None, "queue", read, lower, layer=Layer.CHANNELS)
