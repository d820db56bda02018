"""What keeps payloads in a bucket."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.bucket import Bucket
from penstock.model.component import Component
from penstock.model.resolve import Resolver, fault
from penstock.model.topology import Message


def faults(message: Message, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """A name of nothing, or of a store that is no bucket."""
    if message.offload is None:
        return
    place = message.at("offload", "store")
    resolver = Resolver(components, {})
    store = resolver.find(message.offload.store, place, ("store",), f"{message.name} cannot be kept in it")
    yield from resolver.faults
    if store is not None and not isinstance(store, Bucket):
        text = f"{store} is no bucket, so it cannot keep the payloads of {message.name}"
        yield fault("REF055", place, text, "name a store of type `s3`")
