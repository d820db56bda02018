"""The connectors of SAM: what is joined to what, with which permissions. SAM makes the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.template.values import Map, Spot, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.directory import Directory

CONNECTOR = "AWS::Serverless::Connector"


class Connected(NamedTuple):
    """A connector leads from a resource of a stack to another one; ``writes`` if it lets the one write to the other."""

    stack: int
    source: str
    destination: str
    writes: bool
    spot: Spot


def connected(directory: Directory) -> Iterator[Connected]:
    """What connectors lead to, each destination by itself."""
    for resource in directory.resources:
        if resource.type == CONNECTOR:
            source = written(resource.properties.part("Source").get("Id")) or ""
            yield from _destinations(resource.stack, source, resource.properties, resource.spot)
        connectors = resource.attributes.part("Connectors")
        for name, own in connectors.items():
            if isinstance(own, Map):
                yield from _destinations(resource.stack, resource.id, own.part("Properties"), connectors.spot(name))


def _destinations(stack: int, source: str, own: Map, spot: Spot) -> Iterator[Connected]:
    writes = "Write" in {written(one) for one, _ in own.items_of("Permissions")}
    for one, _ in own.items_of("Destination"):
        if isinstance(one, Map):
            yield Connected(stack, source, written(one.get("Id")) or "", writes, spot)
