"""A filter lets no message through that anybody sends.

## Why it matters

The subscription or rule is there, and nothing ever comes: a typing error in a detail-type, a value that the contract's `enum` does not
have, a text compared with a number. Nobody notices, because a filter that matches nothing reports nothing.

A pattern is compared with source and detail-type of the events that the topology's own publishers send, and with what the contracts say of
the detail; an SNS filter with the attributes that senders copy from the payload, or with the body. Only what surely never matches
is found: where a contract leaves a field open, anything may be in it, and who else sends to a channel that exists already is not known.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {event_source: shop.orders}
queues:
  fulfilment:
    from: {source: commerce, pattern: {source: [shop.order], detail-type: [OrderPlaced]}, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
  audit: {from: {source: commerce, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  write-down:
    from: {source: audit, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {event_source: shop.orders}
queues:
  fulfilment:
    from: {source: commerce, pattern: {source: [shop.orders], detail-type: [OrderPlaced]}, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
  audit: {from: {source: commerce, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  write-down:
    from: {source: audit, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, event patterns: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
Amazon SNS Developer Guide, filter policies: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.filtering import malformed, may_pass, sent
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


@rule("FLT002", "filter-matches-nothing", Severity.WARNING)
def filter_matches_nothing(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        if not isinstance(connection.settings, Delivery):
            continue
        messages = sent(connection.source, topology)
        if connection.source.existing or not messages or not _filters(connection) or any(malformed(connection)):
            continue
        if any(may_pass(connection, message, topology) for message in messages):
            continue
        names = ", ".join(message.name for message in messages)
        yield Finding(
            connection.at(_filters(connection)),
            f"{connection.target} gets nothing from {connection.source}: this lets none of what is sent there through ({names})",
            "compare it with the senders' source and detail-type and with the schemas, or remove it",
        )


def _filters(connection: Connection) -> str:
    """The key that filters: `pattern`, `filter` or, where there is neither, `messages`."""
    delivery = connection.delivery
    if isinstance(connection.source, Bus) and delivery.pattern:
        return "pattern"
    return "filter" if delivery.filters else "messages" if delivery.messages else ""
