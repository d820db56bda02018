"""A queue reads another one, and nothing says that this is to run by itself.

## Why it matters

From queue to queue there are two ways. Messages that were given up go back by somebody's hand, when the fault is mended: that is
`redrive_from`. Everything else needs a pipe, which takes each message as soon as it is there; from a dead-letter queue it would feed the
same message to the same fault without end. So a pipe between queues is written down.

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
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {dlq: {max_receives: 5}}
  fulfilment: {from: {source: intake, via: pipe}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, Amazon EventBridge Pipes:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Delivery
from penstock.model.topology import Topology


@rule("PIP002", "unstated-pipe", Severity.ERROR)
def unstated_pipe(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Queue, Queue):
        if isinstance(connection.settings, Delivery) and connection.settings.via is None:
            yield Finding(
                connection.at("source"),
                f"SQS moves nothing from {connection.source} to {connection.target} by itself: that takes a pipe",
                "write `via: pipe` in this `from` entry; what goes back by hand is no edge and needs no `from`",
            )
