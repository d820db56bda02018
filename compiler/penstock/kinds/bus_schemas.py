"""The schemas of a bus's events in a registry of EventBridge, made of the messages' own.

The registry reads JSON Schema in draft 4, as API Gateway does, so what draft 4 cannot say is left out here too.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html
"""

import json
import re
from typing import TYPE_CHECKING

from penstock.kinds.request_models import DRAFT, request_model
from penstock.model.component import Publication
from penstock.model.topology import Message, Topology
from penstock.plan.names import logical_id, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Sub, Value

if TYPE_CHECKING:
    from penstock.kinds.bus import Bus

_NAME = re.compile(r"[^A-Za-z0-9._-]")


def register_schemas(bus: "Bus", source: str, topology: Topology, plan: Plan) -> None:
    """The registry, and an entry for each message that a component puts on the bus; ``source`` is that of their events."""
    tags = tag_list({**topology.tags, **bus.tags})
    registry, cause = logical_id(bus.name, "BusSchemas"), bus.at("schemas")
    name = Sub(f"${{AWS::StackName}}-{shortened(bus.name, 30)}")
    described: dict[str, Value] = {"RegistryName": name, "Description": f"Events of {bus}", "Tags": tags}
    plan.add(Resource(registry, "AWS::EventSchemas::Registry", described, cause))
    for message in _messages(bus, topology):
        properties: dict[str, Value] = {
            "RegistryName": name,
            "SchemaName": f"{_NAME.sub('.', source)}@{message.name}",
            "Type": "JSONSchemaDraft4",
            "Description": message.description or None,
            "Content": json.dumps(_event(message, source), ensure_ascii=False),
            "Tags": tags,
        }
        id_ = f"{logical_id(bus.name, 'Bus')}{message.name}Schema"
        plan.add(Resource(id_, "AWS::EventSchemas::Schema", properties, cause, depends_on=(registry,)))


def _messages(bus: "Bus", topology: Topology) -> list[Message]:
    settings = (connection.settings for connection in topology.incoming(bus))
    names = {each.message for each in settings if isinstance(each, Publication)}
    return [topology.messages[name] for name in sorted(names)]


def _event(message: Message, source: str) -> dict[str, Value]:
    """The schema of the whole event, as EventBridge delivers it."""
    detail = {word: value for word, value in request_model(message.schema).schema.items() if word != "$schema"}
    text = {"type": "string"}
    return {
        "$schema": DRAFT,
        "title": message.name,
        "type": "object",
        "required": ["source", "detail-type", "detail"],
        "properties": {
            "source": {"enum": [source]},
            "detail-type": {"enum": [message.detail_type]},
            "detail": detail,
            "id": text,
            "time": {"type": "string", "format": "date-time"},
            "account": text,
            "region": text,
            "resources": {"type": "array", "items": text},
            "version": text,
        },
    }
