"""Topologies of any size: the same bytes for the same numbers, valid, and without a finding.

A cell is a small system of its own, as a team would write it: a producer sends into a queue, a function takes from it and publishes to
a topic and a bus, each of these feeds a queue, and the function behind it writes to a store.

As a script: ``generate.py SHAPE SIZE... FILE``, where the shape is one of the functions below.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from pathlib import Path

IN_A_CELL = 10
"""How many components a cell names; its dead-letter queues come on top."""

_HEAD = """\
penstock: 1
name: {name}
owner: team-{name}
tags: {{cost-centre: "4711"}}
alarms: {{notify: "arn:aws:sns:eu-central-1:111122223333:ops", queue_age: 10m}}

defaults:
  consumers: {{runtime: python3.13, memory: 256MiB, timeout: 10s, concurrency: {{reserved: 20}}}}
  queues: {{visibility_timeout: 2m}}
"""
_SECTIONS = ("messages", "producers", "topics", "buses", "queues", "consumers", "stores")


def cells(components: int) -> str:
    """A topology of at least so many components, in whole cells."""
    parts = [_cell(number) for number in range(-(-components // IN_A_CELL))]
    return _written("cells", {section: [part[section] for part in parts] for section in _SECTIONS})


def _cell(number: int) -> dict[str, str]:
    name, message = f"shop-{number}", f"Order{number}Placed"
    return {
        "messages": _message(message, number),
        "producers": _producer(name, message, number),
        "topics": f"  {name}-orders: {{}}",
        "buses": f"  {name}-commerce: {{event_source: {name}.orders}}",
        "queues": "\n".join(_queues(name, message, number)),
        "consumers": "\n".join(chain(_worker(name, message), _handler(name, "fulfil"), _handler(name, "invoice"))),
        "stores": f"  {name}-store: {{type: dynamodb, key: id, ttl_attribute: expires_at}}",
    }


def _message(name: str, number: int) -> str:
    lines = [
        f"  {name}:",
        f"    description: An order of shop {number} was paid for and can be fulfilled.",
        "    schema:",
        "      type: object",
        "      required: [order_id, customer, placed_at]",
        "      properties:",
        "        order_id: {type: string}",
        "        customer: {type: string}",
        "        placed_at: {type: string}",
        f"        total: {{type: integer, maximum: {1_000 + number}}}",
        "    key: order_id",
        "    idempotency_key: order_id",
    ]
    return "\n".join(lines)


def _producer(name: str, message: str, number: int) -> str:
    sent = f"publishes: {{message: {message}, to: {name}-intake}}"
    if number % 2:
        return f'  {name}-entry: {{type: external, principal: "111122223333", {sent}}}'
    return f'  {name}-entry: {{type: api, route: "POST /{name}", auth: iam, throttle: {{rate: 100/s, burst: 200}}, {sent}}}'


def _queues(name: str, message: str, number: int) -> Iterator[str]:
    receives = 5 + number % 3
    yield f"  {name}-intake: {{dlq: {{max_receives: {receives}}}}}"
    yield f"  {name}-fulfil-queue:"
    yield f"    from: {{source: {name}-orders, dlq: {{retention: 14d}}}}"
    yield f"    dlq: {{max_receives: {receives}}}"
    yield f"  {name}-invoice-queue:"
    yield f"    from: {{source: {name}-commerce, messages: [{message}], dlq: {{retention: 14d}}}}"
    yield f"    dlq: {{max_receives: {receives}}}"


def _worker(name: str, message: str) -> Iterator[str]:
    yield f"  {name}-worker:"
    yield f"    from: {{source: {name}-intake, batch: {{size: 10, partial_failures: true}}, max_concurrency: 10}}"
    yield f"    idempotency: {{strategy: table, store: {name}-store, ttl: 30d}}"
    yield "    publishes:"
    yield f"      - {{message: {message}, to: {name}-orders}}"
    yield f"      - {{message: {message}, to: {name}-commerce}}"


def _handler(name: str, work: str) -> Iterator[str]:
    yield f"  {name}-{work}:"
    yield f"    from: {{source: {name}-{work}-queue, batch: {{size: 10, partial_failures: true}}, max_concurrency: 10}}"
    yield f"    effects: [{name}-store]"
    yield f"    idempotency: {{strategy: table, store: {name}-store, ttl: 30d}}"


def pairs(queues: int) -> str:
    """So many queues that others fill, with a dead-letter queue and a function each, spread over nested stacks."""
    numbers = range(queues)
    consumers = [
        f"  work-{number}:\n"
        f"    from: {{source: queue-{number}, batch: {{size: 10, partial_failures: true}}, max_concurrency: 10}}\n"
        "    idempotency: {strategy: table, store: seen, ttl: 30d}"
        for number in numbers
    ]
    sections = {
        "messages": [_message("OrderPlaced", 0)],
        "producers": [
            f'  entry-{number}: {{type: external, principal: "111122223333", '
            f"publishes: {{message: OrderPlaced, to: queue-{number}}}}}"
            for number in numbers
        ],
        "stacks": [f"  spread: {max(1, queues // 22)}"],
        "queues": [f"  queue-{number}: {{dlq: {{max_receives: 5}}}}" for number in numbers],
        "consumers": consumers,
        "stores": ["  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}"],
    }
    return _written("pairs", sections)


def bipartite(topics: int, queues: int) -> str:
    """Every queue reads every topic: the most deliveries that so many components can have."""
    reads = ", ".join(f"{{source: topic-{number}, dlq: {{queue: undelivered}}}}" for number in range(topics))
    return _written(
        "bipartite",
        {
            "messages": [_message("OrderPlaced", 0)],
            "producers": [
                f'  entry-{number}: {{type: external, principal: "111122223333", '
                f"publishes: {{message: OrderPlaced, to: topic-{number}}}}}"
                for number in range(topics)
            ],
            "topics": [f"  topic-{number}: {{}}" for number in range(topics)],
            "queues": [
                "  undelivered: {role: dead-letters, retention: 14d}",
                *(f"  queue-{number}: {{from: [{reads}], dlq: {{max_receives: 5}}}}" for number in range(queues)),
            ],
            "consumers": [
                f"  handler-{number}:\n"
                f"    from: {{source: queue-{number}, batch: {{size: 10, partial_failures: true}}, max_concurrency: 10}}"
                for number in range(queues)
            ],
        },
    )


def cycle(functions: int) -> str:
    """A ring of queues and functions, each of which sends to the next; the first one also writes to a store, which is the exit."""
    around = list(pairwise([*range(functions), 0]))
    return _written(
        "cycle",
        {
            "messages": [_message("OrderPlaced", 0)],
            "producers": [
                '  entry: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: queue-0}}'
            ],
            "queues": [f"  queue-{number}: {{dlq: {{max_receives: 5}}}}" for number, _ in around],
            "consumers": [
                f"  function-{number}:\n"
                f"    from: {{source: queue-{number}, batch: {{size: 10, partial_failures: true}}, max_concurrency: 10}}\n"
                "    effects: [seen]\n"
                "    idempotency: {strategy: table, store: seen, ttl: 30d}\n"
                f"    publishes: {{message: OrderPlaced, to: queue-{following}}}"
                for number, following in around
            ],
            "stores": ["  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}"],
        },
    )


def _written(name: str, sections: dict[str, list[str]]) -> str:
    parts = [_HEAD.format(name=name)]
    parts += ["\n".join([f"{section}:", *entries]) + "\n" for section, entries in sections.items()]
    return "\n".join(parts)


SHAPES: dict[str, Callable[..., str]] = {"cells": cells, "pairs": pairs, "bipartite": bipartite, "cycle": cycle}

if __name__ == "__main__":
    shape, *numbers, file = sys.argv[1:]
    Path(file).write_text(SHAPES[shape](*map(int, numbers)), encoding="utf-8")
