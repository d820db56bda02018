"""Baselines: only what is new is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.diagnostics import Diagnostic, Severity
from penstock.lint import baseline
from penstock.source.text import Source, Span

FOLDER = Path("team")
SOURCE = Source("team/shop/topology.yaml", "a: 1\nb: 2\n")


def finding(message: str, start: int = 0) -> Diagnostic:
    return Diagnostic("DLQ001", Severity.ERROR, message, Span(SOURCE, start, start + 1), rule="a-rule")


MESSAGES = st.lists(st.sampled_from(["queue 'a' has none", "queue 'ü' has none", "x"]), max_size=6)


@given(MESSAGES, MESSAGES)
def test_each_finding_is_taken_away_as_often_as_it_was_there(old: list[str], new: list[str]) -> None:
    known = baseline.read(baseline.write(map(finding, old), FOLDER))
    remaining = baseline.subtract([finding(message, 5) for message in new], known, FOLDER)
    for message in {*old, *new}:
        left = sum(one.message == message for one in remaining.diagnostics)
        assert left == max(0, new.count(message) - old.count(message))
    assert remaining.left.total() == sum(max(0, old.count(one) - new.count(one)) for one in set(old))


def test_paths_are_those_from_the_baseline() -> None:
    text = baseline.write([finding("x")], FOLDER)
    assert '"file": "shop/topology.yaml"' in text
    assert text == baseline.write([finding("x", 5)], FOLDER)


def test_a_fault_of_the_input_is_never_taken_away() -> None:
    fault = Diagnostic("SRC005", Severity.ERROR, "empty", Span(SOURCE, 0, 0))
    known = baseline.read(baseline.write([fault], FOLDER))
    assert baseline.subtract([fault], known, FOLDER).diagnostics == [fault]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1}', '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']
)
def test_no_baseline(text: str) -> None:
    with pytest.raises(baseline.BaselineError):
        baseline.read(text)
