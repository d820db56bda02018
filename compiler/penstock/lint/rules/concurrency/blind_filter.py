"""A filter in front of a function looks where the messages have nothing.

## Why it matters

Lambda's filter sees the body of a message, not its attributes. Whether it finds something there depends on who sent it: in a
notification of SNS the payload is a piece of text inside the body, and a filter does not look into text; and what a function, an API or
an outsider sends carries the message's name as an attribute alone. A filter that finds nothing lets nothing through, and what it does not
let through is deleted.

So `filter` works where the payload is the body or the event of a bus, and `messages` where a bus or a topic wraps it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: all-orders}}
topics:
  all-orders: {}
queues:
  orders:
    from: {source: all-orders, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, filter: {country: [DE]}, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  count: {from: {source: all-orders, dlq: {}}, timeout: 30s, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: all-orders}}
topics:
  all-orders: {}
queues:
  orders:
    from: {source: all-orders, raw: true, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, filter: {country: [DE]}, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  count: {from: {source: all-orders, dlq: {}}, timeout: 30s, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Source

AWS Lambda Developer Guide, Using event filtering with an Amazon SQS event source:
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.hops.wrapping import Envelope
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_WHAT = {
    Envelope.BARE: "come without their name, as the payload of an event alone",
    Envelope.DIRECT: "carry their name as an attribute, which a filter does not see",
    Envelope.NOTIFICATION: "lie as text in a notification of SNS, into which a filter does not look",
    Envelope.INVOCATION: "lie in Lambda's record of a failed invocation",
}
_HELP = {
    Envelope.BARE: "filter by the payload: write `filter` alone",
    Envelope.DIRECT: "filter by the payload: write `filter` alone",
    Envelope.NOTIFICATION: "write `raw: true` where the queue reads the topic, or filter there",
    Envelope.INVOCATION: "read that queue without a filter",
}


@rule("LAM008", "blind-filter", Severity.ERROR)
def blind_filter(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for queue, _, connection in polls(function, topology):
            if not connection.delivery.filters and not connection.delivery.messages:
                continue
            from penstock.hops.mapping_filters import unseen  # few functions filter what they poll

            for envelope in unseen(connection, topology):
                yield Finding(
                    connection.at("filter" if connection.delivery.filters else "messages"),
                    f"{function} gets none of the messages in {queue} that {_WHAT[envelope]}: all of these are deleted",
                    _HELP[envelope],
                )
