"""From a topology to a plan: components first, then the hops between them, then what needs to know them all."""

from penstock.hops import hop_of
from penstock.kinds import KINDS
from penstock.kinds.dashboard import add_dashboard
from penstock.kinds.notifications import add_mails
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.policies import attach

_KINDS = {kind.component: kind for kind in KINDS}


def lower(topology: Topology) -> Plan:
    """The plan of a topology without errors."""
    plan = Plan(f"Messaging of {topology.name}, compiled by Penstock")
    for component in topology.components.values():
        _KINDS[type(component)].lower(component, topology, plan)
    for connection in topology.connections:
        hop = hop_of(connection)
        if hop is None:
            message = f"no hop from {connection.source} to {connection.target}"
            raise LookupError(message)
        hop.lower(connection, topology, plan)
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
