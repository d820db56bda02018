"""The faults that the rules are about, put into the examples: each is found by its rule and by no other.

Two ways: beside every example stands what a rule's fixture has wrong, with other names; and every single slip of the pen is made in
every example. `pytest tests/mutations --write-golden` writes what is found into docs/mutations.md.
"""

import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from penstock.lint.rule import Rule
from penstock.lint.rules import RULES
from penstock.lint.settings import Settings
from penstock.pipeline import check
from penstock.source.yaml import Source, parse
from tests.manuals import COMMON, code
from tests.mutations.edits import edits
from tests.mutations.whole import Data, joined, spelled_out
from tests.strategies import written
from tests.topologies import EXAMPLES, NAMES, complete

FIXTURES = Path(__file__).parents[1] / "rules"
PAGE = Path(__file__).parents[2] / "docs" / "mutations.md"
STRICT = Settings(profile="strict")
OF_THE_WHOLE = {"CHO006": frozenset({"owner"})}
"""Rules about what is said, or not, of the whole topology; an example has that in order."""
ELSEWHERE = {
    "DLQ004": "it is about alarms that notify nobody, as OBS014",
    "OBS014": "without a place to notify, the example's own topic of alarms is unconnected too",
    "OBS016": "without an owner, the flow of an example has none either, as CHO006",
    "OBS021": "the example's alarms have a place of their own to go to",
    "OBS022": "the example's alarms have a place of their own to go to",
    "GRF021": "what it imports stands in another folder",
    "GRF020": "in a topology that reads what others send, it is silent",
}
ELSEWHERE |= {
    rule.code: "it is about templates that others wrote"
    for rule in RULES
    if rule.check.__module__.startswith("penstock.lint.rules.template.")
}
"""Rules whose fault is not found alone beside each example, and why."""

HEAD = """\
# Mutations

What happens when the faults that the rules are about are put into the examples, which have none. `tests/mutations` makes this page.

*Beside*: the fault of the rule's manual page, put beside the components of each example, is found by this rule and by no other.
*Slips*: so many single edits of the examples (a key left out, an amount far too small or too large) are found by this rule and by no
other; one of them is shown.

"""
BETWEEN = """

All single edits of each example. What the language refuses is told at its place before any rule is asked; what is silent is as sound
as before, or a matter of taste.

"""

Codes = Counter[str]


def data_of(text: str) -> Data:
    """A topology as Penstock reads it: `off` is a word."""
    document, faults = parse(Source("topology.yaml", text))
    assert document is not None, faults
    data: Data = document.data
    return data


class Bench:
    """The examples in a folder of their own, where one topology after another is written and read."""

    def __init__(self, folder: Path) -> None:
        self.root = shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("expected"))
        self.written = {name: self.path(name).read_text(encoding="utf-8") for name in NAMES}
        self.data: dict[str, Data] = {name: data_of(text) for name, text in self.written.items()}

    def path(self, name: str) -> Path:
        return self.root / name / "topology.yaml"

    def codes(self, name: str, data: Data) -> Codes | None:
        """The codes of all findings; ``None`` where the topology is unusable, which is told too."""
        self.path(name).write_text(written(data).text, encoding="utf-8")
        try:
            checked = check(self.path(name), settings=STRICT)
        finally:
            self.path(name).write_text(self.written[name], encoding="utf-8")
        assert checked.topology is not None or checked.diagnostics
        return None if checked.topology is None else Counter(one.code for one in checked.diagnostics)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("mutations"))


def fault_of(rule: Rule) -> Data:
    """What the manual shows as bad."""
    return data_of(complete(code(rule, "Bad")))


def grafted(bench: Bench, rule: Rule, name: str) -> Codes | None:
    """What is found more when a rule's fault stands beside an example."""
    before = bench.codes(name, spelled_out(bench.data[name]))
    after = bench.codes(
        name, joined(bench.data[name], fault_of(rule), replaced=OF_THE_WHOLE.get(rule.code, frozenset()))
    )
    assert before is not None
    if after is None:
        return None
    return Counter({code: more for code, more in (after - before).items() if code not in COMMON - {rule.code}})


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code not in ELSEWHERE], ids=lambda rule: rule.code)
def test_a_fault_beside_a_sound_system_is_found_by_its_rule_alone(bench: Bench, rule: Rule) -> None:
    assert {name: set(grafted(bench, rule, name) or ()) for name in NAMES} == {name: {rule.code} for name in NAMES}


class Slips(NamedTuple):
    """What is found of every single edit of an example: how many have no consequence or are refused, and the others by their rules."""

    total: int
    refused: int
    silent: int
    found: list[tuple[str, frozenset[str]]]


def slips(bench: Bench, name: str) -> Slips:
    before = bench.codes(name, bench.data[name])
    assert before is not None
    refused, silent, found = 0, 0, []
    made = list(edits(bench.data[name]))
    for edit in made:
        after = bench.codes(name, edit.data)
        if after is None:
            refused += 1
        elif more := after - before:
            found.append((edit.words, frozenset(more)))
        else:
            silent += 1
    return Slips(len(made), refused, silent, found)


def page(bench: Bench) -> str:
    by_name = {name: slips(bench, name) for name in NAMES}
    alone = {
        rule.code: [
            (name, words) for name, one in by_name.items() for words, codes in one.found if codes == {rule.code}
        ]
        for rule in RULES
    }
    lines = [
        *HEAD.splitlines(),
        "| rule | beside | slips | such as |",
        "|---|---|---|---|",
        *(_row(rule, alone[rule.code]) for rule in RULES),
        *BETWEEN.splitlines(),
        "| example | edits | refused | found by one rule | found by several | silent |",
        "|---|---|---|---|---|---|",
        *(_summary(name, one) for name, one in by_name.items()),
    ]
    return "\n".join(lines) + "\n"


def _row(rule: Rule, alone: list[tuple[str, str]]) -> str:
    beside = f"no: {ELSEWHERE[rule.code]}" if rule.code in ELSEWHERE else "all"
    such = f"{alone[0][0]}: {alone[0][1]}" if alone else ""
    return f"| [{rule.code}](rules/{rule.code}.md) {rule.name} | {beside} | {len(alone) or ''} | {such} |"


def _summary(name: str, one: Slips) -> str:
    single = sum(len(codes) == 1 for _, codes in one.found)
    return f"| {name} | {one.total} | {one.refused} | {single} | {len(one.found) - single} | {one.silent} |"


def test_the_page_shows_what_is_found(bench: Bench, write_golden: bool) -> None:  # noqa: FBT001 - pytest names it
    found = page(bench)
    if write_golden:
        PAGE.write_text(found, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == found
