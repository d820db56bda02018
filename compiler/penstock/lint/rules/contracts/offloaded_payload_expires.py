"""A bucket deletes payloads while messages still point at them.

## Why it matters

The message lies in a queue, then in its dead-letter queue, and after a redrive in the queue again; the payload lies in the bucket as long
as its `lifecycle` says. Where that ends first, the message is still delivered, and what it points at is gone: it fails for ever.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, retention: 4d, dlq: {max_receives: 5, retention: 14d}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 7d}}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, retention: 4d, dlq: {max_receives: 5, retention: 14d}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 18d}}
```

## Source

Amazon S3 User Guide, expiring objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
Amazon SQS Developer Guide, Using dead-letter queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from penstock.diagnostics import Severity
from penstock.hops.offloading import bucket_of, offloading
from penstock.hops.redelivery import Window, longest_window
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration

if TYPE_CHECKING:
    from penstock.kinds import Bucket, Workload

_DAY = 86_400


@rule("CON009", "offloaded-payload-expires", Severity.ERROR)
def offloaded_payload_expires(topology: Topology) -> Iterator[Finding]:
    short: dict[Bucket, list[tuple[Window, Workload, str]]] = defaultdict(list)
    for use in offloading(topology):
        bucket, workload = bucket_of(use.message, topology), use.workload
        window = longest_window(workload, topology) if workload and not use.sends else None
        if workload and window and bucket.expire_after is not None and bucket.expire_after * _DAY < window.seconds:
            short[bucket].append((window, workload, use.message.name))
    for bucket, windows in short.items():
        longest, workload, name = max(windows, key=lambda one: one[0].seconds)
        days = ceil(longest.seconds / _DAY)
        place = bucket.at("lifecycle", "expire_after")
        yield Finding(
            place,
            f"{bucket} deletes the payload of {name} after {show_duration((bucket.expire_after or 0) * _DAY)}, but {workload} may get the "
            f"message up to {show_duration(longest.seconds)} after the first delivery: {longest.sum}",
            f"write `expire_after: {days}d` or more",
            longest.places,
            write(place, f"{days}d"),
        )
