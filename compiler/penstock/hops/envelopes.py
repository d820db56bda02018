"""How a payload is wrapped where it lies in a queue."""

import enum

from penstock.kinds import Bus, Function, Topic
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology


class Envelope(enum.Enum):
    """How a payload can be wrapped when it lies in a queue; the values are those of the generated ``envelopes.py``."""

    DIRECT = "direct"  # from a function, an api, an outsider, a topic with raw delivery, a bus with `payload: detail`
    NOTIFICATION = "notification"  # from a topic without raw delivery
    EVENT = "event"  # from a bus
    INVOCATION = "invocation"  # an invocation that Lambda gave up, with what a topic or a bus had invoked it with


def envelopes(queue: Component, topology: Topology) -> set[Envelope]:
    """How the messages in a queue may be wrapped; a dead letter keeps the envelope that it came in."""
    if queue.existing:
        return {Envelope.DIRECT, Envelope.EVENT, Envelope.NOTIFICATION}  # what else sends to it is not known
    found: set[Envelope] = set()
    seen = {queue}
    pending = [queue]
    while pending:
        target = pending.pop()
        found |= {_envelope(connection) for connection in topology.incoming(target)}
        for giver in topology.given_up_by(target):
            if isinstance(giver, Bus):
                found.add(Envelope.EVENT)
            elif isinstance(giver, Function):
                found |= _given_up_by_function(giver, target, topology)
            elif giver not in seen:
                seen.add(giver)
                pending.append(giver)
    return found or {Envelope.DIRECT}


def _given_up_by_function(function: Function, queue: Component, topology: Topology) -> set[Envelope]:
    """What was not delivered to a function comes as it is, what the function could not handle in Lambda's record of it."""
    found = {
        _envelope(connection)
        for connection in topology.incoming(function)
        if isinstance(connection.settings, Delivery) and topology.dead_letter_queue(connection.settings.dlq) is queue
    }
    return found | ({Envelope.INVOCATION} if topology.dead_letter_queue(function.redrive) is queue else set())


def _envelope(connection: Connection) -> Envelope:
    match connection.source:
        case Bus():
            return Envelope.EVENT
        case Topic() if not connection.delivery.raw:
            return Envelope.NOTIFICATION
        case _:
            return Envelope.DIRECT
