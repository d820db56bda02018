"""EventBridge event buses: those of the topology, those of partners, and the account's own, which is there already."""

from collections.abc import Iterator

from penstock.kinds.allowing import consent
from penstock.kinds.deliveries import SQS_NAME_LIMIT, channel_deliveries, delivery_redrive_of
from penstock.kinds.exporting import publish
from penstock.kinds.key import admit_bus, admit_service, kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import Queue, delivery_queues, delivery_references, inline_queue, queue_arn, queue_id
from penstock.model.component import BY_SERVICE, NO_ALLOWANCE, Allowance, Component, Encryption, Redrive, Reference
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Sub, Value, arn
from penstock.records import NamedTuple, record

DEFAULT = "default"
"""The account's own bus, and the name that a component has for being that one."""
SHARED_DEFAULTS = ("event_source", "archive", "schemas")
"""What the defaults of buses may say of the account's own bus, too: all else is a property of a bus that is created."""
_DAY = 86_400
_ARN = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/"


class Logging(NamedTuple):
    """What a bus logs; ``retention`` in days."""

    level: str
    full: bool
    retention: int


@record
class Bus(Component):
    """A bus. ``event_source`` is what publishers of the topology give as the event's source; ``None`` is the topology's name.

    ``archive`` in days; ``redrive`` is where events go that EventBridge cannot encrypt.
    """

    word = "bus"

    event_source: str | None = None
    archive: int | None = None
    logging: Logging | None = None
    schemas: bool = False
    partner: str | None = None
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None
    allowance: Allowance = NO_ALLOWANCE

    @property
    def is_default(self) -> bool:
        """Whether it is the account's own bus."""
        return self.name == DEFAULT

    @property
    def given_name(self) -> str | None:
        """Its name in AWS, where that does not hang on the stack."""
        return DEFAULT if self.is_default else self.partner or self.physical_name

    @property
    def is_partners(self) -> bool:
        """Whether a partner sends to it, and nobody else can."""
        return self.partner is not None or is_partners(self.existing.arn if self.existing else None)

    @property
    def is_fed_from_outside(self) -> bool:
        """AWS's services put events on the account's own bus, and a partner on his."""
        return self.is_default or self.partner is not None


def is_partners(bus_arn: str | None) -> bool:
    """Whether an ARN is that of a partner's bus, which bears the name of the partner's event source."""
    return ":event-bus/aws.partner/" in (bus_arn or "")


def bus_id(bus: Component) -> str:
    """The logical id of a bus; ``Ref`` of it is the bus's name."""
    return logical_id(bus.name, "Bus")


def bus_arn(bus: Component) -> Value:
    """The ARN of a bus."""
    return Sub(_ARN + DEFAULT) if bus.name == DEFAULT else arn(bus_id(bus))


def bus_name(bus: Component) -> Value:
    """The name of a bus."""
    return DEFAULT if bus.name == DEFAULT else Ref(bus_id(bus))


