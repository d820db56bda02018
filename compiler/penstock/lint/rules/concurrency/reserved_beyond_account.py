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
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.records import NamedTuple


@rule("LAM015", "reserved-beyond-account", Severity.INFO)
def reserved_beyond_account(topology: Topology) -> Iterator[Finding]:
    most, rest = resources.limit("lambda.account_concurrency"), resources.limit("lambda.min_unreserved")
    claims = [claim for function in topology.of(Function) if (claim := _claim(function))]
    total = sum(claim.number for claim in claims)
    if total <= most - rest:
        return
    largest, *others = sorted(claims, key=lambda claim: (-claim.number, claim.function.name))
    yield Finding(
        largest.place,
        f"{'the functions reserve' if others else f'{largest.function} reserves'} a concurrency of {total:,}, but of the {most:,} that an "
        f"account has at first {rest} cannot be reserved: the deployment fails",
        "reserve less, or have the account's quota raised first and accept this finding",
        tuple((claim.place, f"{claim.number:,} of them") for claim in others),
    )


class _Claim(NamedTuple):
    function: Function
    place: Place
    number: int


def _claim(function: Function) -> _Claim | None:
    """What a function takes out of the account's pool: all that it reserves, of which what is kept warm is a part."""
    if function.reserved:
        return _Claim(function, function.at("concurrency", "reserved"), function.reserved)
    if function.is_warm:
        return _Claim(function, function.at("concurrency", "provisioned"), function.provisioned or 0)
    return None
