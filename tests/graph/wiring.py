"""Topologies of bare components, made without text: as large and as strange as a test of a graph wants them."""

from collections.abc import Iterable, Mapping

from penstock.model.component import Access, Component, Connection, Delivery, Publication, Redrive
from penstock.model.origin import YamlOrigin
from penstock.model.topology import AlarmPolicy, Message, Topology
from penstock.records import record
from penstock.source.yaml import Source, parse

_DOCUMENT, _ = parse(Source("wiring.yaml", "name: wiring"))
assert _DOCUMENT is not None
ORIGIN = YamlOrigin(_DOCUMENT, ((),))


@record
class Stage(Component):
    """A component of no kind."""

    word = "stage"


def stage(
    name: str,
    *,
    reads: Iterable[str | Delivery] = (),
    sends: Iterable[tuple[str, str]] = (),
    uses: Iterable[str] = (),
    gives_up_to: str | None = None,
) -> Stage:
    """A component; ``sends`` has pairs of a message and a target, ``uses`` names its effects."""
    return Stage(
        name=name,
        origin=ORIGIN,
        deliveries=tuple(one if isinstance(one, Delivery) else Delivery(source=one, origin=ORIGIN) for one in reads),
        publications=tuple(Publication(message=message, to=to, origin=ORIGIN) for message, to in sends),
        accesses=tuple(Access(store=one, ways=frozenset({"write"}), optional=True, origin=ORIGIN) for one in uses),
        redrive=Redrive(gives_up_to, 5, ORIGIN) if gives_up_to else None,
    )


def reading(  # noqa: PLR0913 - the settings of a delivery, each wanted by some test
    source: str,
    *,
    messages: Iterable[str] | None = None,
    enabled: bool = True,
    filters: tuple[Mapping[str, object], ...] = (),
    pattern: Mapping[str, object] | None = None,
    gives_up_to: str | None = None,
) -> Delivery:
    """A delivery with settings."""
    return Delivery(
        source=source,
        origin=ORIGIN,
        messages=None if messages is None else tuple(messages),
        enabled=enabled,
        filters=filters,
        pattern=pattern,
        dlq=Redrive(gives_up_to, None, ORIGIN) if gives_up_to else None,
    )


def wired(*stages: Stage) -> Topology:
    """A topology of components whose names all resolve."""
    by_name = {one.name: one for one in stages}
    reads = [
        Connection(source=by_name[delivery.source], target=one, settings=delivery)
        for one in stages
        for delivery in one.deliveries
    ]
    sends = [
        Connection(source=one, target=by_name[publication.to], settings=publication)
        for one in stages
        for publication in one.publications
    ]
    names = {publication.message for one in stages for publication in one.publications}
    return Topology(
        name="wiring",
        origin=ORIGIN,
        components=stages,
        connections=reads + sends,
        messages={name: Message(name=name, origin=ORIGIN, schema={}, detail_type=name) for name in sorted(names)},
        alarms=AlarmPolicy(origin=ORIGIN, thresholds={}),
        tags={},
    )
