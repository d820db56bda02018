"""A message comes to one consumer by two routes, so that it is handled twice.

## Why it matters

Two routes that part at a topic or a bus and meet again further down bring two copies of each message: not now and then, as a redelivery
does, but always. Whoever looks at either route alone sees nothing wrong with it.

A consumer that remembers what it has handled drops the second copy. Routes with filters or patterns are left out here, because each may
let another part of the messages through.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  new: {from: {source: orders, dlq: {none: all is sent again every night}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
  all: {from: {source: orders, dlq: {none: all is sent again every night}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  count:
    from:
      - {source: new, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
      - {source: all, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    concurrency: {reserved: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  all: {from: {source: orders, dlq: {none: all is sent again every night}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: all, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, fanout to Amazon SQS queues:
https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.copies import Meeting, meetings
from penstock.kinds import Function, Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("IDM006", "two-routes-to-one-consumer", Severity.WARNING)
def two_routes_to_one_consumer(topology: Topology) -> Iterator[Finding]:
    told = set()
    for meeting in meetings(topology):
        unguarded = next((one for one in _consumers(meeting, topology) if _acts_twice(one)), None)
        if unguarded is None or meeting.component in told:
            continue
        told.add(meeting.component)
        ways = " and from ".join(str(connection.source) for connection in meeting.routes)
        reader = "" if unguarded is meeting.component else f", and {unguarded} handles both"
        yield Finding(
            meeting.routes[-1].at(),
            f"{meeting.component} gets every {meeting.message} of {meeting.parting} {_times(meeting)}: from {ways}{reader}",
            "remove one of the routes, or let the consumer remember what it has handled with `idempotency: {strategy: table, "
            "store: ..., ttl: ...}`",
            tuple((connection.at(), "one copy comes this way") for connection in meeting.routes[:-1]),
        )


def _times(meeting: Meeting) -> str:
    return "twice" if len(meeting.routes) == 2 else f"{len(meeting.routes)} times"  # noqa: PLR2004 - the number has a word


def _consumers(meeting: Meeting, topology: Topology) -> Iterator[Function]:
    """Who handles what arrives at a meeting of routes."""
    if isinstance(meeting.component, Function):
        yield meeting.component
    if isinstance(meeting.component, Queue):
        for connection in topology.outgoing(meeting.component):
            if isinstance(connection.target, Function) and connection.delivery.enabled:
                yield connection.target


def _acts_twice(function: Function) -> bool:
    """Whether nothing keeps a function from handling a copy; one that says why it needs no guard has thought of copies."""
    return function.idempotency is None
