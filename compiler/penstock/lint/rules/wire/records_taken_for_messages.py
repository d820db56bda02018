"""Records of invocations come to code that takes everything for messages.

## Why it matters

With `async: {on_success: ...}` Lambda sends a record of each invocation that succeeded, with what had invoked the function and its
answer. That is no message of the topology. Generated code takes the message out of a record that lies in the queue to which Lambda sent
it. Everywhere else it fails on records: as the function that Lambda invokes with them, and behind a topic or a bus that hands on all it
gets. They are tried again and given up, with an alarm for each success.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  price:
    from: {source: orders, dlq: {retention: 14d}}
    timeout: 30s
    concurrency: {reserved: 5}
    async: {on_failure: {retention: 14d}, on_success: announce}
  announce:
    timeout: 30s
    concurrency: {reserved: 5}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, dlq: {retention: 14d}}
    timeout: 30s
    concurrency: {reserved: 5}
    async: {on_failure: {retention: 14d}, on_success: priced}
  announce:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, Capturing records of Lambda asynchronous invocations:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.records import record_ways
from penstock.kinds import Function, Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Handover
from penstock.model.topology import Topology


@rule("WIR005", "records-taken-for-messages", Severity.ERROR)
def records_taken_for_messages(topology: Topology) -> Iterator[Finding]:
    ways = list(record_ways(topology))
    passed_on = {way.target for way in ways if not isinstance(way.settings, Handover)}
    for way in ways:
        reader = way.target
        if not isinstance(reader, Function) or not reader.is_generated or _understood(way, way.source in passed_on):
            continue
        direct = isinstance(way.settings, Handover)
        how = (
            f"invokes {reader} with records of its successes"
            if direct
            else f"hands records of invocations on to {reader}"
        )
        yield Finding(
            way.at() if direct else way.at("source"),
            f"{way.source} {how}, whose generated code takes them for messages and fails on each",
            "name a queue in `on_success`, or say with `code` where code is that knows records"
            if direct
            else "say with `messages` which messages are wanted, or with `code` where code is that knows records",
        )


def _understood(way: Connection, passed_on: bool) -> bool:  # noqa: FBT001 - what else comes there
    """Whether generated code finds the message in the record: in a queue to which Lambda sent it."""
    return isinstance(way.source, Queue) and not passed_on
