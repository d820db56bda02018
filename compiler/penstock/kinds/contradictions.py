"""What AWS would refuse, or do otherwise than it reads, though every part is valid by itself."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.diagnostics import Diagnostic, Label
from penstock.kinds.api_contradictions import of_apis
from penstock.kinds.bus import Bus
from penstock.kinds.channel_contradictions import channel_contradictions
from penstock.kinds.endpoint import Endpoint
from penstock.kinds.external_consumer import ExternalConsumer
from penstock.kinds.fargate import Pool, sizes
from penstock.kinds.function import Function
from penstock.kinds.reading_contradictions import failed_batches, of_readings
from penstock.kinds.schedule import Schedule
from penstock.kinds.service import Service
from penstock.kinds.sink_contradictions import auth_faults, sink_faults
from penstock.kinds.table import Table
from penstock.kinds.topic import Topic
from penstock.model.component import Component, Delivery, Publication
from penstock.model.origin import Place
from penstock.model.resolve import fault
from penstock.model.units import show_duration


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction between the parts of a component, or between components."""
    yield from of_apis(components)
    yield from _schedules(components)
    yield from _names(components)
    yield from channel_contradictions(components)
    for component in components.values():
        if isinstance(component, Endpoint):
            yield from auth_faults(component)
        if isinstance(component, Table):
            yield from _attributes(component)
        if isinstance(component, Service) and component.pool:
            yield from _pool(component, component.pool)
        for delivery in component.deliveries:
            source = components.get(delivery.source)
            if isinstance(source, Topic):
                yield from _filters(delivery, component)
            if isinstance(source, Bus):
                yield from _bus_retries(delivery, component)
            if isinstance(component, Endpoint | ExternalConsumer):
                yield from sink_faults(delivery, component, source)
            yield from of_readings(delivery, source, component)
            yield from failed_batches(delivery, component, components)


def _schedules(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """A schedule's payload is one message, sent to each target once; and a function that is invoked is not told which it is."""
    invoked_with: dict[str, Publication] = {}
    for schedule in components.values():
        if not isinstance(schedule, Schedule):
            continue
        first = schedule.publications[0]
        for publication in schedule.publications:
            known = first
            if isinstance(components.get(publication.to), Function):
                known = invoked_with.setdefault(publication.to, publication)
            place = Place(publication.origin, ("message",))
            if publication.message != first.message:
                text = f"{schedule} sends {first.message} and {publication.message}, but its payload is one message"
                yield fault("REF012", place, text, "write a schedule for each message")
            elif publication.message != known.message:
                text = f"{schedule} invokes {publication.to!r} with {publication.message}, as another does with {known.message}"
                yield fault("REF012", place, f"{text}: nothing tells them apart", "send one of them through a queue")


def _names(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """In an account a name belongs to one thing of its kind."""
    seen: dict[tuple[str, str], Component] = {}
    for component in components.values():
        name = getattr(component, "physical_name", None)
        if name is None:
            continue
        twin = seen.setdefault((component.word, name), component)
        if twin is not component:
            first = Label(twin.at("physical_name").span(), f"{twin} has it")
            text = f"two {component.word} components have the physical name {name!r}"
            yield fault("REF013", component.at("physical_name"), text, "give one of them another name", (first,))


def _attributes(table: Table) -> Iterator[Diagnostic]:
    """The attributes of a table do different things: keys are strings, an expiry is a number."""
    seen = {table.key: "key"}
    for field, attribute in (("sort_key", table.sort_key), ("ttl_attribute", table.ttl_attribute)):
        if attribute is not None and seen.setdefault(attribute, field) != field:
            text = f"{table} has one attribute, {attribute!r}, as `{seen[attribute]}` and as `{field}`"
            yield fault("REF011", table.at(field), text, "name another attribute")


def _pool(service: Service, pool: Pool) -> Iterator[Diagnostic]:
    """Fargate has certain sizes of memory for each number of CPU units; and the fewest tasks are not more than the most."""
    fitting = sizes(pool.cpu)
    if pool.memory not in fitting:
        place = service.at("memory" if service.states("memory") and not service.states("cpu") else "cpu")
        text = f"{service} asks for {_mebibytes(pool.memory)} of memory with {pool.cpu} CPU units, which Fargate does not have"
        yield fault("REF021", place, text, f"with {pool.cpu} units there are {', '.join(map(_mebibytes, fitting))}")
    if pool.scaling.least > pool.scaling.most:
        text = f"{service} has {pool.scaling.least} tasks at least, but {pool.scaling.most} at most"
        yield fault("REF022", service.at("scaling", "max"), text, "write a `max` that is not less than `min`")


def _mebibytes(size: int) -> str:
    return f"{size // 1024}GiB" if size % 1024 == 0 else f"{size}MiB"


def _filters(delivery: Delivery, component: Component) -> Iterator[Diagnostic]:
    """`messages` filters on the attribute `message`, so the rest of the filter policy cannot look at the body or at that attribute."""
    if not delivery.messages:
        return
    place = Place(delivery.origin, ("messages",))
    if delivery.filters and delivery.filter_on == "body":
        text = f"{component} filters by `messages` and by the body, but SNS looks at attributes or at the body, never at both"
        yield fault("REF010", place, text, "leave one of them, or filter on attributes")
    elif any("message" in one for one in delivery.filters):
        text = f"{component} filters by `messages` and by the attribute 'message', which carries the message's name"
        yield fault("REF010", place, text, "leave one of them")


def _bus_retries(delivery: Delivery, component: Component) -> Iterator[Diagnostic]:
    """The bounds of EventBridge's retries are narrower than those of Lambda's, and it has no batches to split."""
    place = Place(delivery.origin, ("retries",))
    most, oldest = resources.limit("eventbridge.max_retries"), resources.limit("eventbridge.max_age")
    if (delivery.max_retries or 0) > most:
        text = f"{component} asks for {delivery.max_retries:,} retries, but EventBridge makes {most} at most"
        yield fault("REF015", place, text, f"write `max_retries: {most}` or less")
    if (delivery.max_age or 0) > oldest:
        text = (
            f"{component} asks for retries for {show_duration(delivery.max_age or 0)}, but EventBridge ends after 24 h"
        )
        yield fault("REF015", place, text, "write `max_age: 24h` or less")
    if delivery.origin.states(("retries", "bisect")):
        text = f"{component} asks for `bisect`, but a bus brings one event at a time"
        yield fault("REF015", place, text, "remove `bisect`")
