"""Two components are joined that AWS, or this version, has no way to join.

## Why it matters

Not every service delivers to every other: a route of an API does not publish to a topic by itself, and a function cannot
be the source of a queue. The finding lists what the source can reach; what lies further away needs
components in between, and it names the fewest that do.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
buses:
  commerce: {from: orders}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  placed: {from: {source: orders, raw: true, dlq: {}}, dlq: {max_receives: 5}}
buses:
  commerce: {from: placed}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Source

Amazon SNS Developer Guide, Amazon SNS event destinations:
https://docs.aws.amazon.com/sns/latest/dg/sns-event-destinations.html
"""

from collections import deque
from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import hop_of
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Connection, Delivery
from penstock.model.resolve import READABLE
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
            f"{_named(connection.source)} reaches {_reach(connection.source)}{_between(connection)}",
        )


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _is_fifo_topic(component: Component) -> bool:
    from penstock.kinds import Topic

    return isinstance(component, Topic) and component.fifo is not None


def _named(component: Component) -> str:
    return f"a FIFO {component.word}" if _is_fifo_topic(component) else _article(component.word)


def _can(source: Component, target: type[Component]) -> bool:
    """Whether messages get from this one to others of that kind; a FIFO topic delivers to queues alone."""
    return target.word == "queue" or not _is_fifo_topic(source)


def _gives_groups(source: type[Component], target: Component) -> bool:
    """Whether those that send to a FIFO topic say the message group: neither a rule nor a pipe does."""
    return source.word not in READABLE or not _is_fifo_topic(target)


def _reach(source: Component) -> str:
    from penstock.hops import HOPS  # all of them, which a sound topology has no need of

    words = sorted({_article(target.word) for kind, target in HOPS if kind is type(source) and _can(source, target)})
    return " or ".join(words) or "nothing in this version"


def _between(connection: Connection) -> str:
    """What could stand between the two ends, by the fewest hops there are."""
    from penstock.hops import HOPS

    source, target = type(connection.source), type(connection.target)
    pending: deque[tuple[type[Component], ...]] = deque([(source,)])
    met = {source}
    while pending:
        way = pending.popleft()
        for start, end in HOPS:
            if start is not way[-1] or (len(way) == 1 and not _can(connection.source, end)):
                continue
            if end is target and len(way) > 1 and _gives_groups(start, connection.target):
                return f"; with {' and then '.join(_article(kind.word) for kind in way[1:])} in between it gets there"
            if end not in met and end.word != "store":  # a store holds what somebody makes of a message
                met.add(end)
                pending.append((*way, end))
    return ""
