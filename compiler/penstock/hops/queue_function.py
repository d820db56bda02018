"""Lambda polls a queue for a function: an event source mapping."""

from collections import defaultdict
from typing import TYPE_CHECKING

from penstock import resources
from penstock.hops.burying import allow_burying
from penstock.hops.delivering import subscription_id
from penstock.hops.hop import Hop
from penstock.hops.receiving import allow_receive, receive_semantics
from penstock.hops.semantics import Semantics
from penstock.kinds import Function, Queue
from penstock.kinds.function import invoke_name
from penstock.kinds.queue import queue_arn
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.names import environment_name
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.plan.values import Value

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"

RECEIVE = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
"""What a reader of one queue needs."""


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A failed message is received again after the visibility timeout, as often as the redrive says or the retention lasts."""
    return receive_semantics(connection, topology, SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The event source mapping, and permission to receive from this queue.

    A function that reads several queues is told their ARNs, by which it knows from which one a record came.
    """
    from penstock.hops.mapping_filters import criteria  # only to be lowered

    queue, function = connection.source, connection.target
    if not isinstance(queue, Queue) or not isinstance(function, Function):
        raise TypeError(connection)
    delivery = connection.delivery
    target = subscription_id(connection, "Mapping")
    properties: dict[str, Value] = {
        "EventSourceArn": queue_arn(queue),
        "FunctionName": invoke_name(function),
        "BatchSize": delivery.batch.size,
        "MaximumBatchingWindowInSeconds": delivery.batch.window or None,
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if delivery.batch.partial_failures else None,
        "FilterCriteria": criteria(connection, topology),
        "ProvisionedPollerConfig": delivery.pollers
        and {"MinimumPollers": delivery.pollers.least, "MaximumPollers": delivery.pollers.most},
        "ScalingConfig": delivery.max_concurrency and {"MaximumConcurrency": delivery.max_concurrency},
        "Enabled": None if delivery.enabled else False,
    }
    plan.add(Resource(target, "AWS::Lambda::EventSourceMapping", properties, connection.at()))
    if sum(isinstance(other.source, Queue) for other in topology.incoming(function)) > 1:
        plan.environment[function.id][environment_name("source", queue.name)] = queue_arn(queue)
    allow_receive(connection, RECEIVE, topology, plan)
    allow_burying(connection, queue.redrive, topology, plan)


SETTINGS = ("source", "messages", "filter", "batch", "max_concurrency", "pollers", "enabled", "id")


class Poll(NamedTuple):
    """A queue, the function for which Lambda polls it, and how."""

    queue: Queue
    function: Function
    connection: Connection


def polls(component: Component, topology: Topology) -> list[Poll]:
    """What polls a queue, or what is polled for a function. A mapping that is not enabled polls nothing."""
    known: Mapping[Component, list[Poll]] | None = topology.known.get(polls)
    if known is None:
        known = topology.known[polls] = _all_polls(topology)
    return known.get(component, [])


def _all_polls(topology: Topology) -> dict[Component, list[Poll]]:
    found: dict[Component, list[Poll]] = defaultdict(list)
    for connection in topology.connections:
        source, target = connection.source, connection.target
        if isinstance(source, Queue) and isinstance(target, Function) and connection.delivery.enabled:
            poll = Poll(source, target, connection)
            found[source].append(poll)
            found[target].append(poll)
    return found


def advised_visibility(poll: Poll) -> int:
    """The visibility timeout that AWS advises, in seconds: time for Lambda to get a throttled batch into the function after all."""
    factor: int = resources.limit("lambda.sqs_visibility_factor")
    return factor * (poll.function.timeout or 0) + poll.connection.delivery.batch.window


HOP = Hop(Queue, Function, "Lambda event source mapping", semantics, lower, SETTINGS)
