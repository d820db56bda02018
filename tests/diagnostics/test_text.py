import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from penstock.diagnostics.cells import cells
from penstock.diagnostics.text import render_text
from penstock.source.text import Source, Span

TEXT = """\
name: orders
queues:
  fulfilment:
    from: orders
  注文キュー: {dlq: none, retention: 4d}
"""
SOURCE = Source("topology.yaml", TEXT)


def span(piece: str, source: Source = SOURCE) -> Span:
    start = source.text.index(piece)
    return Span(source, start, start + len(piece))


def found(place: Span, message: str = "message", **more: object) -> Diagnostic:
    return Diagnostic("DLQ001", Severity.ERROR, message, place, **more)  # type: ignore[arg-type]


def test_nothing_to_say() -> None:
    assert render_text([], colour=False, width=80) == ""


def test_a_whole_diagnostic() -> None:
    diagnostic = found(
        span("fulfilment"),
        "queue 'fulfilment' has no dead-letter queue: a message that always fails is received again for 4 d, then deleted",
        help="write `dlq: {max_receives: 5, retention: 14d}` below the queue, or give a reason why there should be none",
        related=(Label(span("dlq: none"), "this one has a reason"), Label(span("orders"), "named here")),
        fix=Fix("add a dead-letter queue", (Edit(span("fulfilment"), "x"),)),
    )
    assert render_text([diagnostic], colour=False, width=80) == (
        "error[DLQ001] queue 'fulfilment' has no dead-letter queue: a message that always\n"
        "              fails is received again for 4 d, then deleted\n"
        " --> topology.yaml:3:3\n"
        "  |\n"
        "3 |   fulfilment:\n"
        "  |   ^^^^^^^^^^\n"
        "  |\n"
        " ::: topology.yaml:5:11\n"
        "  |\n"
        "5 |   注文キュー: {dlq: none, retention: 4d}\n"
        "  |                --------- this one has a reason\n"
        "  |\n"
        " ::: topology.yaml:1:7\n"
        "  |\n"
        "1 | name: orders\n"
        "  |       ------ named here\n"
        "  |\n"
        "  = help: write `dlq: {max_receives: 5, retention: 14d}` below the queue, or\n"
        "          give a reason why there should be none\n"
        "  = fix: add a dead-letter queue [--fix]\n"
    )


def test_at_200_columns_the_same_takes_fewer_lines() -> None:
    diagnostic = found(span("fulfilment"), "word " * 30 + "end", help="word " * 30 + "end")
    assert render_text([diagnostic], colour=False, width=200) == (
        f"error[DLQ001] {'word ' * 30}end\n"
        " --> topology.yaml:3:3\n"
        "  |\n"
        "3 |   fulfilment:\n"
        "  |   ^^^^^^^^^^\n"
        "  |\n"
        f"  = help: {'word ' * 30}end\n"
    )


def test_the_gutter_is_as_wide_as_the_longest_number() -> None:
    source = Source("t.yaml", "a: b\n" * 120)
    diagnostic = found(Span(source, 0, 1), related=(Label(Span(source, 590, 591), "here"),))
    assert render_text([diagnostic], colour=False, width=80) == (
        "error[DLQ001] message\n"
        "   --> t.yaml:1:1\n"
        "    |\n"
        "  1 | a: b\n"
        "    | ^\n"
        "    |\n"
        "   ::: t.yaml:119:1\n"
        "    |\n"
        "119 | a: b\n"
        "    | - here\n"
    )


def test_a_blank_line_stands_between_two() -> None:
    pair = [found(span("name")), Diagnostic("X1", Severity.WARNING, "other", Span(SOURCE, 0, 0), help="do")]
    assert render_text(pair, colour=False, width=80) == (
        "error[DLQ001] message\n"
        " --> topology.yaml:1:1\n"
        "  |\n"
        "1 | name: orders\n"
        "  | ^^^^\n"
        "\n"
        "warning[X1] other\n"
        " --> topology.yaml:1:1\n"
        "  |\n"
        "1 | name: orders\n"
        "  | ^\n"
        "  |\n"
        "  = help: do\n"
    )


def test_a_file_that_could_not_be_read_has_no_excerpt() -> None:
    diagnostic = found(Span(Source("no\x1bwhere.yaml", ""), 0, 0), "there is no file", help="look")
    expected = "error[DLQ001] there is no file\n --> no␛where.yaml\n  |\n  = help: look\n"
    assert render_text([diagnostic], colour=False, width=80) == expected


def excerpt(text: str, start: int, end: int, width: int = 80) -> list[str]:
    """The line as shown, and the marks."""
    lines = render_text([found(Span(Source("t", text), start, end))], colour=False, width=width).splitlines()
    return [line[4:] for line in lines[3:]]


