"""A task is killed in the middle of a message whenever the pool is deployed or made smaller.

## Why it matters

When a task has to end, ECS tells it so and waits for its stop timeout; then it kills it. A worker that may need longer for one message
than that is cut off in the middle at each deployment, and each time the pool shrinks. The message comes again after the visibility
timeout, one receive nearer to the dead-letter queue, and what was done of it is done twice. On Fargate the wait is two minutes at most;
work that takes longer has to be cut into steps, or must be able to begin again.

## Bad

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

Amazon ECS API Reference, ContainerDefinition:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Service
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS005", "killed-at-work", Severity.WARNING)
def killed_at_work(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("ecs.max_stop_timeout")
    for service in topology.of(Service):
        if service.pool is None or service.work.timeout <= service.pool.stop_timeout:
            continue
        busy, waits = service.work.timeout, service.pool.stop_timeout
        default = "" if service.states("stop_timeout") else " (AWS's default)"
        help_ = f"write `stop_timeout: {busy}s`, or a shorter `processing_timeout`"
        if busy > most:
            help_ = f"Fargate waits {most} s at most: cut the work into steps, or see that it can begin again, and accept this finding"
        yield Finding(
            service.at("stop_timeout"),
            f"{service} may work on a message for {show_duration(busy)}, but a task that has to end is killed after "
            f"{show_duration(waits)}{default}: at each deployment work is cut off and comes again",
            help_,
            ((service.at("processing_timeout"), f"may work for {show_duration(busy)}"),),
        )
