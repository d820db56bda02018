"""Nobody keeps a message in the bucket, or nobody reads it back.

## Why it matters

`offload` is the work of code: who publishes puts a large payload into the bucket, who receives reads it back. An API that writes straight
to a channel, a schedule and somebody outside have no such code, so what they send travels as it is, and a large one is refused. An
endpoint, a log, a mailbox or a reader outside gets the pointer, and may not read the bucket.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: api, route: "POST /orders", auth: iam, publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 30d}}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 30d}}
```

## Source

Amazon SQS Developer Guide, managing large messages with S3, which both ends have to do:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-managing-large-messages.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.offloading import offloading
from penstock.lint.rule import Finding, rule
from penstock.model.component import Publication
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("CON005", "offload-out-of-reach", Severity.ERROR)
def offload_out_of_reach(topology: Topology) -> Iterator[Finding]:
    for use in offloading(topology):
        if use.workload is not None or use.message.offload is None:
            continue
        name, limit = use.message.name, show_size(use.message.offload.above)
        fault = (
            f"{use.user} sends {name} to {use.connection.target} as it is: there is no code that keeps more than {limit} in a bucket"
            if use.sends
            else f"{use.user} gets a pointer in place of {name} of more than {limit}, and cannot read the bucket"
        )
        help_ = "let a function do it, or give what goes this way a message of its own without `offload`"
        place = use.connection.at("to" if isinstance(use.connection.settings, Publication) else "source")
        yield Finding(place, fault, help_, ((use.message.at("offload"), "here it is said to be kept in a bucket"),))
