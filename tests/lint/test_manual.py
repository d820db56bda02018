"""Every rule's manual page: its Bad example has exactly that fault, its Good example none."""

import re

import pytest

from penstock.lint.engine import run
from penstock.lint.rule import Rule
from penstock.lint.rules import RULES
from tests.manuals import COMMON, code, section
from tests.template.given import advice
from tests.topologies import complete, topology_of

SECTIONS = ("Why it matters", "Bad", "Good", "Source")


def found(rule: Rule, title: str) -> list[str]:
    """The codes of what all rules say of an example."""
    if rule.family == "template":
        return advice(code(rule, title))
    asked = [each for each in RULES if each.code not in COMMON or each is rule]
    return [finding.code for finding in run(topology_of(complete(code(rule, title))), asked)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_has_exactly_this_fault(rule: Rule) -> None:
    assert found(rule, "Bad") == [rule.code]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_has_no_fault(rule: Rule) -> None:
    assert found(rule, "Good") == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page_is_complete(rule: Rule) -> None:
    assert [title for title in SECTIONS if not section(rule, title).strip()] == []
    assert re.search(r"https://\S+", section(rule, "Source"))
