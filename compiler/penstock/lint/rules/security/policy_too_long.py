"""So many may send to a queue that its policy is refused.

## Why it matters

The policy of a queue has one statement for each topic, rule and outsider that may send to it or leave its dead letters there, and SQS
takes 20 statements and no more: the deployment fails. A dead-letter queue that all deliveries of a large topology share comes there
first; since each rule is admitted by its own name, it cannot be said shorter.

## Bad

```yaml
producers:
  shop-1: {type: external, principal: "100000000001", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-2: {type: external, principal: "100000000002", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-3: {type: external, principal: "100000000003", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-4: {type: external, principal: "100000000004", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-5: {type: external, principal: "100000000005", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-6: {type: external, principal: "100000000006", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-7: {type: external, principal: "100000000007", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-8: {type: external, principal: "100000000008", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-9: {type: external, principal: "100000000009", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-10: {type: external, principal: "100000000010", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-11: {type: external, principal: "100000000011", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-12: {type: external, principal: "100000000012", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-13: {type: external, principal: "100000000013", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-14: {type: external, principal: "100000000014", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-15: {type: external, principal: "100000000015", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-16: {type: external, principal: "100000000016", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-17: {type: external, principal: "100000000017", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-18: {type: external, principal: "100000000018", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-19: {type: external, principal: "100000000019", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-20: {type: external, principal: "100000000020", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop-1: {type: external, principal: "100000000001", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-2: {type: external, principal: "100000000002", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-3: {type: external, principal: "100000000003", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-4: {type: external, principal: "100000000004", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-5: {type: external, principal: "100000000005", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-6: {type: external, principal: "100000000006", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-7: {type: external, principal: "100000000007", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-8: {type: external, principal: "100000000008", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-9: {type: external, principal: "100000000009", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-10: {type: external, principal: "100000000010", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-11: {type: external, principal: "100000000011", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-12: {type: external, principal: "100000000012", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-13: {type: external, principal: "100000000013", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-14: {type: external, principal: "100000000014", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-15: {type: external, principal: "100000000015", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-16: {type: external, principal: "100000000016", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-17: {type: external, principal: "100000000017", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-18: {type: external, principal: "100000000018", publishes: {message: OrderPlaced, to: fulfilment}}
  shop-19: {type: external, principal: "100000000019", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, policy quotas:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.consents import at_most, statements_of
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SEC004", "policy-too-long", Severity.ERROR)
def policy_too_long(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("sqs.max_policy_statements")
    for queue in topology.of(Queue):
        if queue.existing or at_most(queue, topology) <= most:
            continue
        statements = statements_of(queue, topology)
        if statements > most:
            yield Finding(
                queue.at(),
                f"the policy of {queue} needs {statements} statements for all who may send to it, but SQS takes {most}: the stack cannot "
                "be deployed",
                "let deliveries write dead-letter queues of their own (`dlq: {}`), or put a topic in front of the queue",
            )