@pytest.mark.parametrize(
    ("text", "start", "end", "shown", "marks"),
    [
        ("a\tb: c", 2, 3, "a b: c", "  ^"),
        ("日本: x", 4, 5, "日本: x", "      ^"),
        ("日本: x", 0, 2, "日本: x", "^^^^"),
        ("e\u0301t: x", 4, 6, "e\u0301t: x", "   ^^"),
        ("👩\u200d👧: x", 5, 6, "👩\u200d👧: x", "      ^"),
        ("a: \x1b[31mb", 3, 9, "a: ␛[31mb", "   ^^^^^^"),
        ("a: \x7f\x85\u202e\u2028\xad", 4, 8, "a: ␡\ufffd\ufffd\ufffd\ufffd", "    ^^^^"),
        ("a: b   ", 3, 3, "a: b", "   ^"),
        ("a:", 2, 2, "a:", "  ^"),
        ("a: >  \n  b\n", 3, 11, "a: >", "   ^"),
        ("a: b\r\nc", 3, 7, "a: b", "   ^"),
        ("\n", 0, 1, "", "^"),
    ],
)
def test_marks_stand_below_what_they_mean(text: str, start: int, end: int, shown: str, marks: str) -> None:
    assert excerpt(text, start, end) == [shown, marks]


LONG = "".join(f"{number:<10}" for number in range(20))


@pytest.mark.parametrize(
    ("start", "end", "shown", "marks"),
    [
        (0, 3, "0         1         2         3    …", "^^^"),
        (100, 102, "…      9         10        11      …", " " * 17 + "^^"),
        (190, 192, "…     17        18        19", " " * 26 + "^^"),
        (100, 200, "…10        11        12        13  …", " " + "^" * 34),
    ],
)
def test_of_a_long_line_the_part_around_the_marks_is_shown(start: int, end: int, shown: str, marks: str) -> None:
    assert excerpt(LONG, start, end, 40) == [shown, marks]


def test_a_long_label_stands_below_its_marks() -> None:
    diagnostic = found(span("name"), related=(Label(span("retention"), "this is a label of a good many words"),))
    assert render_text([diagnostic], colour=False, width=50).splitlines()[-4:] == [
        "5 |   注文キュー: {dlq: none, retention: 4d}",
        "  |                           ---------",
        "  |                this is a label of a good many",
        "  |                words",
    ]


def test_a_message_may_have_lines_of_its_own() -> None:
    diagnostic = found(span("name"), help="write\n  dlq:\n    max_receives: 5")
    assert render_text([diagnostic], colour=False, width=80).splitlines()[-3:] == [
        "  = help: write",
        "            dlq:",
        "              max_receives: 5",
    ]


def test_a_word_that_is_too_long_stays_whole() -> None:
    arn = "arn:aws:sqs:eu-central-1:111122223333:a-queue-with-a-long-name"
    assert render_text([found(span("name"), f"see {arn} there")], colour=False, width=40).splitlines()[:3] == [
        "error[DLQ001] see",
        f"              {arn}",
        "              there",
    ]


@pytest.mark.parametrize(
    ("severity", "colour"),
    [(Severity.ERROR, "1;31"), (Severity.WARNING, "1;33"), (Severity.INFO, "1;36")],
)
def test_colours(severity: Severity, colour: str) -> None:
    diagnostic = Diagnostic("X1", severity, "message", span("name"), "help", (Label(span("orders"), "here"),))
    assert render_text([diagnostic], colour=True, width=80) == (
        f"\x1b[{colour}m{severity.value}[X1]\x1b[0m \x1b[1mmessage\x1b[0m\n"
        "\x1b[1;34m -->\x1b[0m topology.yaml:1:1\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m1 |\x1b[0m name: orders\n"
        f"\x1b[1;34m  |\x1b[0m \x1b[{colour}m^^^^\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m :::\x1b[0m topology.yaml:1:7\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m1 |\x1b[0m name: orders\n"
        "\x1b[1;34m  |\x1b[0m       \x1b[1;34m------ here\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "  \x1b[1;34m=\x1b[0m \x1b[1mhelp\x1b[0m: help\n"
    )


WORDS = st.text(st.sampled_from("ab 日é\u0301\t\x1b\n\r\u202e\u2028'"), max_size=60)


@given(WORDS, WORDS, WORDS, st.data())
def test_whatever_is_said_of_whatever_text(text: str, message: str, label: str, data: st.DataObject) -> None:
    width, colour = data.draw(st.integers(0, 120)), data.draw(st.booleans())
    source = Source("t.yaml", text)
    start = data.draw(st.integers(0, len(text)))
    place = Span(source, start, data.draw(st.integers(start, len(text))))
    diagnostic = found(place, message, help=label, related=(Label(place, label),))
    rendered = render_text([diagnostic], colour=colour, width=width)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", rendered)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2028]", bare)
    if not colour:
        assert bare == rendered
    room = max(width, 40)
    for line in bare.splitlines():
        words = re.split(" ", line)
        assert cells(line) <= room or max(map(cells, words)) > room - 20
    assert render_text([diagnostic], colour=False, width=width) == bare
