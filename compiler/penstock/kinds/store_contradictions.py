"""What DynamoDB would refuse."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.table import Table
from penstock.model.component import Component
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in tables."""
    for component in components.values():
        if isinstance(component, Table):
            yield from _attributes(component)


def _attributes(table: Table) -> Iterator[Diagnostic]:
    """The attributes of a table do different things: keys are strings, an expiry is a number."""
    seen = {table.key: "key"}
    for field, attribute in (("sort_key", table.sort_key), ("ttl_attribute", table.ttl_attribute)):
        if attribute is not None and seen.setdefault(attribute, field) != field:
            text = f"{table} has one attribute, {attribute!r}, as `{seen[attribute]}` and as `{field}`"
            yield fault("REF011", table.at(field), text, "name another attribute")
