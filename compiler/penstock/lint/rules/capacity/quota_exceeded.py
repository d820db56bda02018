"""More readers are joined to a channel than an account may have.

## Why it matters

A bus takes 300 rules, a topic 200 filter policies, and a stream 20 registered readers. These are quotas of the account, which AWS raises on
request; where it has not, the stack fails at the first one too many, half-way through a deployment that has changed other things already.
Each `from` entry that reads a bus is a rule.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d, fan_out: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u]}
consumers:
  a: &reader
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 9, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
  b: *reader
  c: *reader
  d: *reader
  e: *reader
  f: *reader
  g: *reader
  h: *reader
  i: *reader
  j: *reader
  k: *reader
  l: *reader
  m: *reader
  n: *reader
  o: *reader
  p: *reader
  q: *reader
  r: *reader
  s: *reader
  t: *reader
  u: *reader
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d, fan_out: [a, b]}
consumers:
  a: &reader
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 9, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
  b: *reader
  c: *reader
```

## Source

Amazon EventBridge, Amazon SNS and Amazon Kinesis Data Streams, quotas:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Bus, Stream, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology


@rule("CAP010", "quota-exceeded", Severity.WARNING)
def quota_exceeded(topology: Topology) -> Iterator[Finding]:
    for channel, quota, what, counted in _counted(topology):
        most = resources.limit(quota)
        if len(counted) > most:
            yield Finding(
                counted[most].at("source"),
                f"{channel} has {len(counted)} {what}, but the account's quota is {most} where AWS has not raised it: the deployment fails",
                "divide the messages between several channels, or ask for a higher quota and accept this finding",
                ((channel.at(), "they all read this"),),
            )


def _counted(topology: Topology) -> Iterator[tuple[Component, str, str, list[Connection]]]:
    """What has a quota, and the connections that count."""
    for bus in topology.of(Bus):
        yield bus, "eventbridge.max_rules_per_bus", "rules", topology.outgoing(bus)
    for topic in topology.of(Topic):
        filtering = [one for one in topology.outgoing(topic) if one.delivery.filters or one.delivery.messages]
        yield topic, "sns.max_filter_policies_per_topic", "filter policies", filtering
    for stream in topology.of(Stream):
        registered = [one for one in topology.outgoing(stream) if one.target.name in stream.fan_out]
        yield stream, "kinesis.max_consumers", "registered readers", registered
