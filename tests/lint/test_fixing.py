"""Fixes: each removes its finding, brings none, keeps comments, and is made once."""

from pathlib import Path

import pytest

from penstock.diagnostics import Diagnostic, Edit, Fix, Severity
from penstock.lint.fixing import fix
from penstock.pipeline import check
from penstock.source.text import Source, Span

FIXTURES = Path(__file__).parents[1] / "rules"
FILES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*/*.yaml"))


def codes(diagnostics: list[Diagnostic]) -> list[str]:
    return sorted(diagnostic.code for diagnostic in diagnostics)


def comments(text: str) -> list[str]:
    """The comments of a text, but for what a fixture expects."""
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("name", FILES)
def test_fixes_of_a_fixture(name: str, tmp_path: Path, unsafe: bool) -> None:  # noqa: FBT001 - a parameter of the test
    path = tmp_path / "topology.yaml"
    path.write_text((FIXTURES / name).read_text(encoding="utf-8"), encoding="utf-8")
    before = check(path).diagnostics
    made = fix(before, unsafe=unsafe)
    wanted = [one for one in before if one.fix and (one.fix.safe or unsafe)]
    assert bool(made) == bool(wanted)
    if not made:
        return
    (one,) = made
    path.write_text(one.text, encoding="utf-8")
    after = check(path).diagnostics
    gone = codes(list(one.fixed))
    assert codes([*after]) == codes([other for other in before if other not in one.fixed]), (gone, one.text)
    assert comments(one.text) == comments(one.source.text)


def diagnostic(source: Source, *edits: tuple[int, int, str], safe: bool = True) -> Diagnostic:
    made = tuple(Edit(Span(source, start, end), text) for start, end, text in edits)
    return Diagnostic("TST001", Severity.ERROR, "wrong", Span(source, 0, 1), fix=Fix("mend it", made, safe))


def test_a_fix_that_is_not_safe_waits_until_it_is_asked_for() -> None:
    source = Source("topology.yaml", "a: 1\n")
    found = [diagnostic(source, (3, 4, "2"), safe=False)]
    assert fix(found, unsafe=False) == []
    assert [one.text for one in fix(found, unsafe=True)] == ["a: 2\n"]


def test_of_two_fixes_of_one_text_the_first_is_made() -> None:
    source = Source("topology.yaml", "a: 1\n")
    first, second = diagnostic(source, (3, 4, "2")), diagnostic(source, (3, 4, "3"))
    (one,) = fix([first, second], unsafe=False)
    assert (one.text, one.fixed) == ("a: 2\n", (first,))


def test_two_insertions_at_one_place_are_both_made() -> None:
    source = Source("topology.yaml", "a: {b: 1}\n")
    (one,) = fix([diagnostic(source, (8, 8, ", c: 2")), diagnostic(source, (8, 8, ", d: 3"))], unsafe=False)
    assert one.text in {"a: {b: 1, c: 2, d: 3}\n", "a: {b: 1, d: 3, c: 2}\n"}


def test_a_text_that_would_be_no_yaml_stays_as_it_is() -> None:
    source = Source("topology.yaml", "a: 1\n")
    assert fix([diagnostic(source, (3, 4, "{"))], unsafe=False) == []
