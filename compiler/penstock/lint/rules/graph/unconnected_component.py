"""A component that nothing reaches, or that reaches nothing.

## Why it matters

A queue or a stream without a consumer collects messages until their retention ends; a topic or a bus without a subscriber accepts
what is published and drops it; a function without a source never runs. Mostly it is a name that was changed at one
end only, or what is left of something that was taken down. Of a chain that hangs in the air only the first or last
component is reported.

No consumer is wanted of a dead-letter queue, and no publisher or subscriber in the topology of the topic that gets
the alarms, or of a channel that is exported; one that other accounts may publish or subscribe to needs no more on that
side. Of what exists already only that is reported with which nothing of the topology has to do. A delivery that is
switched off counts for the one who reads, not for the one who is read.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {dlq: {max_receives: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, configuring queues; the message retention period:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-queue-parameters.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bucket, Bus, Database, Function, Key, Queue, Stream, Table, Topic
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule
from penstock.model.component import NO_ALLOWANCE, Component, Connection, Delivery
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("GRF001", "unconnected-component", Severity.WARNING)
def unconnected_component(topology: Topology) -> Iterator[Finding]:
    named = {reference.name for component in topology.components.values() for reference in component.references}
    named |= {message.offload.store for message in topology.messages.values() if message.offload}
    named |= {receiver.key for receiver in topology.alarms.receivers.values() if receiver.key}
    for component in topology.components.values():
        match component:
            case Queue() | Stream() | Topic() | Bus() | Function() if component.existing:
                fault = "" if _is_used(component, topology) else "nothing of this topology uses it"
            case Queue() | Stream() | Topic() | Bus():
                fault = " and ".join(_channel_faults(component, topology))
            case Component(word="service") if getattr(component, "consumes", False) and not topology.incoming(
                component
            ):
                fault = "it polls nothing, so it has nothing to do"
            case Function(consumes=True) if not topology.incoming(component) and component.name not in named:
                fault = "nothing invokes it, so it never runs"
            case Bucket() | Database() | Table() if not (_is_read(component, topology) or component.name in named):
                fault = "nothing uses it"
            case Key() if component.name not in named and not component.imported:
                fault = "nothing is encrypted with it"
            case _:
                continue
        if fault:
            yield Finding(component.at(), f"{component} is not connected: {fault}", "connect it, or remove it")


def _is_read(store: Component, topology: Topology) -> bool:
    """Whether something uses a store; what lies in a bucket may come from outside."""
    return bool(topology.incoming(store) or store.export or (isinstance(store, Bucket) and topology.outgoing(store)))


def _is_used(component: Component, topology: Topology) -> bool:
    """Whether something that exists already has to do with this topology; what else it has to do with is not known."""
    if _is_told(component, topology):
        return True
    return bool(topology.incoming(component) or topology.outgoing(component) or _gets_others(component, topology))


def _is_told(component: Component, topology: Topology) -> bool:
    """Whether alarms are sent to it."""
    return component.word == "topic" and component.name in topology.alarms.topics


def _gets_others(component: Component, topology: Topology) -> bool:
    """Whether it gets what others could not deliver, or their records of what they did."""
    return bool(topology.given_up_by(component) or topology.handed_to(component))


def _channel_faults(channel: Component, topology: Topology) -> Iterator[str]:
    if _is_told(channel, topology) or channel.export:
        return
    open_to = channel.allowance if isinstance(channel, Queue | Stream | Topic | Bus) else NO_ALLOWANCE
    from_outside = channel.is_fed_from_outside or open_to.publish
    fed = bool(from_outside or topology.incoming(channel) or _gets_others(channel, topology))
    if not fed:
        yield "nothing sends to it"
    read = any(map(_runs, topology.outgoing(channel))) or open_to.subscribe
    if not read and not holds_dead_letters(channel, topology):
        yield _unread(channel, topology) + (_loss(channel) if fed else "")


def _runs(connection: Connection) -> bool:
    return not isinstance(connection.settings, Delivery) or connection.settings.enabled


def _unread(channel: Component, topology: Topology) -> str:
    return "every delivery from it is switched off" if topology.outgoing(channel) else "nothing reads from it"


def _loss(channel: Component) -> str:
    if isinstance(channel, Queue | Stream):
        return f", so a message is deleted after {show_duration(channel.retention or 0)}"
    return ", so what is sent to it is lost"
