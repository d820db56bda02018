"""Two components are joined that AWS, or this version, has no way to join.

## Why it matters

Not every service delivers to every other: a route of an API does not publish to a topic by itself, and a function cannot
be the source of a queue. The finding lists what the source can reach; what lies further away needs a component in between.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {dlq: {max_receives: 5}}
  fulfilment: {from: intake, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, Amazon SNS event destinations:
https://docs.aws.amazon.com/sns/latest/dg/sns-event-destinations.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import HOPS, hop_of
from penstock.kinds import Bus, Queue, Stream, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology


@rule("GRF003", "unsupported-hop", Severity.ERROR)
def unsupported_hop(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        if hop_of(connection) is not None:
            continue
        place = connection.at("source" if isinstance(connection.settings, Delivery) else "to")
        yield Finding(
            place,
            f"nothing carries a message from {connection.source} to {connection.target}",
            _help(connection),
        )


def _help(connection: Connection) -> str:
    """What can stand between the two, else what the source does reach."""
    source, target = connection.source, connection.target
    after = {kind for kind, end in HOPS if end is type(target)} & {Queue, Topic, Bus, Stream}
    between = sorted(_article(kind.word) for start, kind in HOPS if start is type(source) and kind in after)
    if between:
        return f"put {' or '.join(between)} between them"
    return f"{_article(source.word)} reaches {_reach(source)}"


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _reach(source: Component) -> str:
    words = sorted({_article(target.word) for kind, target in HOPS if kind is type(source)})
    return " or ".join(words) or "nothing in this version"
