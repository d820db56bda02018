"""Somebody outside reads a stream that is encrypted with a key they cannot use.

## Why it matters

A stream that names no key is encrypted with the account's own key for Kinesis, and no policy lets another account use that one. So
whoever reads from outside is refused, whatever the stream's policy says. A key of the topology can let them decrypt, and the compiler
writes that.

## Bad

```yaml
producers:
  shop: {type: function, publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d}
consumers:
  insight: {type: external, principal: "111122223333", from: orders}
```

## Good

```yaml
producers:
  shop: {type: function, publishes: {message: OrderPlaced, to: orders}}
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
from penstock.model.topology import Topology


@rule("END004", "outside-reader-without-key", Severity.ERROR)
def outside_reader_without_key(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Stream, ExternalConsumer):
        stream = connection.source
        if not isinstance(stream, Stream) or stream.existing or stream.encryption.key or stream.encryption.reason:
            continue
        yield Finding(
            connection.at("source"),
            f"{connection.target} reads {stream}, which is encrypted with the account's own key: nobody outside can use that one",
            "write `encryption: {key: name}` at the stream: its readers are then let in at that key",
            ((stream.at("encryption"), f"{stream} names no key"),),
        )
