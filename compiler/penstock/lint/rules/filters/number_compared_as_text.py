"""A filter asks for a number that may be written in another way.

## Why it matters

EventBridge, and Lambda and the pipes with it, compare a number in a filter with the characters of the one in the message: 300, 300.0 and
3e2 are three different things. A sender whose language writes whole numbers of that type with a point is never let through, without an
error; and what a filter in front of a function leaves out of a queue is deleted. A field of type `integer` is written in one way. For
others there is `{numeric: ["=", 300]}`, which compares the values.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id, total], properties: {order_id: {type: string}, total: {type: number}}}
    key: order_id
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: shop-bus}}
buses:
  shop-bus: {}
queues:
  gifts:
    visibility_timeout: 3m
    from: {source: shop-bus, pattern: {detail-type: [OrderPlaced], detail: {total: [0]}}, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  send-gift:
    from: {source: gifts, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id, total], properties: {order_id: {type: string}, total: {type: number}}}
    key: order_id
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: shop-bus}}
buses:
  shop-bus: {}
queues:
  gifts:
    visibility_timeout: 3m
    from: {source: shop-bus, pattern: {detail-type: [OrderPlaced], detail: {total: [{numeric: ["=", 0]}]}}, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  send-gift:
    from: {source: gifts, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, control which events Lambda sends to your function, and Amazon EventBridge User Guide, event patterns:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.graph.patterns import OR, Route
from penstock.hops.filtering import malformed
from penstock.kinds import Bus, Topic
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Connection, Delivery
from penstock.model.shapes import find_field, shape_of
from penstock.model.topology import Message, Topology

Pattern = Mapping[str, Any]


@rule("FLT007", "number-compared-as-text", Severity.WARNING)
def number_compared_as_text(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        if not isinstance(connection.settings, Delivery) or isinstance(connection.source, Topic):
            continue
        numbers = [] if any(malformed(connection)) else list(_numbers(connection))
        for route, path, number in numbers:
            unsure = next((one for one in flow(topology).on[connection] if _may_have_a_point(path, one)), None)
            if unsure:
                place = connection.at(*route)
                yield Finding(
                    place,
                    f"{connection.target} asks {connection.source} for {path} of {number!r} in these characters, but {unsure.name} has "
                    "any number there, and 1.0 is not 1",
                    f'write `{{numeric: ["=", {number}]}}`, which compares the values',
                    ((unsure.at("schema"), "the schema stands here"),),
                    write(place, f'{{numeric: ["=", {number}]}}'),
                )


def _numbers(connection: Connection) -> Iterator[tuple[Route, str, float]]:
    """Every whole number that a filter asks for, with where it stands and the path of its field in the payload."""
    delivery = connection.delivery
    if isinstance(connection.source, Bus):
        detail = (delivery.pattern or {}).get("detail")
        yield from _inside(detail, ("pattern", "detail"), ()) if isinstance(detail, dict) else ()
        return
    several = len(delivery.filters) > 1 or connection.states("filter", 0)
    for index, one in enumerate(delivery.filters):
        yield from _inside(one, ("filter", *((index,) if several else ())), ())


def _inside(pattern: Pattern, route: Route, path: tuple[str, ...]) -> Iterator[tuple[Route, str, float]]:
    for name, wanted in pattern.items():
        if name == OR:
            for index, one in enumerate(wanted):
                yield from _inside(one, (*route, name, index), path)
        elif isinstance(wanted, dict):
            yield from _inside(wanted, (*route, name), (*path, name))
        else:
            for index, test in enumerate(wanted):
                if isinstance(test, int | float) and not isinstance(test, bool) and test == int(test):
                    yield (*route, name, index), ".".join((*path, name)), test


def _may_have_a_point(path: str, message: Message) -> bool:
    """Whether a contract says of a field that it is a number, and neither a whole one nor one of a few."""
    found = find_field(message.schema, path)
    if found is None or found.missing is not None:
        return False
    shape = shape_of(found.schemas, message.schema)
    return shape.types is not None and "number" in shape.types and shape.values is None
