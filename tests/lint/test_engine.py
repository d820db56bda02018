"""The engine makes diagnostics of findings, and asks every rule once."""

from collections.abc import Iterator

import pytest

from penstock.diagnostics import Severity
from penstock.lint.engine import run
from penstock.lint.rule import Finding, rule
from penstock.lint.rules import RULES
from penstock.model.topology import Topology
from penstock.pipeline import check
from tests.topologies import EXAMPLES, NAMES, complete, topology_of

TEXT = complete("queues:\n  intake: {retention: 1d}\n  billing: {}\n")


@rule("TST001", "a-test", Severity.WARNING)
def finds_each_queue(topology: Topology) -> Iterator[Finding]:
    """Find every queue, and point from it to the topology's name."""
    for component in topology.components.values():
        yield Finding(component.at("retention"), f"{component} is here", "look", ((topology.at("name"), "in this"),))


@rule("TST002", "another-test", Severity.ERROR)
def finds_nothing(topology: Topology) -> Iterator[Finding]:
    """Find nothing."""
    del topology
    yield from ()


def test_a_finding_becomes_a_diagnostic_of_its_rule() -> None:
    first, second = run(topology_of(TEXT), [finds_each_queue, finds_nothing])
    assert (first.code, first.rule, first.severity) == ("TST001", "a-test", Severity.WARNING)
    assert (first.message, first.help, first.fix) == ("queue 'intake' is here", "look", None)
    assert first.span.text == "retention: 1d"
    assert [(label.span.text, label.message) for label in first.related] == [("name: example", "in this")]
    assert second.message == "queue 'billing' is here"


def test_a_place_that_is_not_written_is_shown_at_what_holds_it() -> None:
    _, second = run(topology_of(TEXT), [finds_each_queue])
    assert second.span.text == "billing: {}"


def test_a_rule_speaks_of_its_manual_page() -> None:
    assert finds_each_queue.manual == __doc__
    assert finds_each_queue.title == "The engine makes diagnostics of findings, and asks every rule once."
    assert finds_each_queue.family == __name__.split(".")[-2]


@pytest.mark.parametrize("name", NAMES)
def test_examples_have_no_findings(name: str) -> None:
    assert check(EXAMPLES / name / "topology.yaml").diagnostics == []


def test_rules_keep_no_state() -> None:
    topology = topology_of(TEXT)
    assert run(topology, RULES) == run(topology, RULES)
