"""A pipe is to filter on attributes, which the messages of its source do not have.

## Why it matters

Records of a stream have no attributes, and neither has what a bus, a rule or another pipe sends to a queue. A pipe with such a filter lets
nothing through; and what a filter keeps back of a queue, the pipe deletes.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: history}}
streams:
  history: {retention: 7d}
queues:
  fulfilment:
    from:
      source: history
      start: oldest
      filter: {region: [eu]}
      retries: {max_retries: 5, max_age: 6h}
      on_failure: {}
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
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: history}}
streams:
  history: {retention: 7d}
queues:
  fulfilment:
    from:
      source: history
      start: oldest
      filter: {region: [eu]}
      filter_on: body
      retries: {max_retries: 5, max_age: 6h}
      on_failure: {}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, Pipes filtering:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.pipe_parameters import has_attributes, payload_in, pipes
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("PIP003", "filter-without-attributes", Severity.ERROR)
def filter_without_attributes(topology: Topology) -> Iterator[Finding]:
    for connection in pipes(topology):
        delivery = connection.delivery
        if (
            not delivery.filters
            or delivery.filter_on != "attributes"
            or payload_in(connection.source, topology) is None
        ):
            continue
        if not has_attributes(connection.source, topology):
            yield Finding(
                connection.at("filter"),
                f"the pipe from {connection.source} to {connection.target} filters on attributes, which these messages do not have",
                "write `filter_on: body`",
            )
