"""A queue may have more messages in flight than SQS allows.

## Why it matters

A message that was received and not yet deleted is in flight until the visibility timeout ends, and a queue has 120,000 of them at most.
While its consumers fail, nothing is deleted: as many messages are in flight as arrive in one visibility timeout. At the bound SQS hands
out nothing more, sound messages neither, until the first timeouts end; so a short outage is followed by a long one.

Looked at are the averages of the messages' rates (`rate: {average: ...}`).

## Bad

```yaml
messages:
  Click: {schema: {type: object}, key: session, rate: {average: 100/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
queues:
  clicks: {visibility_timeout: 1h, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: clicks, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 20}
    timeout: 5m
```

## Good

```yaml
messages:
  Click: {schema: {type: object}, key: session, rate: {average: 100/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
queues:
  clicks: {visibility_timeout: 10m, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: clicks, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 20}
    timeout: 1m
```

## Source

Amazon SQS Developer Guide, Amazon SQS message quotas (in-flight messages):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("CAP004", "in-flight-quota-exceeded", Severity.WARNING)
def in_flight_quota_exceeded(topology: Topology) -> Iterator[Finding]:
    if not any(message.rate for message in topology.messages.values()):
        return
    for queue in topology.of(Queue):
        most = resources.limit("sqs.max_in_flight_fifo" if queue.fifo else "sqs.max_in_flight")
        if queue.visibility_timeout is None or not receptions(queue, topology):
            continue
        averages = {
            message: message.rate.average
            for message in arriving(queue, topology)
            if message.rate and message.rate.average
        }
        demand = sum(averages.values())
        flying = demand * queue.visibility_timeout
        if flying <= most:
            continue
        hidden = show_duration(queue.visibility_timeout)
        yield Finding(
            queue.at("visibility_timeout"),
            f"while its consumers fail {queue} may have {flying:,.0f} messages in flight, {demand:,.0f} a second "
            f"for {hidden}, but SQS allows {most:,}: then it hands out nothing more",
            "write a shorter `visibility_timeout` (and `timeout` of what reads the queue), or part the messages among queues",
            tuple((message.at("rate"), f"{rate:,.0f}/s on average") for message, rate in averages.items()),
        )
