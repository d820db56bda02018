"""A secret stands in the topology in clear.

## Why it matters

What stands in `environment` or in `headers` goes into the template, into every copy of it in the history of the stack and of the
repository, and onto the console, for all who may look at the function. A secret belongs into Secrets Manager, where reading it is a
permission of its own and changing it needs no deployment: a function looks it up by its name, and an endpoint's `auth` names it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    environment:
      DB_PASSWORD: correct-horse
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    environment:
      DB_SECRET_NAME: orders-db
```

## Source

AWS Lambda Developer Guide, securing environment variables, which advises Secrets Manager:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

import re
from collections.abc import Iterator, Mapping

from penstock.diagnostics import Severity
from penstock.kinds import Workload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component
from penstock.model.deployed import MARK
from penstock.model.topology import Topology

_SECRET_NAME = re.compile(
    r"(.*[_-])?(passw(or)?d|pwd|token|api[_-]?key|private[_-]?key|secret[_-]?key|client[_-]?secret|authorization)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(rf"(/|arn:|\d+$|$)|.*({MARK}|\{{\{{resolve:)")
"""The name of a parameter or of a secret, a number, or what only the deployment knows."""
_WITH_PASSWORD = re.compile(rf"[a-z][a-z0-9+.-]*://[^/@:]+:(?!.*{MARK})[^/@{{}}]+@")


@rule("SEC003", "secret-in-clear", Severity.WARNING)
def secret_in_clear(topology: Topology) -> Iterator[Finding]:
    for workload in topology.of(Workload):
        yield from _findings(workload, "environment", workload.environment)
    if any(component.word == "endpoint" for component in topology.components.values()):
        from penstock.kinds import Endpoint  # few topologies have one

        for endpoint in topology.of(Endpoint):
            yield from _findings(endpoint, "headers", endpoint.headers)


def _findings(component: Component, key: str, texts: Mapping[str, str]) -> Iterator[Finding]:
    advice = (
        "name the secret in `auth`"
        if key == "headers"
        else "keep it in Secrets Manager, and give the function its name"
    )
    for name, text in texts.items():
        if _WITH_PASSWORD.match(text) or (_SECRET_NAME.fullmatch(name) and not _ELSEWHERE.match(text)):
            yield Finding(
                component.at(key, name),
                f"{name} of {component} looks like a secret: it stands in the template and on the console for all who may read these",
                advice,
            )
