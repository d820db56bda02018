"""Every pair of kinds: a hop where AWS joins the two, and where it does not a finding that says what to use instead.

`aws_pairs.json` holds what AWS joins, with the page that says so, and for each other pair what the finding must name. Some pairs that AWS
could join are left to something between them: a function or a service that invokes a function (a bus or a queue keeps what fails), an API
in front of a service (a queue takes what comes too fast), and whatever writes rows of a table without code.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.diagnostics import Diagnostic
from penstock.hops import hop_of
from penstock.kinds.build import build
from penstock.lint.engine import run
from penstock.lint.rules import RULES
from penstock.schema import check
from penstock.source.schema_file import read_schema_file
from penstock.source.yaml import Source, parse
from tests.topologies import complete, topology_of

DATA: dict[str, Any] = json.loads(Path(__file__).with_name("aws_pairs.json").read_text(encoding="utf-8"))
CANNOT = {"GRF003", "ORD001", "ORD006", "ORD008", "ORD015"}
"""What says that two components cannot be joined, though each could be joined with others."""
SENDERS = {
    "api": 'type: api, route: "POST /facts", auth: iam',
    "schedule": "type: schedule, every: rate(1 day), payload: {order_id: a}",
    "function": "type: function",
    "service": "type: service",
    "external": 'type: external, principal: "111122223333"',
}
SECTIONS = {
    "bus": "buses",
    "email": "consumers",
    "endpoint": "consumers",
    "fifo-queue": "queues",
    "fifo-topic": "topics",
    "function": "consumers",
    "log": "consumers",
    "queue": "queues",
    "reader": "consumers",
    "service": "consumers",
    "stream": "streams",
    "table": "stores",
    "topic": "topics",
}
VPC = "vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}"
OWN = {
    "email": "type: email, address: ops@shop.example",
    "endpoint": "type: http, url: https://partner.example, auth: {none: a public hook}, rate: 50/s",
    "fifo-queue": "fifo: {deduplication: content}",
    "fifo-topic": "fifo: {deduplication: content}",
    "log": "type: log",
    "reader": 'type: external, principal: "444455556666"',
    "service": f"type: service, image: 'pool:1', {VPC}",
    "table": "type: dynamodb, key: id, stream: new-image",
    "bucket": "type: s3, stream: created",
}
READS = {"email": "topic", "endpoint": "bus", "log": "bus", "reader": "topic", "service": "queue"}
"""What those read already who cannot be without it."""
START = {
    "bucket": ", messages: [OrderPlaced]",
    "stream": ", start: oldest",
    "table": ", start: oldest, messages: [OrderPlaced]",
}
PIPED = {"bus", "endpoint", "fifo-queue", "fifo-topic", "function", "queue", "stream", "topic"}
PAIRS = [(source, target) for source in DATA["joined"] for target in SECTIONS]


def fragment(source: str, target: str) -> str:
    """The two ends, and the edge between them where it belongs."""
    own, sections = OWN.get(target, ""), {}
    if source in SENDERS:
        sections["producers"] = [f"s: {{{SENDERS[source]}, publishes: {{message: OrderPlaced, to: t}}}}"]
        if known := READS.get(target):
            sections[SECTIONS[known]] = ["other: {}"]
            own = f"{own}, from: other"
    else:
        said = START.get(source, "") if target in PIPED or source == "bucket" else ""
        if source.endswith("queue") and target.endswith("queue"):
            said = ", via: pipe"
        if (source, target) == ("bus", "reader"):
            own = "type: external, endpoint: 'arn:aws:events:eu-central-1:444455556666:event-bus/theirs'"
        sections[SECTIONS.get(source, "stores")] = [f"s: {{{OWN.get(source, '')}}}"]
        own = ", ".join(filter(None, (own, f"from: {{source: s{said}}}")))
    sections.setdefault(SECTIONS[target], []).append(f"t: {{{own}}}")
    return complete("\n".join(f"{section}: {{{', '.join(parts)}}}" for section, parts in sections.items()))


def faults(text: str) -> list[Diagnostic]:
    """What keeps a text from being a topology, or its two ends from being joined."""
    document, unreadable = parse(Source("topology.yaml", text))
    assert document is not None, unreadable
    if found := check(document):
        return found
    built = build(document, lambda name: read_schema_file(Path(name), name))
    if built.topology is None:
        return built.faults
    return [finding for finding in run(built.topology, RULES) if finding.code in CANNOT]


def test_every_pair_is_in_the_table() -> None:
    for source, joined in DATA["joined"].items():
        assert sorted([*joined, *DATA["instead"][source]]) == sorted(SECTIONS), source
        assert DATA["sources"][source].startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_pair_is_a_hop_or_a_finding_that_says_what_to_use(source: str, target: str) -> None:
    text = fragment(source, target)
    found = faults(text)
    if target in DATA["joined"][source]:
        assert found == []
        topology = topology_of(text)
        (way,) = (way for way in topology.connections if {way.source.name, way.target.name} == {"s", "t"})
        assert hop_of(way) is not None
        return
    (finding,) = found
    assert DATA["instead"][source][target] in (finding.help or ""), finding


def test_the_proposal_is_the_shortest_way() -> None:
    (finding,) = (each for each in run(topology_of(fragment("topic", "bus")), RULES) if each.code == "GRF003")
    assert finding.message == "nothing carries a message from topic 's' to bus 't'"
    assert (finding.help or "").endswith("; with a function in between it gets there")
