"""A topic posts to an HTTP endpoint: an SNS subscription of protocol ``https``."""

from penstock import resources
from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.subscribing import delivery_semantics, subscribe
from penstock.kinds import Endpoint, Topic
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Value
from penstock.records import NamedTuple


class Schedule(NamedTuple):
    """How SNS tries an HTTP endpoint again: so many retries, so many seconds apart."""

    retries: int
    delay: int


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS retries what takes longer than 15 s, and the answers 429 and 5xx; every other answer but 2xx ends it at once.

    It delivers nothing before the endpoint has confirmed the subscription.
    """
    retries, delay = schedule(connection)
    promise = delivery_semantics(connection, topology)
    return promise._replace(attempts=retries + 1, window=retries * delay or None)


def schedule(connection: Connection) -> Schedule:
    """The retries of a delivery: SNS's own, or as many as it states, spread evenly over the age that it states."""
    delivery = connection.delivery
    retries: int = resources.limit("sns.https_retries") if delivery.max_retries is None else delivery.max_retries
    delay: int = resources.limit("sns.https_delay")
    if delivery.max_age is not None and retries:
        delay = max(1, delivery.max_age // retries)
    return Schedule(retries, delay)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The subscription, which waits for the endpoint's confirmation; SNS knows no disabled one, so none is made."""
    endpoint = connection.target
    if not isinstance(connection.source, Topic) or not isinstance(endpoint, Endpoint):
        raise TypeError(connection)
    if not connection.delivery.enabled:
        return
    protocol = "http" if endpoint.url.startswith("http:") else "https"
    policy = _policy(connection, endpoint)
    subscribe(connection, topology, plan, protocol=protocol, endpoint=endpoint.url, policy=policy)
    plan.note(
        f"{endpoint} gets nothing from {connection.source} before it has confirmed the subscription: SNS posts a "
        "SubscriptionConfirmation, and the endpoint must open its SubscribeURL"
    )


def _policy(connection: Connection, endpoint: Endpoint) -> dict[str, Value] | None:
    """The delivery policy, as far as the topology says more than nothing."""
    policy: dict[str, Value] = {}
    if connection.states("retries"):
        retries, delay = schedule(connection)
        policy["healthyRetryPolicy"] = {
            "numRetries": retries,
            "minDelayTarget": delay,
            "maxDelayTarget": delay,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "numMaxDelayRetries": 0,
            "backoffFunction": "linear",
        }
    if endpoint.rate is not None:
        policy["throttlePolicy"] = {"maxReceivesPerSecond": endpoint.rate}
    return policy or None


SETTINGS = ("source", "messages", "filter", "filter_on", "raw", "retries", "dlq", "enabled")
"""Not ``id``: SNS takes one subscription of an endpoint to a topic."""

HOP = Hop(Topic, Endpoint, "SNS subscription of protocol https", semantics, lower, SETTINGS)
