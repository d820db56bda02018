"""From a topology to a plan: components first, then the hops between them, then what needs to know them all."""

from penstock.hops import hop_of
from penstock.kinds import KINDS, Queue
from penstock.kinds.dashboard import add_dashboard
from penstock.kinds.notifications import add_mails
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology
from penstock.plan.layer import Home, Layer
from penstock.plan.plan import Plan
from penstock.plan.policies import attach

_KINDS = {kind.component: kind for kind in KINDS}


def _home(component: Component) -> Home:
    """Where the resources of a component stand. Declared dead-letter queues come first: channels of all groups may name them."""
    layer = _KINDS[type(component)].layer
    if isinstance(component, Queue) and component.dead_letters_role and component.part_of is None:
        layer = Layer.LETTERS
    return Home(layer, component.part_of or component.name)


def _home_of(connection: Connection) -> Home:
    """What joins two components belongs to the one that wrote it: who receives a delivery, or who sends."""
    home = _home(connection.target if isinstance(connection.settings, Delivery) else connection.source)
    return home if home.layer is Layer.ROOT else home._replace(layer=max(home.layer, Layer.WORKERS))


def lower(topology: Topology, sources: str = ".") -> Plan:
    """The plan of a topology without errors; ``sources`` is its folder as seen from the template."""
    plan = Plan(f"Messaging of {topology.name}, compiled by Penstock", sources)
    for component in topology.components.values():
        plan.speaker = _home(component)
        _KINDS[type(component)].lower(component, topology, plan)
    for connection in topology.connections:
        hop = hop_of(connection)
        if hop is None:
            message = f"no hop from {connection.source} to {connection.target}"
            raise LookupError(message)
        plan.speaker = _home_of(connection)
        hop.lower(connection, topology, plan)
    plan.speaker = None
    if any(component.word == "saga" for component in topology.components.values()):
        from penstock.hops.machines import define  # few topologies have sagas

        define(topology, plan)
    if any(message.offload for message in topology.messages.values()):
        from penstock.hops.offloading import lower_offloading  # few messages are kept in buckets

        lower_offloading(topology, plan)
    _put_in_what_exists(plan)  # the id of an API's deployment hangs on it
    for kind in _KINDS.values():
        if kind.finish:
            kind.finish(topology, plan)
    add_mails(topology, plan)
    add_dashboard(topology, plan)
    for variables in plan.environment.values():
        ordered = sorted(variables.items())
        variables.clear()
        variables.update(ordered)
    attach(plan)
    _put_in_what_exists(plan)
    if topology.late:
        from penstock.plan.deployed import settle  # few topologies leave anything to the deployment

        settle(plan, topology)
    return plan


def _put_in_what_exists(plan: Plan) -> None:
    if plan.left:
        from penstock.plan.addresses import put_in  # few topologies have what is not theirs

        put_in(plan)
