"""A message of a FIFO queue can end in the dead-letter queue though nobody tried it.

## Why it matters

A batch of a FIFO queue may hold several messages of one group. When one of them fails, what follows it in its group must not
overtake it: the handler leaves it untried and gives it back. But it was received, and SQS counts receives, not attempts. A message
that fails every time takes those behind it through all their receives, and they follow it into the dead-letter queue.

With one message in a batch the rest of its group stays in the queue, not received, while the first is worked on.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, Handling errors for an SQS event source, which tells the function to stop at the first failure of a FIFO batch:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

Amazon SQS Developer Guide, dead-letter queues, which go by the number of receives:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology


@rule("ORD011", "followers-given-up", Severity.WARNING)
def followers_given_up(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for queue, _, connection in polls(function, topology):
            size = connection.delivery.batch.size
            if queue.fifo is None or not isinstance(queue.redrive, Redrive) or size == 1:
                continue
            default = "" if connection.states("batch", "size") else " (AWS's default)"
            yield Finding(
                connection.at("batch", "size"),
                f"{function} gets up to {size} messages of FIFO {queue} at once{default}: what stands behind a failing message in its "
                f"group uses up its {queue.redrive.max_receives} receives with it, and is given up untried",
                "write `size: 1`, which keeps the group in the queue while its first message is worked on",
                ((queue.at("dlq", "max_receives"), "receives are counted here, not attempts"),),
            )
