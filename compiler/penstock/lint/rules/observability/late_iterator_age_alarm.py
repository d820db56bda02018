"""The alarm on a reader that falls behind comes when records are almost gone.

## Why it matters

A stream deletes a record when its retention ends, read or not. `iterator_age` says how old the last record is that a function has read.
The stream of a table keeps a change for a day, always. An alarm that comes above half of the retention leaves less time to find the
fault and catch up than it took to fall behind.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: clicks}}
streams:
  clicks: {retention: 7d}
consumers:
  count:
    from:
      source: clicks
      start: oldest
      batch: {size: 100, partial_failures: true}
      retries: {max_retries: 3, max_age: 1h, bisect: true}
      on_failure: {retention: 14d}
    alarms: {iterator_age: 5d}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: clicks}}
streams:
  clicks: {retention: 7d}
consumers:
  count:
    from:
      source: clicks
      start: oldest
      batch: {size: 100, partial_failures: true}
      retries: {max_retries: 3, max_age: 1h, bisect: true}
      on_failure: {retention: 14d}
    alarms: {iterator_age: 5m}
```

## Source

AWS Lambda Developer Guide, types of metrics for Lambda functions (IteratorAge):
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import function_readings, read_stream
from penstock.kinds import Function, Table
from penstock.kinds.alarms import ITERATOR_AGE, threshold
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("OBS003", "late-iterator-age-alarm", Severity.WARNING)
def late_iterator_age_alarm(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        limit = threshold(ITERATOR_AGE.name, function.thresholds, topology)
        own = ITERATOR_AGE.name in function.thresholds
        for connection in function_readings(function, topology):
            source = read_stream(connection)
            kept = source.retention
            if kept is None or limit.reason is not None or limit.value <= kept // 2:
                continue
            yield Finding(
                function.at("alarms", "iterator_age") if own else topology.at("alarms", "iterator_age"),
                f"the alarm of {function} comes when it is {show_duration(limit.value)} behind, but {source} deletes "
                f"records after {show_duration(kept)}",
                f"write `iterator_age: {write_duration(kept // 2)}` or less",
                ((source.at("stream" if isinstance(source, Table) else "retention"), "records are kept so long"),),
            )
