"""One fault anywhere in a topology is told once, and where it is."""

import copy
import json

import pytest

from penstock.schema import check
from penstock.source.yaml import Route
from tests.schema.everything import OPEN, Json, at, data, document_of, routes

VALID = data()
ROUTES = list(routes(VALID))
# Keys whose name is the team's own, so that another letter at the end is no fault.
FREE = {"tags", "environment", "uses", "headers", "indexes", "place", "input", "when", "compensations"}


def _names_keys(route: Route) -> bool:
    """Whether it is the mapping of an import whose keys are those of another topology."""
    return route[0] == "imports" and route[-1] == "keys"


CLOSED = [
    route
    for route in ROUTES
    if isinstance(at(VALID, route), dict)
    and len(route) > 1
    and not {route[-1], route[-2]} & (FREE | OPEN)
    and not _names_keys(route)
]


def part_with(route: Route) -> Json:
    """The topology with no other component than that of a route, and with the defaults that may complete it."""
    part: Json = {key: VALID[key] for key in ("penstock", "name", "defaults", route[0])}
    if len(route) > 1 and isinstance(part[route[0]], dict):
        part[route[0]] = {route[1]: part[route[0]][route[1]]}
    return copy.deepcopy(part)


def put(route: Route, value: object) -> Json:
    changed = part_with(route)
    at(changed, route[:-1])[route[-1]] = value
    return changed


def shown(route: Route) -> str:
    return ".".join(map(str, route))


@pytest.mark.parametrize("route", ROUTES, ids=shown)
def test_a_value_that_fits_nowhere(route: Route) -> None:
    document = document_of(json.dumps(put(route, [[2.5]])))
    (told,) = check(document)
    place = document.entry(route)
    assert place.start <= told.span.start
    assert told.span.end <= document.value(route).end


@pytest.mark.parametrize("route", CLOSED, ids=shown)
def test_a_key_that_no_mapping_has(route: Route) -> None:
    changed = part_with(route)
    at(changed, route)["zzzz"] = 1
    document = document_of(json.dumps(changed))
    (told,) = check(document)
    assert (told.code, told.span) == ("SCH001", document.key((*route, "zzzz")))


def test_a_misspelt_key_anywhere() -> None:
    for route in ROUTES:
        key = route[-1]
        mapping = at(VALID, route[:-1])
        if not isinstance(key, str) or len(key) < 4 or not _is_of_the_language(route):
            continue
        changed = part_with(route)
        parent = at(changed, route[:-1])
        items = [(name + "x" if name == key else name, value) for name, value in mapping.items()]
        parent.clear()
        parent.update(items)
        document = document_of(json.dumps(changed))
        told = check(document)
        assert [(each.code, each.help) for each in told] == [("SCH001", f"did you mean '{key}'?")], route


def _is_of_the_language(route: Route) -> bool:
    if route[-2:-1] and (route[-2] in FREE or _names_keys(route[:-1])):
        return False
    return len(route) != 2 or route[0] in {"defaults", "alarms"}
