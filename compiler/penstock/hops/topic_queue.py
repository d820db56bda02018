"""A topic delivers to a queue: an SNS subscription of protocol ``sqs``."""

from typing import Any

from penstock import resources
from penstock.hops.delivering import allow_delivery, delivery_dead_letters, subscription_id
from penstock.hops.hop import Hop
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.kinds import Queue, Topic
from penstock.kinds.queue import policy_id, queue_id
from penstock.kinds.topic import topic_id
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import Ref, Value, arn

SOURCE = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"
SERVICE = "sns.amazonaws.com"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS retries for 23 d what fails on the server's side, and gives up at once what the queue refuses.

    A FIFO topic keeps the order of a message group only into a FIFO queue. With a filter its delivery is at most once
    (https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html).
    """
    ordered = _is_fifo(connection.source) and _is_fifo(connection.target)
    filtered = bool(connection.delivery.filters or connection.delivery.messages)
    ending, dlq = delivery_dead_letters(connection, topology)
    return Semantics(
        guarantee=Guarantee.AT_MOST_ONCE if ordered and filtered else Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_GROUP if ordered else Ordering.NONE,
        retried_by="SNS",
        attempts=resources.limit("sns.delivery_attempts"),
        window=resources.limit("sns.delivery_window"),
        ending=ending,
        source=SOURCE,
        dead_letters=dlq,
    )


def _is_fifo(component: object) -> bool:
    return isinstance(component, Queue | Topic) and component.fifo is not None


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The subscription, and the queue's consent to this topic alone; SNS knows no disabled subscription, so none is made.

    The consent comes first: what SNS may not deliver it does not try again.
    """
    topic, queue = connection.source, connection.target
    if not isinstance(topic, Topic) or not isinstance(queue, Queue):
        raise TypeError(connection)
    delivery = connection.delivery
    if not delivery.enabled:
        return
    dlq = topology.dead_letter_queue(delivery.dlq)
    properties: dict[str, Value] = {
        "TopicArn": Ref(topic_id(topic)),
        "Protocol": "sqs",
        "Endpoint": arn(queue_id(queue)),
        "RawMessageDelivery": delivery.raw or None,
        "FilterPolicy": filter_policy(delivery),
        "FilterPolicyScope": "MessageBody" if delivery.filters and delivery.filter_on == "body" else None,
        "RedrivePolicy": dlq and {"deadLetterTargetArn": arn(queue_id(dlq))},
    }
    receivers = (queue, dlq) if dlq is not None else (queue,)
    consent = tuple(sorted({policy_id(queue_id(receiver)) for receiver in receivers}))
    target = subscription_id(connection, "Subscription")
    plan.add(Resource(target, "AWS::SNS::Subscription", properties, connection.at(), depends_on=consent))
    for receiver in receivers:
        allow_delivery(connection, receiver, SERVICE, topic_id(topic), Ref(topic_id(topic)), plan)


def filter_policy(delivery: Delivery) -> dict[str, Any] | None:
    """The declared filter and the declared messages as one filter policy; a list of filters is an OR."""
    by_message = {"message": list(delivery.messages)} if delivery.messages else {}
    if len(delivery.filters) > 1:
        return {**by_message, "$or": [dict(one) for one in delivery.filters]}
    return {**by_message, **(delivery.filters[0] if delivery.filters else {})} or None


def filtered_on(topic: Component, topology: Topology) -> tuple[str, ...]:
    """The message attributes that subscriptions of a topic filter on; each is the payload's field of that path."""
    names = {
        name
        for connection in topology.outgoing(topic)
        if connection.delivery.filter_on == "attributes"
        for one in connection.delivery.filters
        for name in one
        if not name.startswith("$")
    }
    return tuple(sorted(names - {"message"}))


SETTINGS = ("source", "messages", "filter", "filter_on", "raw", "dlq", "enabled")
"""Not ``id``: SNS takes one subscription of a queue to a topic."""

HOP = Hop(Topic, Queue, "SNS subscription of protocol sqs", semantics, lower, SETTINGS)
