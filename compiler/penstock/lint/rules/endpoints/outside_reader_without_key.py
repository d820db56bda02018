"""Somebody outside reads a stream that is encrypted with a key they cannot use.

## Why it matters

A stream that names no key is encrypted with the account's own key for Kinesis, and no policy lets another account use that one. So
whoever reads from outside, or sends from outside by `allow`, is refused, whatever the stream's policy says. A key of the topology can
let them in, and the compiler writes that.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 10s, publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d}
consumers:
  insight: {type: external, principal: "111122223333", from: orders}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 10s, publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d, encryption: {key: main}}
consumers:
  insight: {type: external, principal: "111122223333", from: orders}
keys:
  main: {}
```

## Source

Amazon Kinesis Data Streams Developer Guide, sharing your data stream with another account:
https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import ExternalConsumer, Stream
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("END004", "outside-reader-without-key", Severity.ERROR)
def outside_reader_without_key(topology: Topology) -> Iterator[Finding]:
    for stream in topology.of(Stream):
        if stream.existing or stream.encryption.key or stream.encryption.reason:
            continue
        outside = [one for one in topology.outgoing(stream) if isinstance(one.target, ExternalConsumer)]
        yield from (_finding(stream, one.at("source"), f"{one.target} reads {stream}") for one in outside)
        if any(stream.allowance):
            yield _finding(stream, stream.at("allow"), f"others may use {stream}")


def _finding(stream: Stream, place: Place, what: str) -> Finding:
    return Finding(
        place,
        f"{what}, which is encrypted with the account's own key: nobody outside can use that one",
        "write `encryption: {key: name}` at the stream: others are then let in at that key",
        ((stream.at("encryption"), f"{stream} names no key"),),
    )
