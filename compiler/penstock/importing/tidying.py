"""The data as a person would write it: no default twice, values in their shortest spelling, the keys in a fixed order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from penstock.model import units
from penstock.schema.definitions import definition, inherited, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.importing.sheet import Sheet
    from penstock.source.yaml import Route

SECTIONS = ("producers", "topics", "buses", "queues", "streams", "consumers", "sagas", "stores", "keys")
_FIRST = ("type", "existing", "physical_name", "every", "timezone", "url", "address", "fifo", "key", "sort_key", "from")
_LAST = ("allow", "export", "environment", "uses", "async", "encryption", "tags", "dlq", "publishes")
_FREE = frozenset({"definition", "environment", "filter", "headers", "parameters", "pattern", "payload", "tags"})
_SECONDS, _BYTES = re.compile(r"([0-9]+)s"), re.compile(r"([0-9]+)B")
_SHARED = ("runtime", "architecture", "tracing", "memory", "timeout", "log_retention", "point_in_time_recovery")
"""What may stand once for all of a section."""


def tidy(sheet: Sheet) -> None:
    """Tidy all components."""
    for route, own in sheet.components():
        for entry in own.get("from", ()):
            if "filter" not in entry:
                entry.pop("filter_on", None)
        _drop_defaults(sheet, route, own, definition(str(route[0]), own))
        _spell(own)
        _order(own)
        for several in ("from", "publishes"):
            if len(own.get(several, ())) == 1 and isinstance(own[several], list):
                sheet.keep(own[several])
                own[several] = own[several][0]
                if isinstance(own[several], dict) and own[several].keys() == {"source"}:
                    own[several] = own[several]["source"]
    _share(sheet)
    _share_tags(sheet)
    ordered: dict[str, Any] = {
        key: sheet.data[key]
        for key in ("penstock", "name", "tags", "defaults", "parameters", "messages")
        if key in sheet.data
    }
    for section in SECTIONS:
        if components := sheet.data.get(section):
            _reorder(components, sorted(components))
            ordered[section] = components
    if "alarms" in sheet.data:
        ordered["alarms"] = sheet.data["alarms"]
    sheet.data = ordered


def _drop_defaults(sheet: Sheet, route: Route, own: dict[str, Any], rule: Mapping[str, Any]) -> None:
    """Take out what the template does not state, and the language means anyway."""
    for key, inner in list(own.items()):
        here = _property(rule, key)
        if here is None or key in _FREE:
            continue
        if isinstance(inner, dict):
            _drop_defaults(sheet, (*route, key), inner, here)
            if not inner and not sheet.states(own, key):
                sheet.keep(own.pop(key))
        elif isinstance(inner, list):
            for one in inner:
                if isinstance(one, dict):
                    _drop_defaults(sheet, (*route, key), one, _items(here))
        elif not sheet.states(own, key) and key != "deduplication":
            usual = here.get("default", inner if (route[-1], key) == ("batch", "size") else None)
            if _same(inner, usual):
                del own[key]


def _property(rule: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """What the schema says of a key, by whichever alternative knows it."""
    for one in _alternatives(rule):
        if key in one.get("properties", {}):
            found: Mapping[str, Any] = resolved(one["properties"][key])
            return found
    return None


def _items(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    for one in _alternatives(rule):
        if "items" in one:
            return resolved(one["items"])
    return rule


def _alternatives(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    rule = resolved(rule)
    yield rule
    for one in (*rule.get("anyOf", ()), *rule.get("oneOf", ())):
        yield from _alternatives(one)


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and _meant(one) == _meant(other)


def _meant(value: object) -> object:
    if isinstance(value, str):
        if units.is_duration(value):
            return units.duration(value)
        if re.fullmatch(r"[0-9]+(B|KiB|MiB|GiB)", value):
            return units.size(value)
    return value


def _spell(own: Any) -> None:  # noqa: ANN401 - the data of a topology
    for key, inner in list(own.items() if isinstance(own, dict) else enumerate(own)):
        if isinstance(inner, dict | list) and key not in _FREE:
            _spell(inner)
        elif isinstance(inner, str) and key not in _FREE:
            own[key] = spelt_value(inner)


def spelt_value(text: str) -> str:
    """A duration or a size in its largest unit; any other text as it is."""
    if found := _SECONDS.fullmatch(text):
        return units.write_duration(int(found[1]))
    if found := _BYTES.fullmatch(text):
        size = units.show_size(int(found[1]))
        return text if "bytes" in size else size.replace(" ", "")
    return text


def _order(own: dict[str, Any]) -> None:
    keys = [key for key in _FIRST if key in own]
    keys += [key for key in own if key not in _FIRST and key not in _LAST]
    keys += [key for key in _LAST if key in own]
    _reorder(own, keys)


def _reorder(own: dict[str, Any], keys: list[str]) -> None:
    """Put a mapping in order and let it be the same mapping: its places hang on that."""
    again = {key: own[key] for key in keys}
    own.clear()
    own.update(again)


def _share(sheet: Sheet) -> None:
    """Say once what all components of a section that can say it say alike."""
    for section in ("consumers", "stores"):
        components = {name: own for name, own in sheet.data.get(section, {}).items() if "existing" not in own}
        for key in _SHARED:
            able = [own for own in components.values() if key in inherited(section, _type(section, own))]
            said = {repr(own.get(key)) for own in able}
            if len(able) > 1 and len(said) == 1 and able[0].get(key) is not None and not _has_images(able):
                shared = sheet.data.setdefault("defaults", {}).setdefault(section, {})
                shared[key] = able[0][key]
                for own in able:
                    del own[key]


def _share_tags(sheet: Sheet) -> None:
    """Say once the tags that all components have that can have any."""
    able = [
        own
        for (section, _), own in sheet.components()
        if "existing" not in own
        and (section != "producers" or "tags" in own)  # schedules have none
        and _property(definition(str(section), own), "tags") is not None
    ]
    if len(able) > 1 and able[0].get("tags") and all(own.get("tags") == able[0]["tags"] for own in able):
        sheet.data["tags"] = able[0]["tags"]
        for own in able:
            del own["tags"]


def _type(section: str, own: Mapping[str, Any]) -> str | None:
    found = own.get("type", "function" if section == "consumers" else None)
    return found if isinstance(found, str) else None


def _has_images(several: list[dict[str, Any]]) -> bool:
    return any(isinstance(own.get("code"), dict) for own in several)
