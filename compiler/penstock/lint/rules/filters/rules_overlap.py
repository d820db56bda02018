"""Two rules of one bus bring the same event to the same receiver.

## Why it matters

EventBridge delivers an event once for each rule that matches. Where two entries of one receiver read the same bus and one lets all of a
message through, everything that the other takes of it arrives twice. Each copy is an event of its own delivery, so a queue keeps both,
and the consumer handles both.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {event_source: shop.orders}
queues:
  fulfilment:
    from:
      - {source: commerce, id: placed, messages: [OrderPlaced], dlq: {}}
      - source: commerce
        id: large
        pattern: {source: [shop.orders], detail: {total: [{numeric: [">", 100]}]}}
        dlq: {}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
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
    from:
      - {source: commerce, id: placed, pattern: {source: [shop.orders], detail: {total: [{numeric: ["<=", 100]}]}}, dlq: {}}
      - source: commerce
        id: large
        pattern: {source: [shop.orders], detail: {total: [{numeric: [">", 100]}]}}
        dlq: {}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, rules (an event goes to the targets of each rule that it matches):
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
"""

import json
from collections import defaultdict
from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.patterns import matches
from penstock.hops.filtering import malformed, may_pass, sent
from penstock.hops.matching import event_pattern, event_source
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Connection
from penstock.model.deployed import MARK
from penstock.model.topology import Message, Topology

_ENVELOPE = frozenset({"source", "detail-type"})


@rule("FLT005", "rules-overlap", Severity.WARNING)
def rules_overlap(topology: Topology) -> Iterator[Finding]:
    for bus in topology.of(Bus):
        receivers: dict[Component, list[Connection]] = defaultdict(list)
        for connection in topology.outgoing(bus):
            if connection.delivery.enabled and not any(malformed(connection)) and not _late(connection, topology):
                receivers[connection.target].append(connection)
        for receiver, several in receivers.items():
            for later, one in enumerate(several):
                other = next((before for before in several[:later] if _overlap(before, one, topology)), None)
                if other and (one.delivery.pattern or other.delivery.pattern):  # else both are plain: IDM006
                    yield _finding(receiver, one, other)
                    break


def _finding(receiver: Component, one: Connection, other: Connection) -> Finding:
    return Finding(
        one.at("pattern" if one.delivery.pattern else "source"),
        f"{receiver} gets events of {one.source} twice: what this rule takes, another entry of it takes as well",
        "let the patterns exclude each other, or write one entry",
        ((other.at("pattern" if other.delivery.pattern else "source"), "the other entry"),),
    )


def _late(connection: Connection, topology: Topology) -> bool:
    """Whether a pattern holds what only the deployment knows."""
    return MARK in json.dumps(event_pattern(connection, topology), ensure_ascii=False)


def _overlap(one: Connection, other: Connection, topology: Topology) -> bool:
    """Whether an event surely comes by both: of some message one takes all, and the other some; or they want the same."""
    if event_pattern(one, topology) == event_pattern(other, topology):
        return True
    for message in sent(one.source, topology):
        for whole, part in ((one, other), (other, one)):
            if _takes_all(whole, message, topology) and may_pass(part, message, topology):
                return True
    return False


def _takes_all(connection: Connection, message: Message, topology: Topology) -> bool:
    pattern = event_pattern(connection, topology)
    envelope = {"source": event_source(connection.source, topology), "detail-type": message.detail_type}
    return _ENVELOPE.issuperset(pattern) and matches(pattern, envelope)
