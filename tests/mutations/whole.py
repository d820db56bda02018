"""A topology as data, with its defaults written into its components: so it can be joined with another that has other defaults."""

from typing import Any

from penstock.model.merging import merged
from penstock.schema.definitions import SECTIONS, inherited

Data = dict[str, Any]


def spelled_out(data: Data) -> Data:
    """The same topology without ``defaults``."""
    defaults = data.get("defaults", {})
    result = {key: value for key, value in data.items() if key != "defaults"}
    for section, default in defaults.items():
        for name, own in data.get(section, {}).items():
            given = own or {}
            keys = inherited(section, given.get("type"))
            heritage = {key: value for key, value in default.items() if key in keys}
            result[section] = result[section] | {name: merged(heritage, given)}
    return result


def joined(data: Data, graft: Data, *, replaced: frozenset[str] = frozenset()) -> Data:
    """A topology with the components and messages of another beside its own; what the other says of the whole holds for both.

    Where keys of the whole are ``replaced``, only the other says them, if at all.
    """
    other = _renamed(spelled_out(graft), _new_names(graft))
    result = {key: value for key, value in spelled_out(data).items() if key not in replaced}
    for key, value in other.items():
        if key in SECTIONS or key == "tags":
            result[key] = result.get(key, {}) | value
        elif key == "alarms":
            result[key] = value | {"notify": result[key]["notify"]} if key in result else value
        elif key not in {"penstock", "name", "owner"} - replaced:
            result[key] = value
    return result


def _new_names(data: Data) -> dict[str, str]:
    names: dict[str, str] = {}
    for section in SECTIONS:
        for name in data.get(section) or {}:
            names[name] = f"Grafted{name}" if section == "messages" else f"grafted-{name}"
    return names


def _renamed(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - a YAML value
    match value:
        case dict():
            return {names.get(key, key): _renamed(inner, names | _routes(value)) for key, inner in value.items()}
        case list():
            return [_renamed(inner, names) for inner in value]
        case str():
            return names.get(value, value)
        case _:
            return value


def _routes(value: Data) -> dict[str, str]:
    """Another path for a route: a method and a path belong to one producer."""
    route = value.get("route")
    return {route: route.replace("/", "/grafted/", 1)} if isinstance(route, str) else {}
