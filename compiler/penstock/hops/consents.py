"""How many statements the policy of a queue has."""

from collections.abc import Hashable, Iterator

from penstock.kinds import Bus, Queue
from penstock.model.component import Connection, Delivery, Redrive
from penstock.model.topology import Topology


def statements_of(queue: Queue, topology: Topology) -> int:
    """One that refuses plain HTTP, and one for each who is let in: whoever sends, leaves dead letters there, or reads from outside."""
    senders = {_sender(one) for one in (*topology.incoming(queue), *_giving_up(queue, topology))} - {None}
    buses = [
        giver
        for giver in topology.given_up_by(queue)
        if isinstance(giver, Bus) and _names(giver.redrive, queue) and not giver.existing and not giver.is_default
    ]
    readers = [
        one for one in topology.outgoing(queue) if one.target.word == "external consumer" and one.delivery.enabled
    ]
    return 1 + len(senders) + len(buses) + len(readers) + sum(map(bool, queue.allowance))


def at_most(queue: Queue, topology: Topology) -> int:
    """What they cannot be more than: few policies come near to the most that SQS takes, and only those need be counted."""
    givers = topology.given_up_by(queue)
    others = sum(len(topology.incoming(giver)) + 1 for giver in givers)
    return 1 + len(topology.incoming(queue)) + len(topology.outgoing(queue)) + others + len(queue.allowance)


def _giving_up(queue: Queue, topology: Topology) -> Iterator[Connection]:
    """The deliveries that leave there what they cannot deliver."""
    for receiver in dict.fromkeys(topology.given_up_by(queue)):
        for connection in topology.incoming(receiver):
            if isinstance(connection.settings, Delivery) and _names(connection.settings.dlq, queue):
                yield connection


def _names(redrive: object, queue: Queue) -> bool:
    return isinstance(redrive, Redrive) and redrive.queue == queue.name


def _sender(connection: Connection) -> Hashable:
    """Who is let in: a topic once, a rule each time, an outsider; whoever has a role needs no statement."""
    if connection.source.is_read_by_rules:
        return connection
    match connection.source.word:
        case "topic" if connection.delivery.enabled:
            return connection.source
        case "external producer":
            return connection.source
        case _:
            return None
