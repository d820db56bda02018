"""What the text of a document means, read by either parser."""

import pytest

from penstock.source.yaml import Source, parse

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])


def data(text: str, *, pure: bool) -> object:
    document, faults = parse(Source("t.yaml", text), pure=pure)
    assert faults == []
    assert document is not None
    return document.data


@BOTH
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("Null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        # text, though YAML 1.1 or its core schema reads some of it otherwise
        ("yes", "yes"),
        ("on", "on"),
        ("nULL", "nULL"),
        ("0777", "0777"),
        ("011122223333", "011122223333"),
        ("00.5", "00.5"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-31", "2026-01-31"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 301, "9" * 301),
        ("9" * 300, int("9" * 300)),
        (".", "."),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
        ("a b\tc", "a b\tc"),
        ("b?c", "b?c"),
        ("http://x/y?z=1", "http://x/y?z=1"),
        (r'"\x41\u00e9\t\/\N"', "Aé\t/\x85"),
        ("a\u2028b\x85c\u2029d", "a\u2028b\x85c\u2029d"),
        ("'a\u2028b # c'", "a\u2028b # c"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object, *, pure: bool) -> None:
    if text == "-":
        text = '"-"'
    found = data(f"key: {text}\n", pure=pure)
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


@BOTH
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb:\n  - x\n  - y: [1, {z: null}]\nc:\n", {"a": 1, "b": ["x", {"y": [1, {"z": None}]}], "c": None}),
        ("a: |\n  x\n\n  y\nb: >-\n  x\n  y\n", {"a": "x\n\ny\n", "b": "x y"}),
        ("a: |#c\n  x\n", {"a": "x\n"}),
        ("a:\tb\t# c\n", {"a": "b"}),
        ("{a?b: c?, d: e ? f}", {"a?b": "c?", "d": "e ? f"}),
        ("? a\n: b\n", {"a": "b"}),
        ("\ufeff--- # c\na: b\n...\n# d\n", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: b\rc: d\r", {"a": "b", "c": "d"}),
        ("a: x # c\x85b: y\n", {"a": "x"}),
        ("キュー: {名前: 値}\n", {"キュー": {"名前": "値"}}),
        ("- a\n- - b\n  - c\n", ["a", ["b", "c"]]),
        ("plain\n", "plain"),
    ],
)
def test_data_is_plain_and_in_the_order_of_the_text(text: str, value: object, *, pure: bool) -> None:
    found = data(text, pure=pure)
    assert found == value
    assert repr(found) == repr(value)


@BOTH
def test_an_alias_stands_for_a_copy(*, pure: bool) -> None:
    found = data("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n", pure=pure)
    assert found == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, {"b": [1]}]}
    assert isinstance(found, dict)
    found["c"]["b"].append(2)
    assert found["a"] == {"b": [1]}


@BOTH
def test_a_hundred_levels_are_not_too_deep(*, pure: bool) -> None:
    found = data("[" * 100 + "]" * 100, pure=pure)
    depth = 0
    while found:
        assert isinstance(found, list)
        [found] = found
        depth += 1
    assert depth == 99
