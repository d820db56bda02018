"""An archive can bring a message back after its consumer has forgotten it.

## Why it matters

An archive keeps events so that they can be sent again, and a replay reaches every rule of the bus, however old the events are. A consumer
that remembers what it has done for a shorter time than the archive keeps events takes the older ones for new: a replay that was to help
one receiver has the effects of all others a second time. (A FIFO topic sends again only to the one that asks for it.)

Where nobody replays what is so old, accept this finding.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {archive: 90d}
queues:
  orders: {from: {source: commerce, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 10}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 18d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {archive: 90d}
queues:
  orders: {from: {source: commerce, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 10}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 90d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

Amazon EventBridge User Guide, archiving and replaying events in Amazon EventBridge:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.redelivery import longest_window
from penstock.kinds import Bus, Workload
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Component, Delivery
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration

_DAY = 86_400


@rule("IDM007", "replay-after-forgetting", Severity.INFO)
def replay_after_forgetting(topology: Topology) -> Iterator[Finding]:
    for workload, source in _reached(topology).items():
        guard = workload.idempotency if isinstance(workload, Workload) else None
        kept = _kept(source)
        if (
            not isinstance(workload, Workload)
            or not isinstance(guard, Idempotency)
            or guard.strategy != "table"
            or guard.ttl is None
        ):
            continue
        window = longest_window(workload, topology)
        if guard.ttl >= kept or (window and guard.ttl < window.seconds):
            continue  # IDM002
        place = workload.at("idempotency", "ttl")
        yield Finding(
            place,
            f"{workload} forgets a message after {show_duration(guard.ttl)}, but {source} archives it for {show_duration(kept)}: "
            "a replay of what is older has its effect a second time",
            f"write `ttl: {write_duration(kept)}`, keep the archive for a shorter time, or accept this finding and replay no further back",
            ((source.at("archive"), f"kept for {show_duration(kept)}"),),
            write(place, write_duration(kept), safe=False),
        )


def _kept(source: Component) -> int:
    return (source.archive or 0) * _DAY if isinstance(source, Bus) else 0


def _reached(topology: Topology) -> dict[Component, Component]:
    """Whatever an archive can bring messages to, through channels alone, with the source of the archive that keeps them longest."""
    found: dict[Component, Component] = {}
    for source in sorted(topology.components.values(), key=lambda one: (-_kept(one), one.name)):
        pending = [source] if _kept(source) else []
        while pending:
            for connection in topology.outgoing(pending.pop()):
                settings = connection.settings
                if isinstance(settings, Delivery) and settings.enabled and connection.target not in found:
                    found[connection.target] = source
                    pending.append(connection.target)
    return found
