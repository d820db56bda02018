"""Every rule's manual page: its Bad example has exactly that fault, its Good example none."""

import re

import pytest

from penstock.lint.engine import run
from penstock.lint.rule import Rule
from penstock.lint.rules import RULES
from tests.manuals import code, section
from tests.topologies import complete, topology_of

SECTIONS = ("Why it matters", "Bad", "Good", "Source")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_has_exactly_this_fault(rule: Rule) -> None:
    findings = run(topology_of(complete(code(rule, "Bad"))), RULES)
    assert [finding.code for finding in findings] == [rule.code]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_has_no_fault(rule: Rule) -> None:
    assert run(topology_of(complete(code(rule, "Good"))), RULES) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page_is_complete(rule: Rule) -> None:
    assert [title for title in SECTIONS if not section(rule, title).strip()] == []
    assert re.search(r"https://\S+", section(rule, "Source"))
