"""Somebody outside the topology sends to a topic, a bus, a queue or a stream: the channel's policy lets in exactly that principal."""

from penstock import resources
from penstock.hops.channel import channel, sent_order
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Semantics
from penstock.kinds import Bus, External, Queue, Stream, Topic
from penstock.kinds.external import principal
from penstock.kinds.key import SEND_ACTIONS, key_id
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The sender is not ours: it may retry as AWS's SDKs do, and it gets the error."""
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=sent_order(connection, topology),
        retried_by=str(connection.source),
        attempts=resources.limit("sdk.attempts"),
        window=None,
        ending=Ending.CALLER,
        source=SOURCE,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """One statement in the channel's policy, and one in its key's."""
    del topology
    external = connection.source
    if not isinstance(external, External):
        raise TypeError(external)
    target, holder = channel(connection.target), Holder(connection.target.word)
    sid = f"AllowFrom{logical_id(external.name, 'External')}"
    statement = Statement((target.action,), (target.arn,), principal=principal(external))
    plan.grant(holder, target.id, sid, statement, connection.at("to"))
    if target.encryption.key:
        use = Statement(SEND_ACTIONS, ("*",), principal=principal(external))
        plan.grant(Holder.KEY, key_id(target.encryption.key), sid, use, connection.at("to"))


EXTERNAL_TOPIC = Hop(External, Topic, "topic policy", semantics, lower)
EXTERNAL_BUS = Hop(External, Bus, "bus policy", semantics, lower)
EXTERNAL_QUEUE = Hop(External, Queue, "queue policy", semantics, lower)
EXTERNAL_STREAM = Hop(External, Stream, "stream policy", semantics, lower)
