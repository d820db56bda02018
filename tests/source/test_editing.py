"""Edits of a text: they write one value, and everything else stays as it was."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from penstock.source.editing import without_comment
from penstock.source.text import Source, Span
from penstock.source.yaml import Document, Route, parse

BLOCK = """\
# a shop
queues:
  intake:   # the first
    retention: 2d  # short

  # the second
  other: {}
  empty:
  flow: {a: 1, b: {c: 2}}
consumers:
  worker:
    from: intake  # one
  second:
    from:
      - source: other
        batch: {size: 5}
      - intake
"""


def document(text: str) -> Document:
    found, faults = parse(Source("topology.yaml", text))
    assert found is not None, faults
    return found


def edited(text: str, route: Route, value: str, short: str | None = None) -> str | None:
    change = document(text).put(route, value, short)
    if change is None:
        return None
    span, replacement = change
    return text[: span.start] + replacement + text[span.end :]


@pytest.mark.parametrize(
    ("route", "value", "before", "after"),
    [
        (("queues", "intake", "retention"), "4d", "retention: 2d  # short", "retention: 4d  # short"),
        (("queues", "intake", "delay"), "1s", "2d  # short\n", "2d  # short\n    delay: 1s\n"),
        (("queues", "other", "delay"), "1s", "other: {}", "other: {delay: 1s}"),
        (("queues", "empty", "delay"), "1s", "empty:", "empty: {delay: 1s}"),
        (("queues", "flow", "b", "d"), "3", "{c: 2}", "{c: 2, d: 3}"),
        (("queues", "flow", "b"), "x", "b: {c: 2}", "b: x"),
        (("queues", "other", "dlq", "max_receives"), "5", "other: {}", "other: {dlq: {max_receives: 5}}"),
        (("consumers", "second", "from", 0, "batch", "size"), "1", "size: 5", "size: 1"),
        (("consumers", "second", "from", 0, "id"), "x", "{size: 5}\n", "{size: 5}\n        id: x\n"),
        (("alarms", "notify"), "ops", "      - intake\n", "      - intake\nalarms: {notify: ops}\n"),
    ],
)
def test_one_value_is_written(route: Route, value: str, before: str, after: str) -> None:
    assert edited(BLOCK, route, value) == BLOCK.replace(before, after, 1)


def test_a_plain_text_becomes_a_mapping_where_it_stands_for_one() -> None:
    wanted = BLOCK.replace("from: intake  # one", "from: {source: intake, batch: {size: 1}}  # one")
    assert edited(BLOCK, ("consumers", "worker", "from", "batch", "size"), "1", "source") == wanted
    assert edited(BLOCK, ("consumers", "worker", "from", "batch", "size"), "1") is None
    wanted = BLOCK.replace("- intake\n", "- {source: intake, id: x}\n")
    assert edited(BLOCK, ("consumers", "second", "from", 1, "id"), "x", "source") == wanted


def test_line_ends_of_the_file_are_kept() -> None:
    text = BLOCK.replace("\n", "\r\n")
    assert edited(text, ("queues", "intake", "delay"), "1s") == text.replace(
        "# short\r\n", "# short\r\n    delay: 1s\r\n", 1
    )


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("a: &x {b: 1}\nc: *x\n", ("c", "d")),
        ("a: &x {b: 1}\nc: *x\n", ("a", "d")),
        ("a: [1, 2]\n", ("a", 5)),
        ("a: |\n  text\n", ("a", "b")),
        ("a: {b:\n  1}\n", ("a",)),
    ],
    ids=["alias", "anchor", "no such item", "text", "several lines"],
)
def test_what_is_not_simple_is_left_alone(text: str, route: Route) -> None:
    assert edited(text, route, "1", "source") is None


KEYS = st.sampled_from(["a", "b", "c", "queue"])
SCALARS = st.sampled_from([None, 1, "text", "4d"])
TREES = st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=12)
STYLES = st.sampled_from([None, True, False])


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4), st.lists(KEYS, min_size=1, max_size=4), STYLES)
def test_the_text_says_what_was_written_and_nothing_else_changes(
    data: dict[str, Any],
    route: list[str],
    style: bool | None,  # noqa: FBT001 - drawn
) -> None:
    text = yaml.safe_dump(data, default_flow_style=style)
    result = edited(text, tuple(route), "new")
    if result is None:
        return
    assert document(result).data == put(data, route)


def put(data: dict[str, Any], route: Sequence[str]) -> dict[str, Any]:
    copy = deepcopy(data)
    inner = copy
    for key in route[:-1]:
        if inner.get(key) is None:
            inner[key] = {}
        inner = inner[key]
    inner[route[-1]] = "new"
    return copy


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a: 1  # penstock: ignore[X]\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\n  # penstock: ignore[X]\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\r\n# penstock: ignore[X]\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
    ],
)
def test_a_comment_goes_with_the_blanks_before_it(text: str, after: str) -> None:
    source = Source("topology.yaml", text)
    start = text.index("#")
    gone = without_comment(source, Span(source, start, start + len("# penstock: ignore[X]")))
    assert text[: gone.start] + text[gone.end :] == after
