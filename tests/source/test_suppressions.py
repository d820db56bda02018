"""Comments that silence findings, and what they cover."""

import pytest

from penstock.source.yaml import Document, Source, Span, parse

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])

Told = tuple[str, tuple[str, ...], str | None, str]


def document(text: str, *, pure: bool = False) -> Document:
    parsed, faults = parse(Source("t.yaml", text), pure=pure)
    assert faults == []
    assert parsed is not None
    return parsed


def lines(span: Span) -> str:
    return f"{span.begin.line}:{span.begin.column}-{span.finish.line}:{span.finish.column}"


def told(text: str, *, pure: bool = False) -> list[Told]:
    return [
        (lines(each.span), each.codes, each.reason, lines(each.covers))
        for each in document(text, pure=pure).suppressions()
    ]


IGNORE = "# penstock: ignore"


@BOTH
@pytest.mark.parametrize(
    ("text", "covers"),
    [
        # behind something on a line
        (f"a: b  {IGNORE}[X]\nc: d\n", ["1:1-1:28"]),
        (f"q:\n  a:  {IGNORE}[X]\n    b: c\n    d: {{e: f}}\n\n  g: h\n", ["2:3-4:14"]),
        (f"q:\n  a: {{b: c, {IGNORE}[X]\n      d: e}}\n  g: h\n", ["2:3-3:12"]),
        (f"q:\n  a: {{b: c,\n      d: e,  {IGNORE}[X]\n      f: g}}\n", ["3:7-3:35"]),
        (f"q: >  {IGNORE}[X]\n  a\n  b\nc: d\n", ["1:1-3:4"]),
        (f"q:\n  - a: b  {IGNORE}[X]\n    c: d\n", ["2:3-2:32"]),
        (f"q:\n  - a:  {IGNORE}[X]\n      - b\n    c: d\n", ["2:3-3:10"]),
        (f"q:  {IGNORE}[X]\n- a\n- b\nr: c\n", ["1:1-3:4"]),
        # alone on a line
        (f"{IGNORE}[X]\na: b\nc: d\n", ["2:1-2:5"]),
        (f"q:\n  {IGNORE}[X]\n\n  # more\n  a:\n    b: c\n  d: e\n", ["5:3-6:9"]),
        (f"q:\n  a:\n    b: c\n  {IGNORE}[X]\nd: e\n", ["5:1-5:5"]),
        (f"a: b\n{IGNORE}[X]\n", ["2:1-2:22"]),
        (f"{IGNORE}[X]\n{IGNORE}[X]\na: b\n", ["3:1-3:5", "3:1-3:5"]),
        # no comments
        (f'a: "{IGNORE}[X]"\n', []),
        (f"a: |\n  b\n  {IGNORE}[X]\nc: d\n", []),
        ("a: b#penstock:ignore[X]\n", []),
        (f"# write {IGNORE}[X] behind a line\na: b\n", []),
        ("# penstock: ignores\na: b\n", []),
        ("# penstock: 1\na: b\n", []),
        # behind another comment, but not alone
        (f"a: b  # why not {IGNORE}[X]\n", ["1:1-1:38"]),
        # line ends and characters
        (f"キュー:  {IGNORE}[X]\r\n  a: b\r\nc: d\r\n", ["1:1-2:7"]),
    ],
)
def test_what_a_comment_covers(text: str, covers: list[str], *, pure: bool) -> None:
    assert [lines(each.covers) for each in document(text, pure=pure).suppressions()] == covers


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        ("# penstock: ignore[DLQ002]", ("DLQ002",), None),
        ("#penstock:ignore[ DLQ002,VIS001 ]", ("DLQ002", "VIS001"), None),
        ("# penstock: ignore[DLQ002, VIS001] because it's so.  ", ("DLQ002", "VIS001"), "it's so."),
        ("# penstock: ignore[DLQ002] because", ("DLQ002",), None),
        ("# penstock: ignore[DLQ002] see above", ("DLQ002",), None),
        ("# penstock: ignore[]", (), None),
        ("# penstock: ignore", (), None),
        ("# penstock: ignore because I say so", (), "I say so"),
    ],
)
def test_codes_and_reason(comment: str, codes: tuple[str, ...], reason: str | None) -> None:
    end = 7 + len(comment.rstrip())
    assert told(f"a: b  {comment}\n") == [(f"1:7-1:{end}", codes, reason, f"1:1-1:{end}")]


def test_they_come_in_the_order_of_the_text() -> None:
    text = f"a:  {IGNORE}[A]\n  b: c  {IGNORE}[B] because x\n  {IGNORE}[C]\n  d: e\n"
    assert told(text) == [
        ("1:5-1:26", ("A",), None, "1:1-4:7"),
        ("2:9-2:40", ("B",), "x", "2:3-2:40"),
        ("3:3-3:24", ("C",), None, "4:3-4:7"),
    ]


def test_an_alias_is_covered_where_it_stands() -> None:
    text = f"a: &x\n  b: c\nd: *x  {IGNORE}[A]\n"
    assert told(text) == [("3:8-3:29", ("A",), None, "3:1-3:29")]
