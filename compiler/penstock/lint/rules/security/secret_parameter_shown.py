"""The value of a secret parameter can be read where the topology puts it.

## Why it matters

`secret: true` makes CloudFormation hide the value wherever it shows the stack's parameters, and nowhere else. In an environment variable, a
header, a URL, a command, a tag or a physical name it stands as it is, for all who may look at the function, the task, the rule or the
resource; and a `default` stands in the template and in the repository. A secret belongs into Secrets Manager: the code looks it up when it
runs, an endpoint's `auth` names it, and in a template `{{resolve:secretsmanager:name}}` stands for it.

## Bad

```yaml
parameters:
  DbPassword: {secret: true}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    environment:
      DB_PASSWORD: "${param.DbPassword}"
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

AWS CloudFormation User Guide, NoEcho of a parameter, which names what it does not hide and advises dynamic references:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Parameter, Topology
from penstock.schema.wording import subject

if TYPE_CHECKING:
    from penstock.source.yaml import Route

_RUNNING = "keep it in Secrets Manager, and let the code look it up by its name when it runs"
_CALLING = "keep it in Secrets Manager, and name it in `auth`: the template then says `{{resolve:secretsmanager:...}}`"
_NAMING = "a tag or a name is for everybody: write something that may be seen"
_SHOWN = {
    "environment": ("an environment variable", _RUNNING),
    "command": ("a container's command", _RUNNING),
    "headers": ("a header of the rule or the pipe", _CALLING),
    "url": ("the address of the destination", _CALLING),
    "tags": ("a tag", _NAMING),
    "physical_name": ("a name", _NAMING),
}
"""By key: what others see there, and what to do instead."""


@rule("SEC005", "secret-parameter-shown", Severity.WARNING)
def secret_parameter_shown(topology: Topology) -> Iterator[Finding]:
    for parameter in topology.parameters.values():
        if not parameter.secret:
            continue
        if parameter.default is not None and "Value<" not in parameter.type:
            text = (
                f"parameter {parameter.name!r} is secret, but its default stands in the template and in the repository"
            )
            yield Finding(parameter.at("default"), text, "remove `default`: each deployment must give the value")
        for place in parameter.uses:
            if shown := _shown(place.path):
                what, advice = shown
                text = f"{subject(place.path)} is {what}, which shows secret parameter {parameter.name!r} to all who may look at it"
                yield Finding(place, text, advice, _declared(parameter))


def _shown(path: "Route") -> tuple[str, str] | None:
    return next((_SHOWN[step] for step in path if isinstance(step, str) and step in _SHOWN), None)


def _declared(parameter: Parameter) -> tuple[tuple[Place, str], ...]:
    return ((parameter.at("secret"), "here it is said to be secret"),)
