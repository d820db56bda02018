"""What the hops from a topic have in common: an SNS subscription.

Its protocols are all that a topic reaches, and no bus, stream or other topic is among them
(https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html). A FIFO topic reaches queues alone
(https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html).
"""

from typing import Any

from penstock import resources
from penstock.hops.delivering import allow_delivery, delivery_dead_letters, subscription_id
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.hops.wrapping import is_wrapped
from penstock.kinds.queue import policy_id, queue_arn, queue_id
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.addresses import written_region
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted
from penstock.plan.values import Value

SOURCE = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"
SERVICE = "sns.amazonaws.com"


def delivery_semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS retries for 23 d what fails on the server's side, and gives up at once what the receiver refuses."""
    ending, dlq = delivery_dead_letters(connection, topology)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="SNS",
        attempts=resources.limit("sns.delivery_attempts"),
        window=resources.limit("sns.delivery_window"),
        ending=ending,
        source=SOURCE,
        dead_letters=dlq,
    )


def subscribe(  # noqa: PLR0913 - what differs between the receivers
    connection: Connection,
    topology: Topology,
    plan: Plan,
    *,
    protocol: str,
    endpoint: Value,
    consent: str | None = None,
    policy: Value = None,
) -> None:
    """The subscription, and its dead-letter queue's consent to this topic alone.

    ``consent`` is the logical id of the receiver's own consent. That comes first: what SNS may not deliver it does not try again.
    ``policy`` is how SNS retries and how fast it delivers, where that can be said.
    """
    topic, delivery = connection.source, connection.delivery
    dlq = topology.dead_letter_queue(delivery.dlq)
    properties: dict[str, Value] = {
        "TopicArn": topic_arn(topic),
        "Region": written_region(topic),
        "Protocol": protocol,
        "Endpoint": endpoint,
        "RawMessageDelivery": delivery.raw or None,
        "FilterPolicy": filter_policy(connection, topology),
        "FilterPolicyScope": "MessageBody" if _on_body(connection, topology) else None,
        "DeliveryPolicy": policy,
        "RedrivePolicy": dlq and {"deadLetterTargetArn": queue_arn(dlq)},
    }
    consents = {name for name in (consent, dlq and policy_id(queue_id(dlq))) if name}
    target = subscription_id(connection, "Subscription")
    plan.add(
        Resource(
            target,
            "AWS::SNS::Subscription",
            properties,
            connection.at(),
            depends_on=tuple(sorted(consents)),
            accepted=accepted(delivery.dlq, "DLQ007", "RTY014"),
        )
    )
    if dlq is not None:
        allow_topic(connection, dlq, plan)


def allow_topic(connection: Connection, queue: Component, plan: Plan) -> None:
    """Let the topic send to a queue."""
    topic = topic_id(connection.source)
    allow_delivery(connection, queue, SERVICE, topic, topic_arn(connection.source), plan)


def _on_body(connection: Connection, topology: Topology) -> bool:
    """Whether the filter looks at the body; of wrapped messages there is nothing else to look at."""
    delivery = connection.delivery
    if delivery.filters and delivery.filter_on == "body":
        return True
    return bool(delivery.messages) and is_wrapped(connection.source, topology)


def filter_policy(connection: Connection, topology: Topology) -> dict[str, Any] | None:
    """The declared filter and the declared messages as one filter policy; a list of filters is an OR."""
    delivery = connection.delivery
    by_message = {"message": list(delivery.messages)} if delivery.messages else {}
    if delivery.filters and is_wrapped(connection.source, topology):
        inside: list[dict[str, Any]] = [{"data": dict(one)} for one in delivery.filters]
        return {**by_message, **(inside[0] if len(inside) == 1 else {"$or": inside})}
    if len(delivery.filters) > 1:
        return {**by_message, "$or": [dict(one) for one in delivery.filters]}
    return {**by_message, **(delivery.filters[0] if delivery.filters else {})} or None
