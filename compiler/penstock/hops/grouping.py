"""Who gives a message group: senders to FIFO channels, which keep order by it, and those behind which a queue shares fairly."""

from penstock.kinds import Queue, Topic
from penstock.model.component import Component, Delivery
from penstock.model.topology import Topology


def is_fair(channel: Component, topology: Topology) -> bool:
    """Whether the group decides on fair shares: in a queue itself, or in one to which a standard topic hands the group on.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """
    match channel:
        case Queue():
            return channel.fair
        case Topic(fifo=None):
            return any(
                connection.delivery.enabled and isinstance(connection.target, Queue) and connection.target.fair
                for connection in topology.outgoing(channel)
            )
        case _:
            return False


def constant_groups(queue: Queue, topology: Topology) -> set[str]:
    """The only groups that a queue can have; empty where senders choose them."""
    found = set()
    for connection in topology.incoming(queue):
        settings = connection.settings
        if not isinstance(settings, Delivery) or settings.group_by is None or settings.group_by.constant is None:
            return set()
        found.add(settings.group_by.constant)
    return set() if queue.allowance.publish or queue.existing else found
