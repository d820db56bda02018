"""The filter of an event source mapping: which messages Lambda hands to a function, by what is in them.

Lambda looks into the body of a queue's message and into the data of a stream's record, never at a message's attributes. So it depends
on the envelope what a filter can see: in a notification of SNS the payload is text, in which nothing is found.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.hops.wrapping import Envelope, envelopes
from penstock.kinds import Outbox, Queue, Table
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.values import Value

Pattern = Mapping[str, Any]


def criteria(connection: Connection, topology: Topology) -> dict[str, Value] | None:
    """The mapping's filters, or ``None`` where everything is let through."""
    found = list(dict.fromkeys(json.dumps(pattern) for pattern in patterns(connection, topology)))
    return {"Filters": [{"Pattern": text} for text in found]} if found else None


def patterns(connection: Connection, topology: Topology) -> Iterator[Pattern]:
    """What Lambda looks for; a record that fits one of them is let through. Of a table those are the changes that have an image."""
    source, delivery = connection.source, connection.delivery
    if isinstance(source, Table):
        if isinstance(connection.target, Outbox):
            yield {"eventName": ["INSERT"]}  # that a row was marked as sent, or expired, is nothing to send
        elif source.events:
            yield {"eventName": list(source.events)}
        return
    if not delivery.filters and not delivery.messages:
        return
    for own in delivery.filters or (None,):
        if not isinstance(source, Queue):
            yield {"data": _wrapped("message", connection, own, "data")}
            continue
        for envelope in sorted(envelopes(source, topology), key=lambda each: each.value):
            yield from _in_body(envelope, connection, own, topology)


def _in_body(envelope: Envelope, connection: Connection, own: Pattern | None, topology: Topology) -> Iterator[Pattern]:
    names = list(connection.delivery.messages or ())
    match envelope:
        case Envelope.DIRECT | Envelope.BARE if own and not names:
            yield {"body": dict(own)}
        case Envelope.EVENT:
            types = {"detail-type": [topology.messages[name].detail_type for name in names]} if names else {}
            yield {"body": {**types, **({"detail": dict(own)} if own else {})}}
        case Envelope.WRAPPED:
            wrapped = _wrapped("message", connection, own, "data")
            yield {"body": wrapped}
            yield {"body": {"detail": wrapped}}
        case Envelope.NOTIFICATION if names and not own:
            yield {"body": {"MessageAttributes": {"message": {"Value": names}}}}
        case _:
            return


def _wrapped(name: str, connection: Connection, own: Pattern | None, payload: str) -> Pattern:
    """The pattern for a record of a stream, which carries the contract's name beside the payload."""
    names = {name: list(connection.delivery.messages)} if connection.delivery.messages else {}
    return {**names, **({payload: dict(own)} if own else {})}


def unseen(connection: Connection, topology: Topology) -> list[Envelope]:
    """The envelopes in which the delivery's filter finds nothing, so that every message in one of them is left out."""
    if not isinstance(connection.source, Queue):
        return []
    own = connection.delivery.filters[0] if connection.delivery.filters else None
    found = sorted(envelopes(connection.source, topology), key=lambda each: each.value)
    return [envelope for envelope in found if not list(_in_body(envelope, connection, own, topology))]
