from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.source import text as text_module
from penstock.source.text import Fault, Position, Source, Span, read_source

TEXTS = st.text(st.sampled_from(["a", "é", "日", "\n", "\r", "\u2028", "\x85", " "]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\r\n\r\r\n\n", ["", "", "", "", ""]),
        ("\ufeffa\n", ["a", ""]),
        ("a\u2028b\x85c\u2029d\x0be\x0cf", ["a\u2028b\x85c\u2029d\x0be\x0cf"]),
    ],
)
def test_lines_end_where_editors_end_them(text: str, lines: list[str]) -> None:
    source = Source("t.yaml", text)
    assert [source.line(number) for number in range(1, source.line_count + 1)] == lines


def test_a_position_counts_characters_from_one() -> None:
    source = Source("t.yaml", "\ufeff日本: x\r\n  b\n")
    assert [source.position(offset) for offset in (0, 4, 5, 6, 7, 10, 11)] == [
        (1, 1),
        (1, 5),
        (1, 6),
        (1, 7),
        (2, 1),
        (2, 4),
        (3, 1),
    ]


@given(TEXTS)
def test_every_offset_has_a_position_in_its_line(text: str) -> None:
    source = Source("t.yaml", text)
    previous = Position(1, 0)
    for offset in range(len(source.text) + 1):
        position = source.position(offset)
        assert position > previous
        assert 1 <= position.line <= source.line_count
        shown = source.line(position.line)[position.column - 1 :][:1]
        assert shown == "" or shown == source.text[offset]
        previous = position


@pytest.mark.parametrize("offset", [-1, 4])
def test_an_offset_outside_is_a_bug(offset: int) -> None:
    with pytest.raises(IndexError):
        Source("t.yaml", "abc").position(offset)


@pytest.mark.parametrize("number", [0, 3])
def test_a_line_outside_is_a_bug(number: int) -> None:
    with pytest.raises(IndexError):
        Source("t.yaml", "a\nb").line(number)


def test_a_span_knows_its_text_and_where_it_begins_and_finishes() -> None:
    span = Span(Source("t.yaml", "a: b\nc: d"), 3, 6)
    assert (span.text, span.begin, span.finish) == ("b\nc", (1, 4), (2, 2))


def told(path: Path, shown: str | None = None) -> tuple[str, str, str, str | None]:
    source, faults = read_source(path, shown)
    assert source is None
    [fault] = faults
    return fault.code, fault.message, f"{fault.span.source.path}:{fault.span.start}-{fault.span.end}", fault.help


def test_a_file_is_read_under_the_name_it_is_shown_by(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: \xc3\xa9\r\n")
    source, faults = read_source(path, "topology.yaml")
    assert source is not None
    assert (source.path, source.text, faults) == ("topology.yaml", "name: é\r\n", [])


def test_a_file_that_is_not_shown_otherwise_goes_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    assert told(path) == ("SRC001", f"there is no file {str(path)!r}", f"{path}:0-0", None)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert told(tmp_path, "x") == ("SRC001", "'x' is a folder, not a file", "x:0-0", None)


def test_a_path_that_cannot_be() -> None:
    assert told(Path("a\0b"), "x") == ("SRC001", "'x' cannot be read: embedded null byte", "x:0-0", None)


def test_a_file_may_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert told(tmp_path, "x") == ("SRC001", "'x' may not be read by this user", "x:0-0", None)


def test_a_file_may_be_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "MAX_BYTES", 3 * 1024 * 1024)
    path = tmp_path / "t.yaml"
    path.write_bytes(b"#" * (3 * 1024 * 1024))
    assert read_source(path)[1] == []
    path.write_bytes(b"#" * (3 * 1024 * 1024 + 1))
    expected = ("SRC001", "'x' is larger than 3 MiB", "x:0-0", "split the topology into several files")
    assert told(path, "x") == expected


@pytest.mark.parametrize(
    ("content", "message", "place", "help_"),
    [
        (b"a: b\n\xe9", "'x' is not UTF-8: byte 0xe9 does not belong here", "x:5-6", "save the file as UTF-8"),
        (
            b"\xef\xbb\xbf\xc3\xa9\xff",
            "'x' is not UTF-8: byte 0xff does not belong here",
            "x:1-2",
            "save the file as UTF-8",
        ),
        (b"ab\0c", "'x' is not a text: it contains a NUL character", "x:2-3", None),
        ("a: b".encode("utf-16"), "'x' is UTF-16", "x:0-0", "save the file as UTF-8"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, message: str, place: str, help_: str | None) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(content)
    assert told(path, "x") == ("SRC002", message, place, help_)


@given(st.binary(max_size=40))
def test_whatever_a_file_holds_nothing_is_raised(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    source, faults = read_source(path, "x")
    assert (source is None) == bool(faults)
    assert all(isinstance(fault, Fault) for fault in faults)
