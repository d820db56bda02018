"""A pipe that waits for its batches hides a failed message for minutes, whatever its queue says.

## Why it matters

With a batching window the pipe sets the visibility timeout of what it takes by itself: about 450 s and the window. A message whose
delivery failed is not tried again before, although the queue's `visibility_timeout` may promise seconds.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {dlq: {max_receives: 5}}
buses:
  commerce: {from: {source: intake, batch: {size: 10, window: 5s}}}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {dlq: {max_receives: 5}}
buses:
  commerce: {from: {source: intake, batch: {size: 10}}}
consumers:
  fulfil: {from: {source: commerce, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Source

Amazon EventBridge User Guide, Amazon EventBridge Pipes error handling and troubleshooting:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.pipe_parameters import pipes
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS006", "window-hides-messages", Severity.WARNING)
def window_hides_messages(topology: Topology) -> Iterator[Finding]:
    for connection in pipes(topology):
        queue, window = connection.source, connection.delivery.batch.window
        hidden = resources.limit("pipes.window_visibility") + window
        if not isinstance(queue, Queue) or not window or queue.visibility_timeout is None:
            continue
        if queue.visibility_timeout >= hidden:
            continue
        yield Finding(
            connection.at("batch", "window"),
            f"{queue} hides a message for {show_duration(queue.visibility_timeout)}, but a pipe with a batching window hides it for "
            f"about {show_duration(hidden)} before it is tried again",
            f"leave the window, or write `visibility_timeout: {hidden}s` so that the queue says what happens",
        )
