"""A route of a REST API puts the request's body on a bus as an event, without code in between."""

from penstock.hops import api_sending
from penstock.hops.api_sending import ACTIONS, BY_COUNT, Service, add_route, message_of, quoted
from penstock.hops.hop import Hop
from penstock.hops.matching import event_source
from penstock.hops.semantics import Semantics
from penstock.hops.sending import send
from penstock.kinds import Api, Bus
from penstock.kinds.api import integration_role
from penstock.kinds.bus import bus_arn, name_text
from penstock.model.component import BY_SERVICE, Connection
from penstock.model.topology import Message, Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub

HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PutEvents"}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """One attempt per request; a bus keeps no order."""
    del connection, topology
    return api_sending.semantics(ACTIONS)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The method with an integration that puts an event, and a role that may put events on this bus.

    The bus's key is EventBridge's to use, not the sender's.
    """
    api, bus = connection.source, connection.target
    if not isinstance(api, Api) or not isinstance(bus, Bus):
        raise TypeError(connection)
    role = integration_role(api, topology, plan)
    send(role, connection, "events:PutEvents", bus_arn(bus), BY_SERVICE, plan)
    uri = Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:events:action/PutEvents")
    template = request_template(message_of(connection, topology), bus, topology)
    completed = Sub(template) if "${" in template else template  # the name of the account's own bus is known
    add_route(connection, Service(uri, HEADERS, completed, BY_COUNT), role, topology, plan)


def request_template(message: Message, bus: Bus, topology: Topology) -> str:
    """One entry of PutEvents. The body becomes a JSON string; Velocity escapes apostrophes too, which JSON does not know."""
    detail = '$util.escapeJavaScript($input.body).replaceAll("\\\\\'", "\'")'
    fields = {
        "EventBusName": f'"{name_text(bus)}"',
        "Source": quoted(event_source(bus, topology)),
        "DetailType": quoted(message.detail_type),
        "Detail": f'"{detail}"',
    }
    return '{"Entries": [{' + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}]}"


HOP = Hop(Api, Bus, "REST API service integration", semantics, lower)
