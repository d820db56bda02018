"""State machines whose definition can be read, as sagas with that definition: tasks name the components that they call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from penstock.template.machines import is_express
from penstock.template.sam import MACHINE
from penstock.template.values import Items, Map, is_known, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.asl.written import Written
    from penstock.importing.additions import Adder
    from penstock.importing.sheet import Sheet
    from penstock.source.yaml import Route
    from penstock.template.stacks import Resource


_INTEGRATION = re.compile(r"arn:[^:]*:states:::([^$]+)")


_MESSAGE = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")


def conduct(sheet: Sheet, adder: Adder) -> None:
    """Write all of them that the language takes; of the others say why it does not."""
    machines = list(sheet.translation.directory.of(MACHINE))
    if not machines:
        return
    from penstock.template.sagas import sagas  # few templates have any

    known = {saga.name: saga for saga in sagas(sheet.translation)}
    for machine in machines:
        saga = known.get(sheet.translation.name_of(machine) or "")
        if saga is None or saga.written is None:
            continue
        said, why = _taken(saga.written)
        if said is None:
            sheet.refused[id(machine.spot.node)] = f"its definition cannot be taken: {why}"
            continue
        for name in dict.fromkeys(call.message for task in said.tasks for call in task.calls if call.message):
            if _MESSAGE.fullmatch(name):
                sheet.data["messages"].setdefault(name, {"schema": {}})
        own: dict[str, Any] = {"type": "state-machine", "definition": said.data}
        sheet.data.setdefault("sagas", {})[saga.name] = own
        sheet.adopt(("sagas", saga.name), machine.spot)
        _settings(sheet, adder, machine, own, ("sagas", saga.name))


def _taken(found: Written) -> tuple[Written | None, str]:
    """A definition with the names of components in it, or why the language does not take it."""
    from penstock.asl.written import read

    names = {call.route: call.name for task in found.tasks for call in task.calls}
    data, unknown = _data(found.data, (), names)
    if unknown is not None:
        where = ".".join(map(str, unknown))
        return None, f"what stands at {where} is no component here, or known only when it is deployed"
    said = read(data, found.origin)
    return (None, said.problems[0].text) if said.problems else (said, "")


def _settings(sheet: Sheet, adder: Adder, machine: Resource, own: dict[str, Any], route: Route) -> None:
    express = is_express(machine)
    if express:
        own["workflow"] = "express"
    if express is None:
        sheet.note(route, machine.spot, "its type is known only when it is deployed")
    if _is_traced(machine):
        own["tracing"] = True
    adder.tags(machine, own)


def _is_traced(machine: Resource) -> bool:
    own = machine.properties
    return any(written(own.part(key).get("Enabled")) == "true" for key in ("Tracing", "TracingConfiguration"))


def _data(value: Any, route: Route, names: Mapping[Route, str]) -> tuple[Any, Route | None]:  # noqa: ANN401 - JSON
    """A part of a definition with the names of components in it; or the route of something that only the deployment knows."""
    if route in names:
        return names[route], None
    if route[-1:] == ("Resource",) and (call := _INTEGRATION.fullmatch(written(value) or "")):
        return f"arn:aws:states:::{call[1]}", None  # in whichever partition
    if isinstance(value, Map | Items):
        found: Any = {} if isinstance(value, Map) else []
        for key, inner in value.items() if isinstance(value, Map) else enumerate(value):
            data, unknown = _data(inner, (*route, key), names)
            if unknown is not None:
                return None, unknown
            if isinstance(found, dict):
                found[key] = data
            else:
                found.append(data)
        return found, None
    plain = is_known(value) and not (isinstance(value, str) and "${" in value)
    return (value, None) if plain else (None, route)
