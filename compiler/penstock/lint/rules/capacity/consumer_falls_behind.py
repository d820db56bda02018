"""A consumer cannot keep up with what arrives.

## Why it matters

As many messages are worked on at once as arrive in the time that one of them takes (Little's law): with 100 a second and 200 ms
each it is 20. A consumer that may work on fewer falls behind a little more with every second. Nothing fails and no error is counted;
the backlog grows until messages are older than the retention, and from then on as many are deleted unread as arrive too many.

Looked at are the averages of the messages' rates (`rate: {average: ...}`), the consumer's `time_per_message`, and what bounds it:
`max_concurrency`, `concurrency: {reserved: ...}`, shards times `parallelization`, or the most tasks of a service, each of which works
on one message at a time.

## Bad

```yaml
messages:
  Click: {schema: {type: object}, key: session, rate: {average: 100/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
queues:
  clicks: {visibility_timeout: 10m, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: clicks, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 10}
    timeout: 1m
    time_per_message: 200ms
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
    from: {source: clicks, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 40}
    timeout: 1m
    time_per_message: 200ms
```

## Source

AWS Lambda Developer Guide, Understanding Lambda function scaling (concurrency is requests per second times duration):
https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.capacity import loads
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("CAP008", "consumer-falls-behind", Severity.WARNING)
def consumer_falls_behind(topology: Topology) -> Iterator[Finding]:
    for load in loads(topology):
        if load.share <= 1:
            continue
        workload, sources = load.workload, " and ".join(str(one.source) for one in load.connections)
        behind = load.arriving * (1 - 1 / load.share)
        end = f", and are deleted after {show_duration(load.retention)}" if load.retention else ""
        yield Finding(
            load.bound,
            f"{workload} would have to work on {load.busy:,.3g} messages at once, {load.arriving:,.3g} a second for "
            f"{workload.time_per_message:,} ms each, but can on {load.most:,}: each second {behind:,.3g} more wait in {sources}{end}",
            "let it work on more at once, or make one message take less",
            ((workload.at("time_per_message"), f"{workload.time_per_message:,} ms for one message"),),
        )
