"""One verdict, whoever is asked: the compiled validator, the explaining one, and the explanations themselves."""

import copy
import json

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock import resources
from penstock.schema import check, ranges
from penstock.schema.explain import accepts, explain
from penstock.source.yaml import Document, Route
from tests.schema.everything import Json, at, data, document_of, routes

VALID = data()
ROUTES = sorted(routes(VALID), key=repr)
NAMES = sorted(
    {str(step) for route in ROUTES for step in route} | {"none", "off", "unknown", "visibility_timout", "fair"}
)
COMPILED = jsonschema_rs.Draft202012Validator(resources.schema())

texts = st.text(st.sampled_from("ab:/-_.1$ \n\té𐀀"), max_size=6)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 20_000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [*NAMES, "30s", "30s\n", "13h", "5 min", "16KB", "1MiB", "100/s", "OrderPlaced", "Order_Placed", "a/b", ""]
    )
    | texts
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=3),
    max_leaves=6,
)


def written(value: object) -> Document:
    """A document with this data; JSON is YAML."""
    return document_of(json.dumps(value, ensure_ascii=False))


def agree(document: Document) -> None:
    valid = COMPILED.is_valid(document.data)
    assert accepts(document.data) is valid
    assert (not list(explain(document, lambda *_: False))) is valid
    told = check(document)
    assert (not told) is (valid and not list(ranges.faulty(document.data)))
    assert len({(each.code, each.span, each.message) for each in told}) == len(told)


@st.composite
def mutations(draw: st.DrawFn) -> Json:
    """The valid topology with a few parts replaced, removed, renamed or added."""
    value = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, value, draw(st.sampled_from(ROUTES)))
    return value


def _mutate(draw: st.DrawFn, value: Json, route: Route) -> None:
    try:
        parent = at(value, route[:-1])
        here = parent[route[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if isinstance(parent, str):  # what was a list or a mapping once
        return
    match draw(st.sampled_from(["replace", "delete", "rename", "add", "swap"])):
        case "replace":
            parent[route[-1]] = draw(junk)
        case "delete":
            del parent[route[-1]]
        case "rename" if isinstance(parent, dict):
            parent[draw(st.sampled_from(NAMES))] = parent.pop(route[-1])
        case "add" if isinstance(here, dict):
            here[draw(st.sampled_from(NAMES))] = draw(junk)
        case _:
            parent[route[-1]] = copy.deepcopy(at(VALID, draw(st.sampled_from(ROUTES))))


@settings(max_examples=120)
@given(mutations())
def test_a_mutated_topology(value: Json) -> None:
    agree(written(value))


@settings(max_examples=60)
@given(junk)
def test_any_data(value: object) -> None:
    if value is not None:
        agree(written(value))


def test_a_line_end_behind_a_value_is_refused_by_both() -> None:
    agree(written({"penstock": 1, "name": "orders\n"}))
    agree(written({"penstock": 1, "name": "orders", "queues": {"a\n": {}, "b": {"retention": "4d\n"}}}))
