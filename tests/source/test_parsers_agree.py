"""libyaml and the parser in Python: the same verdict, the same data, the same places, the same words."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.source import nodes
from penstock.source.yaml import Document, Route, Source, Span, parse

EXAMPLE = (Path(__file__).parents[2] / "examples" / "orders" / "topology.yaml").read_text(encoding="utf-8")
LINES = EXAMPLE.splitlines(keepends=True)
PIECES = st.sampled_from(
    [
        *"ab:,#[]{}'\"|>&*!%@`?-\t \n\r\\é",
        *(
            ": ",
            "- ",
            ", ",
            " #",
            "\n  ",
            "\n    ",
            "a: b\n",
            "key: ",
            "&a ",
            "*a",
            "*a ",
            "---\n",
            "...\n",
            "|\n",
            ">-\n",
        ),
        *("{a: b}", "[1, 2]", "'x'", '"y"', "\\x41", "\\u12", "!t ", "<<: ", "? ", "\r\n"),
        *("日本", "😀", "\u2028", "\x85", "\x07", "\ufeff", "x" * 1100),
    ]
)
SOUP = st.lists(PIECES, max_size=14).map("".join)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Some lines of a real topology with a few characters added, taken away or moved."""
    first = draw(st.integers(0, len(LINES) - 1))
    text = "".join(LINES[first : first + draw(st.integers(1, 12))])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 6))
        piece = draw(PIECES | st.just(text[place : place + length]))
        text = text[:place] + piece + text[place + length :]
    return text


def offsets(span: Span | None) -> tuple[int, int] | None:
    return None if span is None else (span.start, span.end)


def routes(data: object, route: Route = ()) -> list[Route]:
    found = [route]
    if isinstance(data, dict):
        found += [each for key, value in data.items() for each in routes(value, (*route, key))]
    if isinstance(data, list):
        found += [each for number, value in enumerate(data) for each in routes(value, (*route, number))]
    return found


def places(document: Document | None) -> object:
    if document is None:
        return None
    found = [
        (route, offsets(document.key(route)), offsets(document.value(route)), offsets(document.entry(route)))
        for route in routes(document.data)
    ]
    covered = [(offsets(each.span), offsets(each.covers)) for each in document.suppressions()]
    return repr(document.data), found, covered


def picture(text: str, *, pure: bool) -> object:
    """All that a text gives."""
    document, faults = parse(Source("t.yaml", text), pure=pure)
    assert document is not None or faults
    told = [
        (
            fault.code,
            fault.message,
            offsets(fault.span),
            fault.help,
            [(offsets(span), why) for span, why in fault.related],
        )
        for fault in faults
    ]
    return told, places(document)


@pytest.mark.skipif(find_spec("yaml._yaml") is None, reason="libyaml is not installed")
@settings(max_examples=400)
@given(SOUP | mutants())
def test_both_parsers_give_the_same(text: str) -> None:
    assert picture(text, pure=False) == picture(text, pure=True)


@settings(max_examples=60)
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 4), PIECES)
def test_a_long_text_is_explained_as_if_it_were_short(place: int, length: int, piece: str) -> None:
    text = EXAMPLE[:place] + piece + EXAMPLE[place + length :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "SHORT", -1)
        shortened = picture(text, pure=False)
    assert shortened == picture(text, pure=True)


@given(st.text())
def test_random_text_never_raises(text: str) -> None:
    assert picture(text, pure=False) == picture(text, pure=True)


def test_without_libyaml_the_other_parser_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = picture(EXAMPLE, pure=True)
    monkeypatch.setattr(nodes, "CParser", None)
    assert picture(EXAMPLE, pure=False) == expected


@pytest.mark.parametrize("text", ["a: b\n", "a: [\n"])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(text: str, *, enabled: bool) -> None:
    import gc

    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        parse(Source("t.yaml", text))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_the_example_has_no_faults() -> None:
    for pure in (False, True):
        document, faults = parse(Source("t.yaml", EXAMPLE), pure=pure)
        assert faults == []
        assert document is not None
        assert set(document.data) >= set(re.findall(r"^([a-z]+):", EXAMPLE, re.MULTILINE))
