"""One dead-letter queue takes messages and records of messages, which look different.

## Why it matters

A queue, a topic, a bus and a schedule give up the message itself. Lambda gives up a record of the invocation, in which the message is
one field, and of a stream only the place where the records stand, which are gone when the stream's retention ends. Whoever empties a
queue with several of these has to tell them apart, and a command that moves everything back may send records to a consumer of messages.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: [{message: OrderPlaced, to: orders}, {message: OrderPlaced, to: news}]}
topics:
  news: {}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: failed, max_receives: 5}}
  failed: {role: dead-letters, retention: 14d}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  tell:
    from: {source: news, dlq: {}}
    timeout: 30s
    async: {on_failure: {queue: failed}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: [{message: OrderPlaced, to: orders}, {message: OrderPlaced, to: news}]}
topics:
  news: {}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: failed, max_receives: 5}}
  failed: {role: dead-letters, retention: 14d}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  tell:
    from: {source: news, dlq: {}}
    timeout: 30s
    async: {on_failure: {retention: 14d}}
```

## Source

AWS Lambda Developer Guide, capturing records of asynchronous invocations, and retaining discarded batch records of Kinesis:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from collections import defaultdict
from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus, Function, Queue, Schedule, Stream, Table
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent, Component, Delivery, Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("DLQ023", "mixed-dead-letters", Severity.INFO)
def mixed_dead_letters(topology: Topology) -> Iterator[Finding]:
    forms: defaultdict[str, dict[str, tuple[Component, Redrive]]] = defaultdict(dict)
    owners: defaultdict[str, set[Component]] = defaultdict(set)
    for owner, giver, redrive in _redrives(topology):
        if isinstance(redrive, Redrive):
            forms[redrive.queue].setdefault(_form(giver), (giver, redrive))
            owners[redrive.queue].add(owner)
    for name, found in forms.items():
        queue = topology.components[name]
        if len(found) > 1 and len(owners[name]) > 1 and not queue.imported:
            parts = " and ".join(f"{form} of {giver}" for form, (giver, _) in found.items())
            yield Finding(
                queue.at(),
                f"{queue} takes {parts}: whoever empties it cannot read them in one way, nor move them back in one go",
                "give each of them a dead-letter queue of its own: written inline it makes one by itself",
                tuple((Place(redrive.origin, ("queue",)), form) for form, (_, redrive) in found.items()),
            )


def _form(giver: Component) -> str:
    if isinstance(giver, Function):
        return "records of invocations"
    return "places of records" if isinstance(giver, Stream | Table) else "messages"


def _redrives(topology: Topology) -> Iterator[tuple[Component, Component, Redrive | Absent | None]]:
    """Who answers for the dead letters, who gives them up, and where to: both ways to fail of one function are one matter."""
    for kind in (Queue, Schedule, Bus, Function):
        for giver in topology.of(kind):
            yield giver, giver, giver.redrive
    for connection in topology.connections:
        if isinstance(connection.settings, Delivery):
            yield connection.target, connection.source, connection.settings.dlq
