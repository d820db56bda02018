"""How a message looks on the wire: plain, or wrapped with its name because the way has no attributes for it.

A record of a stream is ``{"message": <name>, "data": <payload>}``. So is what a rule hands to a topic, and what a pipe hands to
anything: neither can set an attribute, and a pipe that hands on a body alone takes the quotes out of it
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html, Implicit body data parsing). The item of a
table, which a pipe cannot make plain, stands under ``image`` in place of ``data``, in DynamoDB's own notation.
"""

from enum import Enum

from penstock.graph.forms import forms
from penstock.kinds import Bus, Function, Queue, Stream, Table, Topic
from penstock.model.component import Component, Connection, Delivery, Form
from penstock.model.topology import Topology


class Envelope(Enum):
    """How a payload can be wrapped when it lies in a queue; the values are those of the generated ``envelopes.py``."""

    BARE = "bare"  # the payload alone, without its name: from a bus with `payload`
    DIRECT = "direct"  # from a function, an api, an outsider, a topic with raw delivery
    NOTIFICATION = "notification"  # from a topic without raw delivery
    EVENT = "event"  # from a bus
    WRAPPED = "wrapped"  # from a pipe, or inside of one of the others: from a rule or a pipe before a topic or a bus
    INVOCATION = (
        "invocation"  # a record of an invocation, given up or done, with what a topic or a bus had invoked it with
    )


def is_wrapped(channel: Component, topology: Topology) -> bool:
    """Whether messages come wrapped to a topic or a bus, some or all."""
    return Form.WRAPPED in forms(channel, topology)


def is_mixed(channel: Component, topology: Topology) -> bool:
    """Whether messages come to a topic or a bus in both forms, so that nothing is true of the inside of all of them."""
    return len(forms(channel, topology)) > 1


def detail_path(bus: Component, topology: Topology) -> str:
    """Where the payload of an event stands."""
    return "$.detail.data" if forms(bus, topology) == {Form.WRAPPED} else "$.detail"


def envelopes(queue: Component, topology: Topology) -> set[Envelope]:
    """How the messages in a queue may be wrapped; a dead letter keeps the envelope that it came in."""
    if queue.existing:
        return set(Envelope) - {Envelope.BARE, Envelope.INVOCATION}  # what else sends to it is not known
    found: set[Envelope] = set()
    seen = {queue}
    pending = [queue]
    while pending:
        target = pending.pop()
        for connection in topology.incoming(target):
            found |= brings(connection, topology)
        if topology.handed_to(target):
            found.add(Envelope.INVOCATION)
        for giver in topology.given_up_by(target):
            found |= _given_up(giver, target, topology)
            if isinstance(giver, Queue) and giver not in seen:
                seen.add(giver)
                pending.append(giver)
    from_others = queue.is_open and Envelope.BARE not in found
    return found | ({Envelope.DIRECT} if from_others or not found else set())


def _given_up(giver: Component, queue: Component, topology: Topology) -> set[Envelope]:
    """What could not be delivered comes as it is, what a function could not handle in Lambda's record of it."""
    found: set[Envelope] = set()
    for connection in topology.incoming(giver):
        own = isinstance(connection.settings, Delivery) and topology.dead_letter_queue(connection.delivery.dlq) is queue
        if own:
            found |= brings(connection, topology)
            found |= {Envelope.EVENT} if connection.delivery.payload else set()
    if isinstance(giver, Bus) and topology.dead_letter_queue(giver.redrive) is queue:
        found.add(Envelope.EVENT)
    failed = isinstance(giver, Function) and topology.dead_letter_queue(giver.redrive) is queue
    return found | ({Envelope.INVOCATION} if failed else set())


def brings(connection: Connection, topology: Topology) -> set[Envelope]:
    """The envelopes in which a connection brings messages."""
    source = connection.source
    inside = {Envelope.WRAPPED} if isinstance(source, Topic | Bus) and is_wrapped(source, topology) else set()
    match source:
        case Bus() | Component(arn_word="bucket") if connection.delivery.payload:
            return {Envelope.BARE} | (inside if is_mixed(source, topology) else set())
        case Bus() | Component(arn_word="bucket"):
            return {Envelope.EVENT} | inside
        case Topic() if connection.delivery.raw:
            return inside | ({Envelope.DIRECT} if Form.PLAIN in forms(source, topology) else set())
        case Topic():
            return {Envelope.NOTIFICATION} | inside
        case Queue() | Stream() | Table():
            return {Envelope.WRAPPED}
        case _:
            return {Envelope.DIRECT}
