"""What Kinesis would refuse."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.function import Function
from penstock.kinds.stream import Stream
from penstock.model.component import Component
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in streams."""
    for component in components.values():
        if isinstance(component, Stream):
            yield from _distribution(component)
            yield from _fan_out(component, components)


def _distribution(stream: Stream) -> Iterator[Diagnostic]:
    if not stream.keyed and stream.shards:
        text = f"{stream} has a fixed number of shards, but only of a stream on demand Kinesis distributes the records itself"
        yield fault("REF041", stream.at("distribution"), text, "write `capacity: on-demand`, or remove `distribution`")


def _fan_out(stream: Stream, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for index, name in enumerate(stream.fan_out):
        reader = components.get(name)
        place = stream.at("fan_out", index)
        if name in seen:
            yield fault("REF006", place, f"{stream} names {name!r} twice in `fan_out`", "leave one of them")
        elif isinstance(reader, Function) and not any(delivery.source == stream.name for delivery in reader.deliveries):
            text = f"{reader} is to read {stream} with a throughput of its own, but does not read it"
            yield fault("REF042", place, text, f"write `from: {stream.name}` there, or take it out of `fan_out`")
        seen.add(name)
