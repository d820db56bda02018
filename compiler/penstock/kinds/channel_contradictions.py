"""What AWS would refuse of channels, though every key is valid by itself."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.bus import Bus
from penstock.kinds.queue import MOST_SOURCES, Queue, gives_up_to
from penstock.kinds.topic import Topic
from penstock.model.component import Component
from penstock.model.origin import Place
from penstock.model.resolve import fault

_INSTEAD = "send to a bus of your own, and let those who read the partner's bus read that one too"


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in topics, buses and queues."""
    yield from _senders_to_partners(components)
    for component in components.values():
        match component:
            case Bus():
                yield from _own_bus(component)
                yield from _partner(component)
                yield from _partners_alone(component)
            case Topic():
                yield from _archive(component)
            case Queue():
                yield from _fairness(component)
                yield from _redrive_allow(component, components)
                yield from _way_back(component, components)
            case _:
                pass


def _own_bus(bus: Bus) -> Iterator[Diagnostic]:
    """The account's own bus is there already, so the stack cannot say how it is made."""
    said = {
        "physical_name": bus.physical_name,
        "partner": bus.partner,
        "encryption": bus.encryption.key or bus.encryption.reason,
        "dlq": bus.redrive,
        "logging": bus.logging,
        "tags": bus.tags,
    }
    for key in [key for key, value in said.items() if value and bus.is_default]:
        text = f"{bus} is the account's own bus, which is there already: the stack has no say in its `{key}`"
        yield fault(
            "REF048", bus.at(key), text, f"remove `{key}`, or give the bus another name: then the stack makes one"
        )


def _partner(bus: Bus) -> Iterator[Diagnostic]:
    if bus.partner and bus.physical_name:
        text = f"{bus} is a partner's, so its name is {bus.partner!r}"
        yield fault("REF049", bus.at("physical_name"), text, "remove `physical_name`")
    if bus.partner and bus.event_source:
        text = f"{bus} is a partner's, and so is the source of its events, {bus.partner!r}"
        yield fault("REF049", bus.at("event_source"), text, "remove `event_source`")


def _partners_alone(bus: Bus) -> Iterator[Diagnostic]:
    """What would bring or let in other senders than the partner. EventBridge takes events of a partner by PutPartnerEvents alone."""
    if not bus.is_partners:
        return
    for delivery in bus.deliveries:
        text = f"{bus} gets the events of a partner alone, so nothing can be brought to it from {delivery.source!r}"
        yield fault("REF050", Place(delivery.origin, ("source",)), text, _INSTEAD)
    for index, who in enumerate(bus.allowance.publish):
        text = f"{bus} gets the events of a partner alone, so {who!r} cannot be allowed to send to it"
        yield fault("REF050", bus.at("allow", "publish", index), text, "allow it to send to a bus of your own")


def _senders_to_partners(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    for sender in components.values():
        for publication in sender.publications:
            bus = components.get(publication.to)
            if isinstance(bus, Bus) and bus.is_partners:
                text = f"{sender} sends {publication.message} to {bus}, to which only the partner can send"
                yield fault("REF050", Place(publication.origin, ("to",)), text, _INSTEAD)


def _archive(topic: Topic) -> Iterator[Diagnostic]:
    if topic.archive and not topic.fifo:
        text = f"{topic} is to keep its messages, but SNS keeps those of FIFO topics alone"
        yield fault(
            "REF040", topic.at("archive"), text, "make it a FIFO topic, or use a bus, which has archives of its own"
        )


def _fairness(queue: Queue) -> Iterator[Diagnostic]:
    if queue.fair and queue.fifo:
        text = f"{queue} is a FIFO queue, whose groups keep their order; fair shares are for standard queues"
        yield fault("REF045", queue.at("fair"), text, "remove `fair`, or `fifo`")


def _redrive_allow(queue: Queue, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """SQS refuses the redrive policy of a queue that is not allowed to have it."""
    if queue.redrive_allow not in {"sources", "none"}:
        return
    place = queue.at("redrive_allow")
    sources = [each for each in components.values() if isinstance(each, Queue) and gives_up_to(each, queue)]
    if queue.redrive_allow == "none" and sources:
        text = f"no queue may give its messages up to {queue}, but {sources[0]} does"
        yield fault("REF046", place, text, "write `redrive_allow: sources`, or let it give them up elsewhere")
    elif queue.redrive_allow == "sources" and len(sources) > MOST_SOURCES:
        text = f"{queue} can name {MOST_SOURCES} queues that may give up to it, but {len(sources)} do"
        yield fault(
            "REF046", place, text, "write `redrive_allow: all`, or divide them between several dead-letter queues"
        )
    elif queue.redrive_allow == "sources" and not all(source.physical_name for source in sources):
        nameless = next(source for source in sources if not source.physical_name)
        text = f"{queue} is to name {nameless}, which names it in turn: CloudFormation makes no such circle"
        yield fault("REF046", place, text, f"give {nameless} a `physical_name`, or write `redrive_allow: all`")


def _way_back(queue: Queue, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """SQS moves messages back only out of a queue to which another queue gives them up."""
    source = components.get(queue.redrive_from or "")
    if not isinstance(source, Queue):
        return
    if not any(isinstance(each, Queue) and gives_up_to(each, source) for each in components.values()):
        text = f"messages cannot be moved back from {source}: no queue gives any up to it"
        yield fault("REF047", queue.at("redrive_from"), text, "name the dead-letter queue of a queue")
