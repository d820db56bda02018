"""What the filters of a delivery let through: of each message whether it may pass, by its contract."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.graph.flow import flow
from penstock.graph.patterns import may_match, problems
from penstock.hops.matching import event_pattern, event_source
from penstock.kinds import Bus, Topic
from penstock.model.component import Component, Connection
from penstock.model.origin import Place
from penstock.model.shapes import Field, find_field, shape_of
from penstock.model.topology import Message, Topology

Schema = Mapping[str, Any]
_TEXT: Schema = {"type": "string"}
_ONLY_TEXT = frozenset({"string"})
_EVENT: dict[str, Schema] = {
    "version": {"const": "0"},
    "id": _TEXT,
    "account": _TEXT,
    "time": _TEXT,
    "region": _TEXT,
    "resources": {"type": "array"},
}
"""What EventBridge adds to every event; `replay-name` only to one that an archive sends again."""


def sent(channel: Component, topology: Topology) -> tuple[Message, ...]:
    """The messages that are at a topic or bus."""
    return flow(topology).at[channel]


def may_pass(connection: Connection, message: Message, topology: Topology) -> bool:
    """Whether a delivery may take a message that is at its source; ``False`` only where it surely takes none."""
    delivery = connection.delivery
    if delivery.messages is not None and message.name not in delivery.messages:
        return False
    if isinstance(connection.source, Bus):
        if not delivery.pattern:
            return True  # of what the topology sends there, a rule of the compiler's takes all that `messages` names
        pattern = event_pattern(connection, topology)
        return _is_late(pattern) or may_match(pattern, [_event(connection, message, topology)], message.schema)
    if not delivery.filters:
        return True
    body = looks_into_payload(connection)
    return any(_is_late(one) or _may_pass_policy(one, message, body=body) for one in delivery.filters)


def looks_into_payload(connection: Connection) -> bool:
    """Whether a filter asks for the payload's fields: SNS alone can filter by attributes, Lambda reads what it polled."""
    return connection.delivery.filter_on == "body" or not isinstance(connection.source, Topic)


def _may_pass_policy(policy: Schema, message: Message, *, body: bool) -> bool:
    if body:
        return may_match(policy, [message.schema], message.schema)
    return may_match(policy, [_attributes(policy, message)], message.schema)


def _is_late(pattern: object) -> bool:
    """Whether a pattern holds what only the deployment knows."""
    return "${" in json.dumps(pattern)


def _event(connection: Connection, message: Message, topology: Topology) -> Schema:
    """The schema of a message's events on a bus."""
    fixed = {"source": event_source(connection.source, topology), "detail-type": message.detail_type}
    known = {name: _TEXT if "${" in value else {"const": value} for name, value in fixed.items()}
    properties = {**_EVENT, **known, "detail": message.schema, "replay-name": _TEXT}
    required = [name for name in properties if name != "replay-name"]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _attributes(policy: Schema, message: Message) -> Schema:
    """The schema of the attributes that a message is sent with: its name, and the fields of its payload that filters ask for."""
    properties: dict[str, Any] = {"message": {"const": message.name}}
    required = ["message"]
    for name in set(_names(policy)) - {"message"}:
        found = find_field(message.schema, name)
        if found is None or (found.missing is not None and not found.refused):
            properties[name] = {}
        elif found.missing is None:
            properties[name] = _attribute(found, message)
            if found.optional is None and found.nullable is None:
                required.append(name)
    return {"required": required, "properties": properties, "additionalProperties": False}


def _attribute(found: Field, message: Message) -> Schema:
    """What an attribute may be: a text as the contract has it, a number some number; any other is sent in more than one way."""
    shape = shape_of(found.schemas, message.schema)
    if shape.types == _ONLY_TEXT or (shape.values and all(isinstance(one, str) for one in shape.values)):
        return {"allOf": found.schemas}
    return {"type": ["number", "string"]} if shape.types is not None and shape.types <= {"integer", "number"} else {}


def _names(policy: Schema) -> Iterator[str]:
    for name, wanted in policy.items():
        if name == "$or" and isinstance(wanted, list):
            for one in wanted:
                yield from _names(one)
        else:
            yield name


def malformed(connection: Connection) -> Iterator[tuple[Place, str]]:
    """What AWS would refuse in the filters of a delivery, and where."""
    delivery = connection.delivery
    if delivery.pattern:
        for route, fault in problems(delivery.pattern):
            yield connection.at("pattern", *route), fault
    several = len(delivery.filters) > 1 or connection.states("filter", 0)
    for index, policy in enumerate(delivery.filters):
        for route, fault in problems(policy, nested=looks_into_payload(connection)):
            yield connection.at("filter", *((index,) if several else ()), *route), fault
