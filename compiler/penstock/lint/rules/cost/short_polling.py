"""Workers ask an empty queue again and again, and each answer costs.

## Why it matters

A queue answers a poll at once, with nothing if it has nothing, unless it is told to wait for a message. Workers that poll such a queue
ask many times a second as long as it is empty, and every answer is billed as a request. Waiting costs nothing, and a message that
arrives meanwhile is handed over at once.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: heavy-work}}
queues:
  heavy-work: {receive_wait: 20s, dlq: {max_receives: 5}}
consumers:
  warehouse:
    type: service
    from: heavy-work
    image: "warehouse:1.4"
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
```

## Source

Amazon SQS Developer Guide, Amazon SQS short and long polling:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_service import pollings
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import write_duration


@rule("CST001", "short-polling", Severity.WARNING)
def short_polling(topology: Topology) -> Iterator[Finding]:
    for queue, service, connection in pollings(topology):
        if queue.existing or queue.receive_wait:
            continue
        default = "" if queue.states("receive_wait") else ", as it does by default"
        yield Finding(
            queue.at("receive_wait"),
            f"{queue} answers {service} at once even if it is empty{default}: the workers ask all the time, and each answer is billed",
            f"write `receive_wait: {write_duration(resources.limit('sqs.max_receive_wait'))}`",
            ((connection.at("source"), f"{service} polls it here"),),
        )
