"""A pipe cannot find the payload in what lies in its queue.

## Why it matters

A pipe hands the payload on, so it must know where in a queue's message that stands. Behind a topic it stands as a text inside of SNS's
notification, into which a pipe does not look. And where senders of several sorts share a queue, it stands in several places.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  intake: {from: {source: orders, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
buses:
  commerce: {from: intake}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  intake: {from: {source: orders, raw: true, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
buses:
  commerce: {from: intake}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Source

Amazon EventBridge User Guide, Pipes input transformation, implicit body data parsing:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.pipe_parameters import payload_in, pipes
from penstock.hops.wrapping import Envelope, envelopes
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_WORDS = {
    Envelope.BARE: "as the body, without its name",
    Envelope.DIRECT: "as the body",
    Envelope.EVENT: "in an event",
    Envelope.INVOCATION: "in Lambda's record of a failed invocation",
    Envelope.NOTIFICATION: "in a notification of SNS",
    Envelope.WRAPPED: "wrapped by a pipe or a rule",
}


@rule("PIP001", "pipe-cannot-unwrap", Severity.ERROR)
def pipe_cannot_unwrap(topology: Topology) -> Iterator[Finding]:
    for connection in pipes(topology):
        queue = connection.source
        if not isinstance(queue, Queue) or payload_in(queue, topology) is not None:
            continue
        found = envelopes(queue, topology)
        places = ", and ".join(_WORDS[envelope] for envelope in sorted(found, key=lambda each: each.value))
        help_ = "let each sort of sender have a queue of its own, or let a function read this one and send"
        if Envelope.NOTIFICATION in found:
            help_ = (
                f"write `raw: true` where {queue} reads its topic; from several sorts of senders take a queue for each"
            )
        yield Finding(
            connection.at("source"),
            f"the pipe from {queue} to {connection.target} cannot find the payload: it comes {places}",
            help_,
        )
