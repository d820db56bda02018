"""Overlays: what they merge, what they remove, and where each value then stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.emit.cloudformation import template
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.model.environments import Overlaid
from penstock.model.variant import vary
from penstock.source.schema_file import SchemaFiles
from penstock.source.yaml import Document, Route, Source, parse
from tests.strategies import Generated, topologies, written
from tests.topologies import topology_of

TEXT = """\
penstock: 1
name: shop
tags: {team: a, stage: none}
queues:
  intake: {retention: 4d, dlq: {max_receives: 5}}
  accepted: {dlq: {max_receives: 5, retention: 10d}}
  list: {from: [a, b]}
  gone: {}
  dev-only: {only_in: [dev]}
environments:
  dev:
    region: eu-west-1
    tags: {stage: null}
    queues:
      intake: {retention: 1d}
      accepted: {dlq: {none: not here}}
      list: {from: [c]}
      gone: null
  prod: {topics: null}
"""


def document(text: str) -> Document:
    found, faults = parse(Source("t.yaml", text))
    assert found is not None, faults
    return found


@pytest.fixture
def dev() -> Overlaid:
    return Overlaid(document(TEXT), "dev")


def test_mappings_are_merged_and_lists_replaced_and_null_removes(dev: Overlaid) -> None:
    assert dev.data["tags"] == {"team": "a"}
    assert dev.data["queues"] == {
        "intake": {"retention": "1d", "dlq": {"max_receives": 5}},
        "accepted": {"dlq": {"none": "not here"}},
        "list": {"from": ["c"]},
        "dev-only": {"only_in": ["dev"]},
    }


@pytest.mark.parametrize("environment", [None, "prod"])
def test_what_another_environment_has_alone_is_left_out(environment: str | None) -> None:
    queues = Overlaid(document(TEXT), environment).data["queues"]
    assert set(queues) == {"intake", "accepted", "list", "gone"}


def test_the_document_stays_as_it_is(dev: Overlaid) -> None:
    untouched = document(TEXT)
    overlaid = Overlaid(untouched, "dev")
    assert overlaid.data != document(TEXT).data == untouched.data
    assert dev.data == overlaid.data


@pytest.mark.parametrize(
    ("route", "line", "text"),
    [
        (("name",), 2, "name: shop"),
        (("queues",), 4, "queues"),
        (("queues", "intake"), 5, "intake: {retention: 4d, dlq: {max_receives: 5}}"),
        (("queues", "intake", "retention"), 15, "retention: 1d"),
        (("queues", "intake", "dlq", "max_receives"), 5, "max_receives: 5"),
        (("queues", "intake", "delay"), 5, "intake: {retention: 4d, dlq: {max_receives: 5}}"),
        (("queues", "accepted", "dlq", "none"), 16, "none: not here"),
        (("queues", "accepted", "dlq", "retention"), 16, "dlq: {none: not here}"),
        (("queues", "list", "from", 0), 17, "c"),
        (("queues", "list", "from", 1), 17, "from: [c]"),
    ],
)
def test_places_are_where_the_value_came_from(dev: Overlaid, route: Route, line: int, text: str) -> None:
    span = dev.entry(route)
    assert (span.begin.line, span.text) == (line, text)


@pytest.mark.parametrize(
    ("route", "there"),
    [
        (("queues", "intake", "retention"), True),
        (("queues", "intake", "dlq", "max_receives"), True),
        (("queues", "accepted", "dlq", "max_receives"), False),
        (("queues", "list", "from", 1), False),
        (("queues", "gone"), False),
        (("tags", "stage"), False),
    ],
)
def test_only_what_is_left_is_there(dev: Overlaid, route: Route, there: bool) -> None:  # noqa: FBT001 - a table
    assert dev.has(route) is there


@given(topologies(sound=True), st.sampled_from([None, "dev", "prod"]), st.booleans())
@settings(deadline=None, max_examples=30)
def test_an_overlay_of_nothing_changes_nothing(
    generated: Generated,
    environment: str | None,
    empty_sections: bool,  # noqa: FBT001 - drawn
) -> None:
    sections: dict[str, object] = (
        {key: {} for key in generated.data if key not in {"penstock", "name", "owner", "exports"}}
        if empty_sections
        else {}
    )
    text = written({**generated.data, "environments": {"dev": sections, "prod": None}}).text
    variant = vary(document(text), environment)
    assert variant.diagnostics == []
    assert variant.document is not None
    built = build(variant.document, SchemaFiles(Path()))
    assert built.topology is not None, built.faults
    plain = generated.text.replace("$${", "${")  # the one is read with its variables, the other without
    assert template(lower(built.topology)) == template(lower(topology_of(plain)))
