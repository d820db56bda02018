"""A topic writes to a mail address: an SNS subscription of protocol ``email`` or ``email-json``."""

from penstock import resources
from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.subscribing import delivery_semantics, subscribe
from penstock.kinds import Email, Topic
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS hands the mail to a mail server, for up to 6 h; whether it is read nobody knows."""
    attempts, window = resources.limit("sns.mail_attempts"), resources.limit("sns.mail_window")
    return delivery_semantics(connection, topology)._replace(attempts=attempts, window=window)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The subscription, which waits for somebody's confirmation; SNS knows no disabled one, so none is made."""
    email = connection.target
    if not isinstance(connection.source, Topic) or not isinstance(email, Email):
        raise TypeError(connection)
    if not connection.delivery.enabled:
        return
    protocol = "email-json" if email.format == "json" else "email"
    subscribe(connection, topology, plan, protocol=protocol, endpoint=email.address)
    plan.note(
        f"{email} gets nothing from {connection.source} before somebody has followed the link in the first mail to it"
    )


SETTINGS = ("source", "messages", "filter", "filter_on", "dlq", "enabled")
"""Not ``id``: SNS takes one subscription of an address to a topic."""

HOP = Hop(Topic, Email, "SNS subscription of protocol email", semantics, lower, SETTINGS)
