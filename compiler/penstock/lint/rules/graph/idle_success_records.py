"""A function tells of successes that it never has.

## Why it matters

Lambda sends the records of `on_success` for asynchronous invocations alone: those by a topic, a bus or a schedule, or as the receiver of
another function's records. Of a queue or a stream Lambda hands over batches and waits for the answer, and so does an API. Of such a
function no record is ever sent, and whoever waits for one waits in vain.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    async: {on_success: priced}
  announce:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: priced}
  announce:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, Capturing records of Lambda asynchronous invocations:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus, Function, Schedule, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF022", "idle-success-records", Severity.WARNING)
def idle_success_records(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        if function.handover is None or function.is_open or topology.handed_to(function):
            continue
        senders = [way.source for way in topology.incoming(function)]
        if not senders or any(isinstance(sender, Bus | Schedule | Topic) for sender in senders):
            continue
        yield Finding(
            function.at("async", "on_success"),
            f"{function} sends no record of a success: it is invoked by {senders[0]}, which waits for its answer, and Lambda sends "
            "records of asynchronous invocations alone",
            "remove `on_success`, and write in `publishes` what the function sends",
        )
