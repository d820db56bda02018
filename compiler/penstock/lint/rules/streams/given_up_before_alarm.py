"""Records of a stream are given up for their age before anybody is told that the reader is behind.

## Why it matters

`max_age` does not only end retries. A record that has become older than that by the time its turn comes is given up too, without having
been tried once. So a reader that is merely slow, after a deployment or in a busy hour, begins to pass records over as soon as it is that
far behind. The alarm on that lag, `iterator_age`, has to come before, while there is something left to save.

## Bad

```yaml
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts", iterator_age: 10m}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 5m, bisect: true}
      on_failure: {}
```

## Good

```yaml
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts", iterator_age: 10m}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
```

## Source

AWS Lambda Developer Guide, Lambda parameters for Kinesis Data Streams event source mappings (maximum age of record):
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import function_readings, read_stream
from penstock.kinds import Function
from penstock.kinds.alarms import ITERATOR_AGE, threshold
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("KIN014", "given-up-before-alarm", Severity.WARNING)
def given_up_before_alarm(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        limit = threshold(ITERATOR_AGE.name, function.thresholds, topology)
        own = ITERATOR_AGE.name in function.thresholds
        for connection in function_readings(function, topology):
            age = connection.delivery.max_age
            kept = read_stream(connection).retention
            if limit.reason is not None or age is None or age > limit.value:
                continue
            if kept is not None and limit.value > kept // 2:
                continue  # OBS003
            told = function.at("alarms", "iterator_age") if own else topology.at("alarms", "iterator_age")
            yield Finding(
                connection.at("retries", "max_age"),
                f"{function} passes over what is older than {show_duration(age)} in {connection.source}, without trying it, but the alarm "
                f"comes only when it is {show_duration(limit.value)} behind",
                "write a longer `max_age`, such as `max_age: 6h`, or an earlier alarm",
                ((told, f"the alarm comes at {show_duration(limit.value)}"),),
            )
