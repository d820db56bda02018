"""Every pair of kinds: a hop where AWS joins the two, and where it does not a finding that names what can stand between.

`aws_pairs.json` holds what AWS joins, with the page that says so. A function that invokes a function is left to a queue between them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.lint.engine import run
from penstock.lint.rules import RULES
from tests.topologies import complete, topology_of

DATA: dict[str, Any] = json.loads(Path(__file__).with_name("aws_pairs.json").read_text(encoding="utf-8"))
TARGETS = ("bus", "fifo-queue", "fifo-topic", "function", "queue", "stream", "topic")
PAIRS = [(source, target) for source in DATA["joined"] for target in TARGETS]
CANNOT = {"GRF003", "ORD001", "ORD006", "ORD015"}
"""What says that two components cannot be joined."""
SENDERS = {
    "api": 'type: api, route: "POST /facts", auth: iam',
    "schedule": "type: schedule, every: rate(1 day), payload: {order_id: a}",
    "function": "type: function",
}
SECTIONS = {
    "bus": "buses",
    "fifo-queue": "queues",
    "fifo-topic": "topics",
    "function": "consumers",
    "queue": "queues",
    "stream": "streams",
    "topic": "topics",
    "table": "stores",
}
OWN = {
    "fifo-queue": "fifo: {deduplication: content}",
    "fifo-topic": "fifo: {deduplication: content}",
    "table": "type: dynamodb, key: id, stream: new-image",
}


def topology(source: str, target: str) -> str:
    """The two ends, and the edge between them where it belongs."""
    if source in SENDERS:
        sender = f"producers: {{s: {{{SENDERS[source]}, publishes: {{message: OrderPlaced, to: t}}}}}}\n"
        return complete(sender + f"{SECTIONS[target]}: {{t: {{{OWN.get(target, '')}}}}}")
    said = {"table": ", start: oldest, messages: [OrderPlaced]", "stream": ", start: oldest"}.get(source, "")
    if source.endswith("queue") and target.endswith("queue"):
        said = ", via: pipe"
    ends = {
        "s": (SECTIONS[source], OWN.get(source, "")),
        "t": (SECTIONS[target], ", ".join(filter(None, (OWN.get(target), f"from: {{source: s{said}}}")))),
    }
    sections: dict[str, list[str]] = {}
    for name, (section, own) in ends.items():
        sections.setdefault(section, []).append(f"{name}: {{{own}}}")
    return complete("\n".join(f"{section}: {{{', '.join(parts)}}}" for section, parts in sections.items()))


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_pair_is_a_hop_or_a_finding_with_a_proposal(source: str, target: str) -> None:
    found = [finding for finding in run(topology_of(topology(source, target)), RULES) if finding.code in CANNOT]
    assert bool(found) != (target in DATA["joined"][source]), DATA["sources"][source]
    for finding in found:
        assert any(word in (finding.help or "") for word in ("queue", "function", "topic")), finding


def test_the_proposal_is_the_shortest_way() -> None:
    (finding,) = (each for each in run(topology_of(topology("topic", "bus")), RULES) if each.code == "GRF003")
    assert finding.message == "nothing carries a message from topic 's' to bus 't'"
    assert (finding.help or "").endswith("; with a function in between it gets there")
