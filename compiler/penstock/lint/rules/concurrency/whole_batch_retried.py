"""One message that fails brings its whole batch back.

## Why it matters

Without partial failures Lambda knows only two outcomes of a batch: everything is done, or nothing is. If one message of ten fails, the
nine others are delivered and handled again, and each time all ten come nearer to the dead-letter queue. With `partial_failures: true`
the function names the messages that failed, which the generated handler does, and only those come again; code of your own must do so,
or answer with nothing when all went well. AWS's defaults are batches of 10 and no partial failures.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Handling errors for an SQS event source in Lambda:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("LAM001", "whole-batch-retried", Severity.WARNING)
def whole_batch_retried(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for queue, _, connection in polls(function, topology):
            batch = connection.delivery.batch
            if batch.size == 1 or batch.partial_failures:
                continue
            default = "" if connection.states("batch", "size") else " (AWS's default)"
            yield Finding(
                connection.at("batch", "partial_failures"),
                f"{function} gets up to {batch.size} messages of {queue} at once{default}, and one that fails brings all of them back",
                "write `partial_failures: true` in the `batch` of this `from` entry, or `size: 1`"
                + (", and answer with `batchItemFailures`: the code is your own" if function.code else ""),
                fix=write(connection.at("batch", "partial_failures"), "true", safe=not function.code, short="source"),
            )
