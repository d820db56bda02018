"""A step asks for data that the saga does not have.

## Why it matters

A step gets arguments from the start input and from the results of the steps before it. A path that begins with neither finds nothing: the
argument is left out, a condition never holds, a loop has no items, and a saga that waits for such a time fails.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release, input: {order: order_idd}}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release, input: {order: order_id}}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, transforming data with JSONata in Step Functions:
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.saga_paths import unknown_paths
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG023", "path-not-in-data", Severity.ERROR)
def path_not_in_data(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for place, path, near in unknown_paths(saga, topology):
            yield Finding(
                place,
                f"{saga} has no {path!r}: it is neither in what starts the saga nor the result of a step before",
                f"did you mean {near!r}?" if near else "name a field of the start message, or a step before this one",
            )
