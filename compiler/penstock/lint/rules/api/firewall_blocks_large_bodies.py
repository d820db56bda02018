"""The firewall blocks messages that their contract allows.

## Why it matters

AWS's common rule set blocks every request with a body above 8 KiB (`SizeRestrictions_BODY`). A message that may be larger by its contract
is answered with 403, and nobody in the topology learns of it.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id, max_size: 16KiB}
producers:
  p:
    type: api
    route: "POST /orders"
    auth: iam
    waf: {common_rules: true}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id, max_size: 8KiB}
producers:
  p:
    type: api
    route: "POST /orders"
    auth: iam
    waf: {common_rules: true}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS WAF Developer Guide, baseline rule groups, core rule set:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("API004", "firewall-blocks-large-bodies", Severity.WARNING)
def firewall_blocks_large_bodies(topology: Topology) -> Iterator[Finding]:
    for api in topology.of(Api):
        if not api.firewall or not api.firewall.common:
            continue
        for publication in api.publications:
            message = topology.messages[publication.message]
            if message.max_size and message.max_size > (most := resources.limit("waf.common_rules_body")):
                yield Finding(
                    api.at("waf", "common_rules"),
                    f"{message.name} may have {show_size(message.max_size)}, but the common rules in front of {api} "
                    f"block what is above {show_size(most)}",
                    "leave `common_rules` out, or send what is large by a reference to it",
                    ((Place(message.origin, ("max_size",)), "the contract allows it here"),),
                )
