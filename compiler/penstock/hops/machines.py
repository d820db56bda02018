"""The definitions of the state machines: the steps of each saga with the addresses of what they call."""

import json
from typing import Any

from penstock import resources
from penstock.asl import machine
from penstock.asl.jsonata import at, mapping, marked, merged, text
from penstock.asl.saga import Call
from penstock.asl.steps import Act
from penstock.asl.tasks import INVOKE, TOKEN
from penstock.asl.written import Route, Written
from penstock.hops.channel import channel
from penstock.hops.grouping import is_fair
from penstock.hops.matching import event_source
from penstock.hops.topic_queue import filtered_on
from penstock.kinds import Bus, Function, Queue, Saga, Topic
from penstock.kinds.bus import bus_name
from penstock.kinds.function import invoke_arn
from penstock.kinds.queue import queue_url
from penstock.kinds.saga import saga_arn, saga_id
from penstock.kinds.topic import topic_arn
from penstock.model.component import Component, Fifo
from penstock.model.topology import Message, Topology
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.resource import COMPUTED
from penstock.plan.values import Value


def define(topology: Topology, plan: Plan) -> None:
    """Give every state machine its definition."""
    for saga in topology.of(Saga):
        addresses = Addresses(topology)
        properties = plan.resources[saga_id(saga)].properties
        if saga.written:
            properties.update(addressed(saga.written, addresses))
        else:
            properties["Definition"] = machine.definition(saga.flow, addresses)
        if saga.flow.timeout is not None:
            plan.metadata |= COMPUTED


def addressed(found: Written, addresses: "Addresses") -> dict[str, Value]:
    """A definition that was written elsewhere, with the address of each component where it was named.

    It is a text, because CloudFormation takes no null in a template, and the States Language needs it: ``"ResultPath": null``.
    """
    names = {**{call.route: call.name for task in found.tasks for call in task.calls}, **found.named}
    put_in = {pascal(name.replace("/", "-")): addresses.of(name) for name in names.values()}
    marks = {route: f"${{{pascal(name.replace('/', '-'))}}}" for route, name in names.items()}
    text = json.dumps(_replaced(found.data, (), marks), indent=2, ensure_ascii=False)
    return {"DefinitionString": text, "DefinitionSubstitutions": dict(sorted(put_in.items())) or None}


def _replaced(value: Any, route: Route, known: dict[Route, str]) -> Any:  # noqa: ANN401 - JSON
    if route in known:
        return known[route]
    if isinstance(value, dict):
        return {key: _replaced(inner, (*route, key), known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, (*route, number), known) for number, inner in enumerate(value)]
    return value


class Addresses:
    """Where the targets of a topology's sagas are: see ``asl.saga.Targets``."""

    def __init__(self, topology: Topology) -> None:
        """Of this topology."""
        self.topology = topology

    def _component(self, name: str) -> Component:
        return self.topology.components[name]

    def function(self, name: str) -> Value:
        """The ARN of a function."""
        return invoke_arn(self._component(name))

    def longest(self, name: str) -> int:
        """The timeout of a function, or the longest that there is."""
        function = self._component(name)
        known = function.timeout if isinstance(function, Function) else None
        limit: int = resources.limit("lambda.max_timeout")
        return known or limit

    def saga(self, name: str) -> Value:
        """The ARN of another saga."""
        return saga_arn(self._component(name))

    def lasts(self, name: str) -> int:
        """The longest that an execution of another saga may take."""
        saga = self._component(name)
        if not isinstance(saga, Saga):
            raise TypeError(saga)
        if saga.written:
            return saga.written.lasts(express=saga.flow.express)
        return machine.lasts(saga.flow, self)

    def of(self, name: str) -> Value:
        """What a definition calls a component by, whatever it is."""
        found = self._component(name)
        match found:
            case Function():
                return invoke_arn(found)
            case Saga():
                return saga_arn(found)
            case _:
                return channel(found).told

    def send(self, act: Act, payload: str, key: str, *, token: bool) -> Call:
        """The call that sends a message, with the name of its contract as every sender gives it."""
        target = self._component(act.target)
        if isinstance(target, Function):
            return Call(INVOKE, {"FunctionName": invoke_arn(target)})
        message = self.topology.messages[act.message or ""]
        match target:
            case Queue():
                sent = {"QueueUrl": queue_url(target), "MessageBody": marked(f"$string({payload})")}
                sent["MessageAttributes"] = self._attributes(message, (), payload, token=token)
                fair = target.fair
                return Call("sqs:sendMessage", sent | _order(message, target.fifo, payload, key, fair=fair))
            case Topic():
                sent = {"TopicArn": topic_arn(target), "Message": marked(f"$string({payload})")}
                names = filtered_on(target, self.topology)
                sent["MessageAttributes"] = self._attributes(message, names, payload, token=token)
                fair = is_fair(target, self.topology)
                return Call("sns:publish", sent | _order(message, target.fifo, payload, key, fair=fair))
            case Bus():
                event = {
                    "EventBusName": bus_name(target),
                    "Source": event_source(target, self.topology),
                    "DetailType": message.detail_type,
                    "Detail": marked(payload),
                }
                return Call("events:putEvents", {"Entries": [event]})
            case _:
                raise TypeError(target)

    def _attributes(self, message: Message, names: tuple[str, ...], payload: str, *, token: bool) -> Value:
        fixed: dict[str, Value] = {"message": {"DataType": "String", "StringValue": message.name}}
        if token:
            fixed["task_token"] = {"DataType": "String", "StringValue": marked(TOKEN)}
        if not names:
            return fixed
        parts = [mapping({"message": mapping({"DataType": "'String'", "StringValue": text(message.name)})})]
        parts += [_attribute(name, at(f"({payload})", name)) for name in names]
        return marked(merged(*parts))


def _attribute(name: str, found: str) -> str:
    """An attribute as generated senders write it, if the payload has the field."""
    sort = f"$type({found}) = 'number' ? 'Number' : $type({found}) = 'array' ? 'String.Array' : 'String'"
    own = mapping({"DataType": sort, "StringValue": f"$string({found})"})
    return f"($exists({found}) ? {mapping({name: own})} : {{}})"


def _order(message: Message, fifo: Fifo | None, payload: str, key: str, *, fair: bool) -> dict[str, Value]:
    """Group and deduplication id; the latter hangs on the step's own key, so that a second attempt is the same message."""
    group = marked(f"$string({at(f'({payload})', message.key)})") if message.key else "all"
    if fifo is None:
        return {"MessageGroupId": group} if fair and message.key else {}
    found: dict[str, Value] = {"MessageGroupId": group}
    if fifo.deduplication != "content":
        found["MessageDeduplicationId"] = marked(f"$hash({key}, 'SHA-256')")
    return found
