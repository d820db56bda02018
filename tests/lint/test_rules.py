"""Every fixture has the findings that its comments expect, of all rules and in the right lines, and no others.

A line with ``# expect: DLQ001`` is where such a finding begins; two codes in one line are parted by a comma.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.lint.rule import Rule
from penstock.lint.rules import RULES, rules_for
from penstock.lint.settings import Settings
from penstock.lint.template_rules import TOLD
from penstock.pipeline import check
from tests.manuals import COMMON

FIXTURES = Path(__file__).parents[1] / "rules"
FILES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*/*.yaml"))
FOLDERS = {rule.code: f"{rule.family}/{rule.name.replace('-', '_')}/" for rule in RULES}

Line = tuple[int, str]


def expected(path: Path) -> Iterator[Line]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if found := re.search(r"# expect: (.+)$", line):
            yield from ((number, code.strip()) for code in found[1].split(","))


def found(path: Path) -> Iterator[Line]:
    own = {code for code, folder in FOLDERS.items() if path.is_relative_to(FIXTURES / folder)}
    ignore = tuple(COMMON - own)
    for diagnostic in check(path, settings=Settings(profile="strict", ignore=ignore)).diagnostics:
        yield diagnostic.span.begin.line, diagnostic.code


def holds_for_templates(rule: Rule) -> bool:
    return rule.family == "template" or rule.check.__module__.split(".", 3)[3] in TOLD


@pytest.mark.parametrize("name", FILES)
def test_fixture(name: str) -> None:
    assert sorted(found(FIXTURES / name)) == sorted(expected(FIXTURES / name))


@pytest.mark.parametrize("name", FILES)
def test_a_rule_that_is_left_out_has_nothing_to_say(name: str) -> None:
    checked = check(FIXTURES / name, settings=Settings(profile="strict"))
    if checked.topology is not None:
        asked = set(
            rules_for(checked.topology, lambda _: True, (FIXTURES / name).read_text(encoding="utf-8").__contains__)
        )
        holding = [rule for rule in RULES if not checked.topology.drawn or holds_for_templates(rule)]
        assert [rule.code for rule in holding if rule not in asked and list(rule.check(checked.topology))] == []


@pytest.mark.parametrize("code", FOLDERS)
def test_rule_has_a_bad_and_a_clean_fixture(code: str) -> None:
    expectations = [
        {found for _, found in expected(FIXTURES / name)} for name in FILES if name.startswith(FOLDERS[code])
    ]
    assert any(code in codes for codes in expectations)
    assert set() in expectations


def test_every_fixture_belongs_to_a_rule() -> None:
    assert [name for name in FILES if not name.startswith(tuple(FOLDERS.values()))] == []
