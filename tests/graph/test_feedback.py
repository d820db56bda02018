"""Cycles that something ends, if only code: what Lambda counts of them, and failures that are sent back to where they failed."""

import pytest

from penstock.graph.cycles import fed_back, recurring
from tests.topologies import complete, topology_of

EFFECT = "effects: [the card], idempotency: {strategy: client-key, key: order_id}"
AGAIN = f"{EFFECT}, publishes: {{message: OrderPlaced, to: TARGET}}"


def rounds(text: str) -> dict[str, bool]:
    """Every cycle that only code ends, and whether Lambda counts its rounds."""
    return {
        " ".join(one.name for one in loop.route): guarded for loop, guarded in recurring(topology_of(complete(text)))
    }


def poison(text: str) -> list[str]:
    """Every way round of a message that always fails."""
    return [" ".join(one.name for one in loop.route) for loop in fed_back(topology_of(complete(text)))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("queues: {q: {}}\nconsumers:\n  f: {from: q, " + AGAIN.replace("TARGET", "q") + "}", {"f q f": True}),
        ("topics: {t: {}}\nconsumers:\n  f: {from: t, " + AGAIN.replace("TARGET", "t") + "}", {"f t f": True}),
        ("buses: {b: {}}\nconsumers:\n  f: {from: b, " + AGAIN.replace("TARGET", "b") + "}", {"f b f": False}),
        (
            "buses: {b: {from: q}}\nqueues: {q: {}}\nconsumers:\n  f: {from: b, " + AGAIN.replace("TARGET", "q") + "}",
            {"f q b f": False},
        ),
        ("queues: {q: {}}\nconsumers:\n  f: {from: q, " + EFFECT + "}", {}),
        (
            "topics: {t: {}}\nconsumers:\n  f: {from: {source: t, filter: {again: [true]}}, "
            + AGAIN.replace("TARGET", "t")
            + "}",
            {},
        ),
        (
            "queues: {q: {}}\nconsumers:\n  f: {from: {source: q, enabled: false}, "
            + AGAIN.replace("TARGET", "q")
            + "}",
            {},
        ),
    ],
    ids=["queue", "topic", "bus", "pipe", "no way back", "filter", "switched off"],
)
def test_what_lambda_counts_of_a_cycle(text: str, found: dict[str, bool]) -> None:
    assert rounds(text) == found


QUEUE = "queues:\n  q: {dlq: {queue: dead, max_receives: 5}}\n  dead: {}\nconsumers:\n  f: {from: q}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (QUEUE.replace("  q: {", "  q: {from: {source: dead, via: pipe}, "), ["dead q dead"]),
        (QUEUE + "  back: {from: dead, publishes: {message: OrderPlaced, to: q}}", ["back q dead back"]),
        (QUEUE + "  look: {from: dead, effects: [a ticket]}", []),
        (
            QUEUE + "  part: {from: {source: dead, filter: {again: [true]}}, publishes: {message: OrderPlaced, to: q}}",
            [],
        ),
        (
            (
                "topics: {t: {}}\nqueues: {dead: {}}\nconsumers:\n  f: {from: t, async: {on_failure: {queue: dead}}}\n"
                "  back: {from: dead, publishes: {message: OrderPlaced, to: t}}"
            ),
            ["back t f dead back"],
        ),
        (
            (
                "queues:\n  q: {}\n  dead: {}\nconsumers:\n  f: {from: q, async: {on_failure: {queue: dead}}}\n"
                "  back: {from: dead, publishes: {message: OrderPlaced, to: q}}"
            ),
            [],
        ),
    ],
    ids=["piped back", "sent back", "looked at", "a part", "failed invocations", "no invocations to fail"],
)
def test_what_fails_is_fed_back(text: str, found: list[str]) -> None:
    sender = 'producers: {shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: '
    assert poison(sender + ("t" if "topics" in text else "q") + "}}}\n" + text) == found