def name_text(bus: Component) -> str:
    """The name of a bus inside of a text for ``Fn::Sub``."""
    return DEFAULT if bus.name == DEFAULT else f"${{{bus_id(bus)}}}"


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The bus, its dead-letter queue, and the queues that its deliveries write inline."""
    own = shortened(f"{name}-dlq", SQS_NAME_LIMIT)
    redrive = delivery_redrive_of(entry, own)
    named = isinstance(redrive, Redrive) and "queue" in entry.data["dlq"]
    named_queue = (Reference(entry.data["dlq"]["queue"], entry.at("dlq", "queue"), ("queue",)),) if named else ()
    yield Bus(
        name=name,
        origin=entry.origin,
        deliveries=channel_deliveries(name, entry),
        references=(*entry.references(), *delivery_references(entry), *named_queue),
        redrive=redrive,
        tags=entry.pairs("tags"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        existing=entry.existing(),
        export=entry.export(),
        event_source=entry.text("event_source"),
        archive=(entry.seconds("archive") or 0) // _DAY or None,
        logging=_logging(entry),
        schemas=entry.flag("schemas"),
        partner=entry.text("partner"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
        allowance=entry.allowance(),
    )
    if isinstance(redrive, Redrive) and not named:
        yield inline_queue(own, entry.part("dlq"), entry.pairs("tags"))
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def _logging(entry: Entry) -> Logging | None:
    if not entry.states("logging"):
        return None
    part = entry.part("logging")
    return Logging(part.text("level") or "", part.text("detail") == "full", (part.seconds("retention") or 0) // _DAY)


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The bus, with its dead-letter queue, archive, log and schema registry."""
    if not isinstance(component, Bus):
        raise TypeError(component)
    if component.existing:
        plan.leave(bus_id(component), component)
    else:
        if not component.is_default:
            _make(component, topology, plan)
        publish(component, bus_arn(component), plan)
        consent(component, bus_id(component), bus_arn(component), component.allowance, plan)
    if component.archive:
        _archive(component, component.archive, plan)
    if component.logging:
        from penstock.kinds.bus_log import log_events  # few buses have one

        log_events(component, component.logging, topology, plan)
    if component.schemas:
        from penstock.kinds.bus_schemas import register_schemas  # few buses have them

        register_schemas(component, component.event_source or topology.name, topology, plan)


def _make(bus: Bus, topology: Topology, plan: Plan) -> None:
    left_out = accepted(bus.redrive, "DLQ019")
    plan.add(Resource(bus_id(bus), "AWS::Events::EventBus", _properties(bus, topology), bus.at(), accepted=left_out))
    if bus.encryption.key:
        admit_bus(plan, bus.encryption.key, bus, Sub(_ARN + _name(bus)), archived=bus.archive is not None)
    _admit_dead_letters(bus, topology, plan)


def _name(bus: Bus) -> str:
    """EventBridge wants a name: the stack's and the bus's make one that no other stack has."""
    return bus.given_name or f"${{AWS::StackName}}-{bus.name}"


def _properties(bus: Bus, topology: Topology) -> dict[str, Value]:
    dlq = topology.dead_letter_queue(bus.redrive)
    logging = bus.logging
    return {
        "Name": bus.given_name or Sub(_name(bus)),
        "EventSourceName": bus.partner,
        "KmsKeyIdentifier": kms_id(bus.encryption.key) if bus.encryption.key else None,
        "DeadLetterConfig": dlq and {"Arn": queue_arn(dlq)},
        "LogConfig": logging and {"Level": logging.level.upper(), "IncludeDetail": "FULL" if logging.full else "NONE"},
        "Tags": tag_list({**topology.tags, **bus.tags}),
    }


def _admit_dead_letters(bus: Bus, topology: Topology, plan: Plan) -> None:
    """Let EventBridge send to the bus's dead-letter queue on behalf of this bus alone."""
    dlq = topology.dead_letter_queue(bus.redrive)
    if not isinstance(dlq, Queue):
        return
    statement = Statement(
        ("sqs:SendMessage",),
        (queue_arn(dlq),),
        principal={"Service": "events.amazonaws.com"},
        condition={"ArnEquals": {"aws:SourceArn": bus_arn(bus)}},
    )
    plan.grant(Holder.QUEUE, queue_id(dlq), f"AllowFrom{bus_id(bus)}", statement, bus.at("dlq"))
    admit_service(plan, dlq.encryption.key, "events.amazonaws.com", dlq)


def _archive(bus: Bus, days: int, plan: Plan) -> None:
    """The archive of all events of the bus, kept when the stack goes: it may be all that is left of them."""
    properties: dict[str, Value] = {
        "SourceArn": bus_arn(bus),
        "RetentionDays": days,
        "KmsKeyIdentifier": kms_id(bus.encryption.key) if bus.encryption.key else None,
    }
    plan.add(
        Resource(logical_id(bus.name, "BusArchive"), "AWS::Events::Archive", properties, bus.at("archive"), retain=True)
    )


BUS = Kind(Bus, "buses", None, "bus", read, lower, layer=Layer.CHANNELS)
