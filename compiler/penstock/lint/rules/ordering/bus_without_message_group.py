"""EventBridge is to deliver to a FIFO queue without a message group.

## Why it matters

A FIFO queue takes a message only with a message group. EventBridge must be told what makes the group: it refuses a
target that is a FIFO queue and has none, and the deployment fails.

Without `group_by` the group is the `key` of the messages, if all that the queue reads have the same one.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id}
  StockChanged: {schema: {type: object}, key: article}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: StockChanged, to: commerce}]
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: commerce, dlq: {none: the shop sends all events again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id}
  StockChanged: {schema: {type: object}, key: article}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: StockChanged, to: commerce}]
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: commerce, group_by: warehouse, dlq: {none: the shop sends all events again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, event bus targets:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import stated_flow
from penstock.hops.matching import by_rule, key_of
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("ORD004", "bus-without-message-group", Severity.ERROR)
def bus_without_message_group(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        queue = connection.target
        if not isinstance(queue, Queue) or queue.fifo is None or not by_rule(connection):
            continue
        if key_of(connection, topology):
            continue
        yield Finding(
            connection.at("group_by"),
            f"{connection.source} gives FIFO {queue} no message group: {_keys(connection, topology)}, so EventBridge "
            "refuses the target and the deployment fails",
            "write `group_by:` with a path into the payload; `group_by: {constant: all}` makes one order of all messages",
        )


def _keys(connection: Connection, topology: Topology) -> str:
    """Why the messages do not make the group."""
    messages = stated_flow(topology).on[connection]
    if keyless := [message.name for message in messages if message.key is None]:
        return f"{' and '.join(keyless)} {'has' if len(keyless) == 1 else 'have'} no `key`"
    keys = sorted({str(message.key) for message in messages})
    return f"its messages have different keys ({', '.join(keys)})" if keys else "no declared message says a `key`"
