"""A consumer keeps up, but needs days to catch up after a night's outage.

## Why it matters

While a consumer is down its backlog grows with every message that arrives. Afterwards only what it can do beyond the usual load works that
off: at 90 % of what it can do, an outage of 8 h has been worked off after 72 h. For all that time every message arrives late, and the next
outage begins where this one has not ended, until messages are older than the retention and are deleted.

Reported is a consumer that would not be done within the retention of what it reads, outage included. The outage is 8 h, a night in
which nobody looked, or half of the retention where that is less. Looked at are the averages of the messages' rates, the consumer's
`time_per_message`, and what bounds it (`max_concurrency`, `concurrency: {reserved: ...}`, shards times `parallelization`, the most
tasks of a service).

## Bad

```yaml
messages:
  Click: {schema: {type: object}, key: session, rate: {average: 95/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
queues:
  clicks: {visibility_timeout: 10m, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: clicks, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 20}
    timeout: 1m
    time_per_message: 200ms
```

## Good

```yaml
messages:
  Click: {schema: {type: object}, key: session, rate: {average: 95/s}}
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

Amazon Builders' Library, Avoiding insurmountable queue backlogs:
https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.capacity import loads
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_NIGHT = 8 * 3_600


@rule("CAP009", "slow-to-catch-up", Severity.WARNING)
def slow_to_catch_up(topology: Topology) -> Iterator[Finding]:
    for load in loads(topology):
        if load.retention is None or load.share > 1:
            continue
        outage = min(_NIGHT, load.retention // 2)
        late = load.catching_up(outage)
        if outage + late <= load.retention:
            continue
        workload, sources = load.workload, " and ".join(str(one.source) for one in load.connections)
        needs = f"needs {late / 3_600:,.0f} h to catch up" if load.share < 1 else "never catches up"
        yield Finding(
            load.bound,
            f"after an outage of {show_duration(outage)} {workload} {needs} with {sources}: it can work on {load.most:,} messages at "
            f"once and has {load.busy:,.3g} as a rule, and what it reads is kept for {show_duration(load.retention)}",
            "let it work on more at once, or make one message take less",
            ((workload.at("time_per_message"), f"{workload.time_per_message:,} ms for one message"),),
        )
