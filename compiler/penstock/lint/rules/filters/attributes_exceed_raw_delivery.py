"""Messages have more attributes than a raw delivery takes along.

## Why it matters

For every field on which a subscription of a topic filters, a message has an attribute, and one more for its name. A queue takes ten
attributes with a message. Where the delivery is `raw` SNS hands them over as they are, and a message with more is a fault of the client:
SNS does not try again, and drops it. A filter on the body needs no attributes, and a delivery that is not raw has them inside of its
envelope.

## Bad

```yaml
messages:
  OrderPlaced:
    schema:
      type: object
      required: [order_id]
      properties: {order_id: {type: string}, a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}}
    key: order_id
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
defaults:
  queues: {visibility_timeout: 3m, dlq: {max_receives: 5}}
queues:
  first: {from: {source: orders, raw: true, filter: {a: [x], b: [x], c: [x], d: [x], e: [x]}, dlq: {}}}
  second: {from: {source: orders, filter: {f: [x], g: [x], h: [x], i: [x], j: [x]}, dlq: {}}}
consumers:
  one:
    from: {source: first, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  two:
    from: {source: second, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema:
      type: object
      required: [order_id]
      properties: {order_id: {type: string}, a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}}
    key: order_id
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
defaults:
  queues: {visibility_timeout: 3m, dlq: {max_receives: 5}}
queues:
  first: {from: {source: orders, raw: true, filter: {a: [x], b: [x], c: [x], d: [x], e: [x]}, filter_on: body, dlq: {}}}
  second: {from: {source: orders, filter: {f: [x], g: [x], h: [x], i: [x], j: [x]}, dlq: {}}}
consumers:
  one:
    from: {source: first, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  two:
    from: {source: second, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, raw message delivery:
https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.topic_queue import filtered_on
from penstock.hops.wrapping import is_wrapped
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.shapes import find_field
from penstock.model.topology import Message, Topology


@rule("FLT008", "attributes-exceed-raw-delivery", Severity.ERROR)
def attributes_exceed_raw_delivery(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("sns.max_raw_attributes")
    for topic in topology.of(Topic):
        names = filtered_on(topic, topology)
        if len(names) < most or is_wrapped(topic, topology):
            continue
        for connection in topology.outgoing(topic):
            delivery = connection.delivery
            if not delivery.raw or not delivery.enabled or not isinstance(connection.target, Queue):
                continue
            counts = {message: 1 + _had(names, message) for message in flow(topology).on[connection]}
            message = max(counts, key=lambda one: counts[one], default=None)
            if message and counts[message] > most:
                yield Finding(
                    connection.at("raw"),
                    f"{message.name} has {counts[message]} attributes, its name and what subscriptions of {topic} filter on, but a raw "
                    f"delivery to {connection.target} takes {most}: SNS drops the message",
                    "write `filter_on: body` for some of the filters, or take `raw` away",
                )


def _had(names: tuple[str, ...], message: Message) -> int:
    """How many of these fields a message may have, by its contract."""
    found = (find_field(message.schema, name) for name in names)
    return sum(field is not None and field.missing is None for field in found)
