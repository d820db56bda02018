"""`penstock rules`: the table, and one manual page."""

import pytest

from penstock.cli import rules
from penstock.lint.rule import Rule
from penstock.lint.rules import RULES
from tests.cli.conftest import Penstock


def test_table_has_a_line_for_each_rule(penstock: Penstock) -> None:
    ran = penstock("rules")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[:3] for line in ran.out.splitlines()] == [
        [rule.code, rule.severity.value, rule.name] for rule in RULES
    ]
    assert [line.rpartition("  ")[2] for line in ran.out.splitlines()] == [rule.title for rule in RULES]


def test_table_fits_a_narrow_terminal(penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert len(penstock("rules").out.splitlines()) == len(RULES)
    monkeypatch.setenv("COLUMNS", "80")
    lines = penstock("rules").out.splitlines()
    at = lines.index("DLQ001  error    queue-without-dead-letters")
    assert lines[at : at + 2] == [
        "DLQ001  error    queue-without-dead-letters",
        "                 A queue keeps handing out a message that always fails.",
    ]
    assert len(lines) == 2 * len(RULES)


@pytest.mark.parametrize("code", ["DLQ001", "dlq001", "queue-without-dead-letters", "Queue-Without-Dead-Letters"])
def test_page_is_found_by_code_and_by_name(penstock: Penstock, code: str) -> None:
    ran = penstock("rules", code)
    assert (ran.code, ran.err) == (0, "")
    first = "DLQ001  queue-without-dead-letters  (error)\n\nA queue keeps handing out a message that always fails.\n"
    assert ran.out.startswith(first)
    assert ran.out.endswith(".html\n")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_page(penstock: Penstock, rule: Rule) -> None:
    assert penstock("rules", rule.code).out.startswith(
        f"{rule.code}  {rule.name}  ({rule.severity.value})\n\n{rule.title}\n"
    )


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("DLQ0001", "did you mean DLQ001?"),
        ("vis0001", "did you mean VIS001?"),
        ("queue-without-dead-leters", "did you mean queue-without-dead-letters?"),
        ("nonsense", "`penstock rules` lists them"),
        ("", "`penstock rules` lists them"),
    ],
)
def test_an_unknown_code_is_met_with_the_nearest(penstock: Penstock, code: str, hint: str) -> None:
    assert penstock("rules", code) == (2, "", f"penstock: there is no rule {code!r}; {hint}\n")
