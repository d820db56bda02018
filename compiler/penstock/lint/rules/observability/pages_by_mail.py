"""Who is to be woken gets a mail.

## Why it matters

An alarm with the severity `page` is for what cannot wait until tomorrow. A mail wakes nobody; it lies among others, and until somebody
has followed the link in the first one nothing is sent at all, which no metric tells. An on-call service subscribes to a topic.

## Bad

```yaml
alarms:
  notify: {email: shop@example.com}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
alarms:
  notify: "arn:aws:sns:eu-central-1:111122223333:on-call"
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, e-mail notifications (the subscription is to be confirmed):
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds.alarms import SEVERITIES
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("OBS022", "pages-by-mail", Severity.INFO)
def pages_by_mail(topology: Topology) -> Iterator[Finding]:
    receiver = topology.alarms.receivers.get(SEVERITIES[0])
    if receiver and receiver.email:
        yield Finding(
            receiver.place,
            f"alarms that cannot wait go to {receiver.email} alone: a mail wakes nobody, and before its link is followed none is sent",
            "let `page` go to a topic that an on-call service subscribes to, and `ticket` to the mail",
        )
