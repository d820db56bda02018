"""Two messages on one bus have the same detail-type.

## Why it matters

On a bus the detail-type says what an event is. Rules cannot tell the two apart, so whoever asks for one gets both, and the generated
handler reads each as the same of the two: it fails on the other, or takes it for something that it is not.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, detail_type: order}
  OrderChanged: {schema: {type: object}, idempotency_key: order_id, detail_type: order}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderChanged, to: commerce}]
buses:
  commerce: {}
queues:
  fulfilment: {from: {source: commerce, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, detail_type: order.placed}
  OrderChanged: {schema: {type: object}, idempotency_key: order_id, detail_type: order.changed}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderChanged, to: commerce}]
buses:
  commerce: {}
queues:
  fulfilment: {from: {source: commerce, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, events: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Message, Topology


@rule("FLT004", "same-detail-type", Severity.ERROR)
def same_detail_type(topology: Topology) -> Iterator[Finding]:
    told = set()
    for bus in topology.of(Bus):
        first: dict[str, Message] = {}
        for message in flow(topology).at[bus]:
            twin = first.setdefault(message.detail_type, message)
            if twin is message or (twin, message) in told:
                continue
            told.add((twin, message))
            yield Finding(
                message.at("detail_type"),
                f"{twin.name} and {message.name} both have the detail-type {message.detail_type!r} on {bus}: nobody can tell them apart",
                "give each its own `detail_type`, or leave it out: by default it is the message's name",
                ((twin.at("detail_type"), f"{twin.name} has it too"),),
            )
