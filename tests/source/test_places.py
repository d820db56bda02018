"""Where the parts of a document stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.source.yaml import Document, Route, Source, Span, parse

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])

TEXT = """\
name: orders   # a comment
queues:
  intake: {}
  fulfilment:   # a comment
    from:
      - {source: orders, filter: {region: [eu,
          us]}}
      - source: commerce
        messages: [A]

    retention: 4d
    # the end of the queue

  last:
    because: |
      one
      two

topics:
- a
-
- &x b
- - c
  - *x
empty:
alias: *x
"quoted" : 'it''s'
"""


def document(text: str, *, pure: bool) -> Document:
    parsed, faults = parse(Source("t.yaml", text), pure=pure)
    assert faults == []
    assert parsed is not None
    return parsed


def shown(span: Span | None) -> str | None:
    """A span as `line:column-line:column`."""
    if span is None:
        return None
    return f"{span.begin.line}:{span.begin.column}-{span.finish.line}:{span.finish.column}"


@BOTH
@pytest.mark.parametrize(
    ("route", "key", "value", "entry"),
    [
        ((), None, "1:1-27:19", "1:1-1:13"),
        (("name",), "1:1-1:5", "1:7-1:13", "1:1-1:13"),
        (("queues",), "2:1-2:7", "3:3-17:10", "2:1-2:7"),
        (("queues", "intake"), "3:3-3:9", "3:11-3:13", "3:3-3:13"),
        (("queues", "fulfilment"), "4:3-4:13", "5:5-11:18", "4:3-4:13"),
        (("queues", "fulfilment", "from"), "5:5-5:9", "6:7-9:22", "5:5-5:9"),
        (("queues", "fulfilment", "from", 0), None, "6:9-7:16", "6:9-7:16"),
        (("queues", "fulfilment", "from", 0, "source"), "6:10-6:16", "6:18-6:24", "6:10-6:24"),
        (("queues", "fulfilment", "from", 0, "filter"), "6:26-6:32", "6:34-7:15", "6:26-6:32"),
        (("queues", "fulfilment", "from", 0, "filter", "region", 1), None, "7:11-7:13", "7:11-7:13"),
        (("queues", "fulfilment", "from", 1), None, "8:9-9:22", "8:9-8:25"),
        (("queues", "fulfilment", "from", 1, "messages"), "9:9-9:17", "9:19-9:22", "9:9-9:22"),
        (("queues", "fulfilment", "retention"), "11:5-11:14", "11:16-11:18", "11:5-11:18"),
        (("queues", "last"), "14:3-14:7", "15:5-17:10", "14:3-14:7"),
        (("queues", "last", "because"), "15:5-15:12", "15:14-17:10", "15:5-15:12"),
        (("topics",), "19:1-19:7", "20:1-24:7", "19:1-19:7"),
        (("topics", 0), None, "20:3-20:4", "20:3-20:4"),
        (("topics", 1), None, "21:2-21:2", "21:2-21:2"),
        (("topics", 2), None, "22:3-22:7", "22:3-22:7"),
        (("topics", 3), None, "23:3-24:7", "23:3-23:6"),
        (("topics", 3, 1), None, "24:5-24:7", "24:5-24:7"),
        (("empty",), "25:1-25:6", "25:7-25:7", "25:1-25:7"),
        (("alias",), "26:1-26:6", "26:8-26:10", "26:1-26:10"),
        (("quoted",), "27:1-27:9", "27:12-27:19", "27:1-27:19"),
    ],
)
def test_everything_has_a_place(route: Route, key: str | None, value: str, entry: str, *, pure: bool) -> None:
    parsed = document(TEXT, pure=pure)
    assert parsed.has(route)
    assert (shown(parsed.key(route)), shown(parsed.value(route)), shown(parsed.entry(route))) == (key, value, entry)


@BOTH
@pytest.mark.parametrize(
    ("route", "entry"),
    [
        (("queues", "fulfilment", "dlq"), "4:3-4:13"),
        (("queues", "fulfilment", "dlq", "max_receives"), "4:3-4:13"),
        (("queues", "intake", "dlq"), "3:3-3:13"),
        (("queues", "fulfilment", "from", 2), "5:5-5:9"),
        (("queues", "fulfilment", "from", -1), "5:5-5:9"),
        (("queues", 0), "2:1-2:7"),
        (("topics", "x"), "19:1-19:7"),
        (("name", "x"), "1:1-1:13"),
        (("alias", 0), "26:1-26:10"),
        (("nothing",), "1:1-1:13"),
    ],
)
def test_what_does_not_exist_is_placed_at_its_deepest_ancestor(route: Route, entry: str, *, pure: bool) -> None:
    parsed = document(TEXT, pure=pure)
    assert not parsed.has(route)
    assert shown(parsed.entry(route)) == entry
    with pytest.raises(KeyError):
        parsed.value(route)
    with pytest.raises(KeyError):
        parsed.key(route)


@BOTH
def test_below_an_alias_places_are_those_of_the_anchor(*, pure: bool) -> None:
    parsed = document("a: &x {b: 1}\nc: *x\nd:\n  - y\n  - *x\n", pure=pure)
    routes: list[Route] = [("c",), ("c", "b"), ("d", 1), ("d", 1, "b"), ("d",)]
    entries = ["2:1-2:6", "1:8-1:12", "5:5-5:7", "1:8-1:12", "3:1-3:2"]
    assert [shown(parsed.entry(route)) for route in routes] == entries
    assert shown(parsed.value(("d",))) == "4:3-5:7"


@BOTH
@pytest.mark.parametrize(
    ("text", "route", "value"),
    [
        ("\ufeffa: b\r\nc:\r\n  d: e\r\n\r\n# x\r\n", ("c",), "3:3-3:7"),
        ("a: b\rc:\r  d: e\r", ("c", "d"), "3:6-3:7"),
        ("a: b\u2028c\nd: x\x85y\n", ("d",), "2:4-2:7"),
        ("キュー: {名前: 値, x: y}\n", ("キュー", "x"), "1:17-1:18"),
        ("a: 😀\nb: {c: 😀, d: e}\n", ("b", "d"), "2:14-2:15"),
        ("{a: , b: 1}\n", ("a",), "1:4-1:4"),
        ("{a: # c\n  }\n", ("a",), "1:4-1:4"),
        ("{a, b: 1}\n", ("a",), "1:3-1:3"),
        ("a: >-\n\n  x\n\n\nb: c\n", ("a",), "1:4-3:4"),
        ("a:\n  b:\n    c:\n\n# x\nd: e\n", ("a",), "2:3-3:7"),
        ("a: !x\n", (), None),
    ],
)
def test_places_in_unusual_texts(text: str, route: Route, value: str | None, *, pure: bool) -> None:
    parsed, _ = parse(Source("t.yaml", text), pure=pure)
    assert (None if parsed is None else shown(parsed.value(route))) == value


@BOTH
def test_of_a_key_that_is_given_twice_the_first_has_the_place(*, pure: bool) -> None:
    for more in (0, 30):
        text = "".join(f"k{number}: 0\n" for number in range(more)) + "a: 1\nb: 2\na: 3\n"
        parsed, _ = parse(Source("t.yaml", text), pure=pure)
        assert parsed is not None
        assert shown(parsed.value(("a",))) == f"{more + 1}:4-{more + 1}:5"


@BOTH
def test_a_large_mapping_is_looked_up_like_a_small_one(*, pure: bool) -> None:
    parsed = document("".join(f"k{number}: v\n" for number in range(100)), pure=pure)
    assert shown(parsed.entry(("k42",))) == "43:1-43:7"
    assert not parsed.has(("k100",))
    assert not parsed.has((1,))


KEYS = st.text(st.sampled_from("abcé日_-"), min_size=1, max_size=5).filter(lambda key: not key.startswith("-"))
VALUES = st.recursive(
    KEYS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def flow(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def block(value: object, indent: int = 0) -> str:
    """The value in lines below its key or hyphen, or behind it."""
    pad = "\n" + " " * indent
    match value:
        case dict() if value:
            return "".join(f"{pad}{key}:{block(inner, indent + 2)}" for key, inner in value.items())
        case list() if value:
            return "".join(f"{pad}-{block(inner, indent + 2)}" for inner in value)
        case _:
            return " " + flow(value)


def routes(value: object, route: Route = ()) -> list[tuple[Route, object]]:
    found = [(route, value)]
    if isinstance(value, dict):
        found += [pair for key, inner in value.items() for pair in routes(inner, (*route, key))]
    if isinstance(value, list):
        found += [pair for number, inner in enumerate(value) for pair in routes(inner, (*route, number))]
    return found


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), st.booleans())
def test_what_stands_at_a_place_is_the_value(value: dict[str, object], pure: bool) -> None:  # noqa: FBT001 - drawn
    for text in (flow(value), block(value) + "\n\n# the end\n"):
        parsed = document(text, pure=pure)
        assert parsed.data == value
        for route, expected in routes(value):
            span = parsed.value(route)
            again, faults = parse(Source("t.yaml", " " * (span.begin.column - 1) + span.text))
            assert faults == ([] if again else faults)
            assert (None if again is None else again.data) == expected
            key = parsed.key(route)
            assert (None if key is None else key.text) == (route[-1] if route and isinstance(route[-1], str) else None)
