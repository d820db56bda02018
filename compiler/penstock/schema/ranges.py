"""What JSON Schema cannot say: ranges and steps of amounts, and keys that must be there once defaults are merged.

The schema states both (`x-minimum`, `x-maximum`, `x-step`, `x-required-after-defaults`). From each definition a plan is
made once that knows only the keys with something to check, so that visiting a component costs a look-up per key that it has;
and what is below a key is planned when that key is first met.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from penstock.schema.definitions import SECTIONS, alternatives, definition, frame
from penstock.schema.units import Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.source.yaml import Route


class _Keys(dict[str, "Plan | None"]):
    """The plans below the keys of a definition; ``nodes`` has what the schema says of them."""

    __slots__ = ("nodes",)

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[str, Mapping[str, Any]] = {}

    def __missing__(self, key: str) -> Plan | None:
        self[key] = plan = _below(self.nodes[key])
        return plan


class Plan:
    """What to check at one place of a definition, and below it.

    `required` has the definitions of the keys that must be there once defaults are merged, unless a rival is.
    """

    __slots__ = ("bounds", "good", "items", "keys", "known", "others", "required", "rivals", "whole")

    def __init__(self) -> None:
        self.keys = _Keys()
        self.others: Plan | None = None
        self.items: Plan | None = None
        self.bounds: Bounds | None = None
        self.whole = False
        self.required: dict[str, Mapping[str, Any]] = {}
        self.known: frozenset[str] = frozenset()
        self.rivals: frozenset[str] = frozenset()
        self.good: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.keys.nodes or self.others or self.items or self.bounds or self.whole or self.required)

    def takes(self, value: object) -> bool:
        """Whether an amount is in range, and a whole number not written as 5.0; others are not judged."""
        if isinstance(value, float):
            return not (self.whole and value.is_integer())
        if self.bounds is None or not isinstance(value, str) or value in self.good:
            return True
        if self.bounds.fault(value) is not None:
            return False
        self.good.add(value)  # the same few amounts come again and again
        return True

    def lacks(self, value: Mapping[str, object]) -> bool:
        """Whether a mapping has not all that is required, before defaults are looked at."""
        return not all(key in value for key in self.required) and self.rivals.isdisjoint(value)


def faulty(data: object) -> Iterator[tuple[Route, Plan, object]]:
    """The values that the plans do not take, with their routes; whatever has the wrong type is passed over."""
    if not isinstance(data, dict):
        return
    for route, plan, value in _visits(data):
        if not isinstance(value, dict) or missing(data, route, plan, value):
            yield route, plan, value


def missing(data: dict[str, Any], route: Route, plan: Plan, value: dict[str, object]) -> list[str]:
    """The keys that neither a mapping of a component nor the defaults under it have; the defaults themselves need none."""
    if route[0] == "defaults":
        return []
    inherited: Any = data
    for step in ("defaults", route[0], *route[2:]):
        inherited = inherited.get(step) if isinstance(inherited, dict) else None
    below = inherited if isinstance(inherited, dict) else {}
    return [key for key in plan.required if key not in value and key not in below]


_Visit = tuple["Route", Plan, object]


def _visits(data: dict[str, Any]) -> list[_Visit]:
    found: list[_Visit] = []
    _visit(data, _plan_of_frame(), (), found)
    for section in SECTIONS:
        components = data.get(section)
        if isinstance(components, dict):
            for name, component in components.items():
                if isinstance(component, dict):
                    kind = component.get("type")
                    plan = _plan_of(section, kind if isinstance(kind, str) else None)
                    _visit(component, plan, (section, name), found)
    return found


def _visit(value: object, plan: Plan, route: Route, found: list[_Visit]) -> None:
    if isinstance(value, dict):
        if plan.required and plan.lacks(value):
            found.append((route, plan, value))
        keys, nodes, others = plan.keys, plan.keys.nodes, plan.others
        for key, inner in value.items():
            below = keys[key] if key in nodes else others
            if below is not None:
                _visit(inner, below, (*route, key), found)
    elif isinstance(value, list) and plan.items is not None:
        for number, inner in enumerate(value):
            _visit(inner, plan.items, (*route, number), found)
    elif not plan.takes(value):
        found.append((route, plan, value))


@cache
def _plan_of(section: str, kind: str | None) -> Plan:
    return _planned(definition(section, {} if kind is None else {"type": kind}))


@cache
def _plan_of_frame() -> Plan:
    return _planned(frame())


def _planned(node: Mapping[str, Any]) -> Plan:
    plan = Plan()
    branches = list(alternatives(node))
    for branch in branches:
        _add(plan, branch)
    if plan.required:
        plan.rivals = frozenset(key for branch in branches for key in branch.get("required", ()))
    return plan


def _add(plan: Plan, branch: Mapping[str, Any]) -> None:
    plan.bounds = plan.bounds or Bounds.of(branch)
    plan.whole = plan.whole or "integer" in branch.get("type", ())
    for key in branch.get("x-required-after-defaults", ()):
        plan.required[key] = branch["properties"][key]
        plan.known = frozenset(branch["properties"])
    plan.keys.nodes.update(branch.get("properties", {}))
    plan.others = plan.others or _below(branch.get("additionalProperties"))
    plan.items = plan.items or _below(branch.get("items"))


def _below(node: object) -> Plan | None:
    return (_planned(node) or None) if isinstance(node, dict) else None
