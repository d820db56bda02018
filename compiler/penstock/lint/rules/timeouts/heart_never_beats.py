"""A worker's heartbeat comes too late to do anything.

## Why it matters

A worker with a `heartbeat` hides the messages it works on again and again, each time after that many seconds. If its work has to be over
before the first beat, that never happens: a message is hidden for the queue's visibility timeout, once, and a worker that takes longer
than that shares its message with another one. The topology promises a safety that is not there.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {visibility_timeout: 10m, receive_wait: 20s, dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    processing_timeout: 1m
    heartbeat: 5m
    stop_timeout: 120s
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {visibility_timeout: 10m, receive_wait: 20s, dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    processing_timeout: 1m
    heartbeat: 20s
    stop_timeout: 120s
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Source

Amazon SQS Developer Guide, Amazon SQS visibility timeout (extending it):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_service import pollings
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("VIS016", "heart-never-beats", Severity.WARNING)
def heart_never_beats(topology: Topology) -> Iterator[Finding]:
    longest = {polling.service: polling for polling in sorted(pollings(topology), key=lambda polling: polling.seconds)}
    for service, polling in longest.items():
        beat = service.work.heartbeat
        if beat is None or beat < polling.seconds:
            continue
        yield Finding(
            service.at("heartbeat"),
            f"{service} hides what it works on again every {show_duration(beat)}, but has to be done with what it receives from "
            f"{polling.queue} within {show_duration(polling.seconds)}: the first beat never comes",
            f"write `heartbeat: {write_duration(max(polling.seconds // 3, 1))}`, or remove it",
            ((service.at("processing_timeout"), f"may work on one message for {show_duration(service.work.timeout)}"),),
        )
