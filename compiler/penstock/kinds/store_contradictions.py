"""What DynamoDB would refuse."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.table import Table
from penstock.model.component import Component, Publication
from penstock.model.origin import Place
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in tables."""
    relayed = _relayed(components) if any(component.word == "outbox" for component in components.values()) else set()
    for component in components.values():
        if isinstance(component, Table):
            yield from _attributes(component)
        for publication in component.publications:
            store = components.get(publication.to)
            if store and store.word == "store" and (publication.message, publication.to) not in relayed:
                yield _unsent(component, publication, store)


def _relayed(components: Mapping[str, Component]) -> set[tuple[str, str]]:
    """What outboxes send on: each message, and the store of its rows."""
    from penstock.kinds.outbox import Outbox  # few topologies have one

    return {
        (publication.message, component.store)
        for component in components.values()
        if isinstance(component, Outbox)
        for publication in component.publications
    }


def _unsent(component: Component, publication: Publication, store: Component) -> Diagnostic:
    """What is sent to a store is a row of its outbox, which somebody must send on."""
    place = Place(publication.origin, ("to",))
    text = f"{component} sends {publication.message} to {store}, but no outbox sends it on from there"
    if component.word not in {"function", "service"}:
        help_ = "a function or a service writes to a store: send to one that has it among its `effects:`"
        return fault("REF071", place, text, help_)
    help_ = (
        f"write a producer of type `outbox` with `store: {store.name}` that publishes {publication.message}; "
        "a store that is only written to stands among `effects`"
    )
    return fault("REF071", place, text, help_)


def _attributes(table: Table) -> Iterator[Diagnostic]:
    """The attributes of a table do different things: keys are strings, an expiry is a number."""
    seen = {table.key: "key"}
    for field, attribute in (("sort_key", table.sort_key), ("ttl_attribute", table.ttl_attribute)):
        if attribute is not None and seen.setdefault(attribute, field) != field:
            text = f"{table} has one attribute, {attribute!r}, as `{seen[attribute]}` and as `{field}`"
            yield fault("REF011", table.at(field), text, "name another attribute")
