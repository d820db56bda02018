"""The functions reserve more concurrency than an account has.

## Why it matters

What functions reserve is taken from the account's concurrency in the region, 1,000 unless AWS has raised it, and 100 of that must stay for
functions that reserve none. A deployment that asks for more fails at the function that asks last, half-way through. Other stacks in the
account reserve from the same sum.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 950}
    timeout: 30s
    concurrency: {reserved: 950}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 100}
    timeout: 30s
    concurrency: {reserved: 100}
```

## Source

AWS Lambda Developer Guide, Configuring reserved concurrency for a function:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("LAM015", "reserved-beyond-account", Severity.INFO)
def reserved_beyond_account(topology: Topology) -> Iterator[Finding]:
    most, rest = resources.limit("lambda.account_concurrency"), resources.limit("lambda.min_unreserved")
    reserving = [(function, function.reserved) for function in topology.of(Function) if function.reserved]
    total = sum(reserved for _, reserved in reserving)
    if total <= most - rest:
        return
    (largest, _), *others = sorted(reserving, key=lambda pair: (-pair[1], pair[0].name))
    yield Finding(
        largest.at("concurrency", "reserved"),
        f"{'the functions reserve' if others else f'{largest} reserves'} a concurrency of {total:,}, but of the {most:,} that an account "
        f"has at first {rest} cannot be reserved: the deployment fails",
        "reserve less, or have the account's quota raised first and accept this finding",
        tuple((function.at("concurrency", "reserved"), f"{reserved:,} of them") for function, reserved in others),
    )
