"""A queue shows a message again while a worker may still be working on it.

## Why it matters

A worker that polls has a message to itself for the queue's visibility timeout, from the moment it receives it. If the work takes longer,
another worker gets the same message and does the same once more, and the first one's delete may come too late to count. What is
received together waits for what is worked on before it, so a batch needs the time of all its messages. A worker that hides its
messages again and again while it works (`heartbeat`) needs no more than the time between two of these beats. Twelve hours after it
was received a message is shown in any case.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {visibility_timeout: 1m, receive_wait: 20s, dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    processing_timeout: 2m
    stop_timeout: 120s
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {visibility_timeout: 3m, receive_wait: 20s, dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    processing_timeout: 2m
    stop_timeout: 120s
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Source

Amazon SQS Developer Guide, Amazon SQS visibility timeout:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_service import Polling, pollings
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("VIS004", "visibility-below-processing", Severity.ERROR)
def visibility_below_processing(topology: Topology) -> Iterator[Finding]:
    longest = resources.limit("sqs.max_visibility_since_receive")
    for polling in pollings(topology):
        queue, service = polling.queue, polling.service
        hidden = queue.visibility_timeout
        needed = service.work.heartbeat or polling.seconds
        if polling.seconds > longest:
            yield _too_long(polling, longest)
        elif hidden is not None and hidden <= needed - (service.work.heartbeat is None):
            default = "" if queue.states("visibility_timeout") else " (AWS's default)"
            yield Finding(
                queue.at("visibility_timeout"),
                f"{queue} hides a message for {show_duration(hidden)}{default}, but {_busy(polling)}: "
                "another worker gets the same message meanwhile",
                f"write `visibility_timeout: {write_duration(needed + 1 if service.work.heartbeat else needed)}` or more{_beat(polling)}",
                ((service.at("processing_timeout"), f"may work for {show_duration(service.work.timeout)}"),),
            )


def _too_long(polling: Polling, longest: int) -> Finding:
    return Finding(
        polling.service.at("processing_timeout"),
        f"{polling.service} may have a message of {polling.queue} for {show_duration(polling.seconds)}, but SQS shows it again "
        f"{show_duration(longest)} after it was received, whatever a worker does",
        "receive fewer at once, or make the work shorter",
    )


def _busy(polling: Polling) -> str:
    service, size = polling.service, polling.connection.delivery.batch.size
    if service.work.heartbeat:
        return f"{service} hides it again only every {show_duration(service.work.heartbeat)}"
    whole = f"{size} messages received together" if size > 1 else "it"
    return f"{service} may work on {whole} for {show_duration(polling.seconds)}"


def _beat(polling: Polling) -> str:
    if polling.service.work.heartbeat:
        return ", or a shorter `heartbeat`"
    return ", or let the workers hide what they work on again, with a `heartbeat`"
