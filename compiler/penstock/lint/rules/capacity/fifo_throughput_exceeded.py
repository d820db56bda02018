"""More messages are sent to a FIFO channel than it takes.

## Why it matters

A FIFO queue takes 300 calls a second for each of sending, receiving and deleting: 300 messages, or 3,000 where each call brings a batch of
ten. A FIFO topic takes 3,000 messages a second. What is sent faster is throttled: senders get errors, and what they do not try again
is lost. With `throughput: message-group` the bound is each message group's, and the channel as a whole takes far more.

Looked at is the sum of the peaks (`rate: {peak: ...}`) of all messages that arrive.

## Bad

```yaml
messages:
  Booked: {schema: {type: object}, key: account, idempotency_key: entry, rate: {average: 100/s, peak: 800/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: Booked, to: ledger}}
queues:
  ledger: {fifo: {deduplication: content}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  Booked: {schema: {type: object}, key: account, idempotency_key: entry, rate: {average: 100/s, peak: 800/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: Booked, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content, throughput: message-group}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, message quotas:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
Amazon SNS Developer Guide, FIFO topics: https://docs.aws.amazon.com/sns/latest/dg/fifo-high-throughput.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CAP001", "fifo-throughput-exceeded", Severity.WARNING)
def fifo_throughput_exceeded(topology: Topology) -> Iterator[Finding]:
    for channel in topology.components.values():
        if not isinstance(channel, Queue | Topic) or channel.fifo is None or channel.fifo.per_group:
            continue
        rates = arriving(channel, topology)
        demand = sum(rates.values())
        problem = _problem(channel, demand)
        if problem:
            yield Finding(
                channel.at("fifo"),
                f"FIFO {channel} gets up to {demand:,.0f} messages a second, but {problem}: what is above is throttled",
                "write `throughput: message-group`, or part the messages among several channels",
                tuple((message.at("rate"), f"up to {rate:,.0f}/s") for message, rate in rates.items()),
            )


def _problem(channel: Queue | Topic, demand: float) -> str | None:
    if isinstance(channel, Topic):
        most = resources.limit("sns.fifo_messages_per_second")
        return f"takes {most:,}" if demand > most else None
    calls, batch = resources.limit("sqs.fifo_calls_per_second"), resources.limit("sqs.max_batch")
    if demand > calls * batch:
        return f"takes {calls * batch:,}, even if every call brings {batch}"
    return f"takes {calls} calls, so more only if senders batch" if demand > calls else None
