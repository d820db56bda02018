"""What was drawn for the rules, put as a team would write it: nothing stands for what is not known, and clocks are schedules."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from penstock.importing.names import spelt
from penstock.template.channels import DEFAULT_BUS, UNCLEAR
from penstock.template.translate import MESSAGE
from penstock.template.values import Imported, Map, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet, Spelt
    from penstock.source.yaml import Route
    from penstock.template.stacks import Resource

_LATER = "its value is known only when it is deployed"
_STAND_INS = {
    UNCLEAR: _LATER,
    "its failures go elsewhere": "they go to something that is no queue here",
    "a clock starts the same function, which looks for what is left": "they go to something that is no queue here",
    "a run that is lost is not tried again, and the next one comes": "",
}
"""Reasons that a topology drawn from a template gives for a safeguard of which nothing is to be said."""
_SINKS = frozenset({"email", "http", "log"})
"""Consumers that are nothing without something that they read."""
_TOKEN = re.compile(r"\$?\$\{([^{}]*)\}")
_PLAINLY = {"AWS.AccountId": "${account}", "AWS.Region": "${region}"}
_OURS = frozenset({"${account}", "${region}"})


def take_out_unknown(sheet: Sheet, high: Spelt) -> None:
    """Take out what is not known: what differs in ``high``, which has the other end of the range of such a number."""
    _take_out_unknown(sheet, (), sheet.translation.draft.data, high.draft.data)


def settle(sheet: Sheet) -> None:
    """Do all the rest."""
    for route, own in sheet.components():
        _existing(route, own)
        _stand_ins(sheet, route, own)
    _clocks(sheet)
    for route, own in sheet.components():
        _say(sheet, route, own)
        _read(sheet, own)
    _ids(sheet)
    _unused(sheet)
    _redrives(sheet)
    if sheet.parameters:
        sheet.data["parameters"] = dict(sorted(sheet.parameters.items()))


def _take_out_unknown(sheet: Sheet, route: Route, low: Any, high: Any) -> None:  # noqa: ANN401 - the data of topologies
    """Take out what is one of several values; what stands in the template then is told."""
    if isinstance(low, dict) and isinstance(high, dict):
        only_high = [key for key in high if key not in low]
        for key in list(low):
            if key in high:
                _take_out_unknown(sheet, (*route, key), low[key], high[key])
            else:
                _take_out(sheet, (*route, key))
        for key in only_high:
            low_place = sheet.spot_of((*route, key))
            if len(route) > 1 and low_place:
                sheet.note(route, low_place, f"whether it has `{key}` is known only when it is deployed")
    elif isinstance(low, list) and isinstance(high, list) and len(low) == len(high):
        for number, pair in enumerate(zip(low, high, strict=True)):
            _take_out_unknown(sheet, (*route, number), *pair)
    elif low != high:
        _take_out(sheet, route)


def _take_out(sheet: Sheet, route: Route) -> None:
    if spot := sheet.spot_of(route):
        sheet.note(route, spot, _LATER)
    sheet.remove(route)


def _existing(route: Route, own: dict[str, Any]) -> None:
    """Say of what is made elsewhere where it is."""
    said = own.get("existing")
    if not isinstance(said, str):
        return
    if export := re.fullmatch(r"\$\{export\.([^{}]*)\}", said):
        own["existing"] = {"export": export[1]}
    elif route[0] == "buses" and re.fullmatch(r"[A-Za-z0-9._/-]+", said):
        own["existing"] = f"arn:aws:events:${{region}}:${{account}}:event-bus/{said}"
    elif route[0] == "queues" and re.fullmatch(r"[A-Za-z0-9_.-]+", said):
        own["existing"] = f"arn:aws:sqs:${{region}}:${{account}}:{said}"


def _stand_ins(sheet: Sheet, route: Route, own: Any) -> None:  # noqa: ANN401 - the data of a topology
    for key, inner in list(own.items() if isinstance(own, dict) else enumerate(own)):
        here = (*route, key)
        if isinstance(inner, dict) and inner.get("none") in _STAND_INS and len(inner) == 1:
            spot = sheet.spot_of(here)
            if spot and (why := _STAND_INS[inner["none"]]):
                sheet.note(route, spot, why)
            sheet.remove(here)
        elif isinstance(inner, dict | list):
            _stand_ins(sheet, here, inner)


def _read(sheet: Sheet, own: dict[str, Any]) -> None:
    """What a delivery must say of its source: of a store what its items are; a pipe has nothing to say of failures in a batch."""
    for entry in own.get("from", ()):
        if entry.get("source") in sheet.data.get("stores", {}):
            entry["messages"] = [MESSAGE]
        if entry.get("via") == "pipe":
            entry.get("batch", {}).pop("partial_failures", None)


def _clocks(sheet: Sheet) -> None:
    """Rules that run by the clock, as schedules that send by themselves."""
    stacks = sheet.translation.directory
    rules = {f"{one.stack}.{one.id}": one for one in stacks.of("AWS::Events::Rule")}
    for route, own in list(sheet.components()):
        for entry in list(own.get("from", ())):
            of = (entry.get("pattern") or {}).get("resources") if entry.get("source") == DEFAULT_BUS else None
            rule = rules.get(of[0]) if isinstance(of, list) and len(of) == 1 and isinstance(of[0], str) else None
            if rule is None:
                continue
            own["from"].remove(entry)
            sheet.keep(entry)
            if "ScheduleExpression" not in rule.properties:
                sheet.note(route, rule.at("EventPattern"), _LATER)
                continue
            name = sheet.translation.name(spelt(rule.id).removesuffix("-rule"))
            schedule: dict[str, Any] = {"type": "schedule", "every": written(rule.properties["ScheduleExpression"])}
            schedule |= {key: entry[key] for key in ("enabled", "retries", "dlq") if key in entry}
            if schedule.get("enabled") is True:
                del schedule["enabled"]
            if payload := _payload(sheet, rule, entry):
                schedule["payload"] = payload
            schedule["publishes"] = [{"message": MESSAGE, "to": route[1]}]
            sheet.data.setdefault("producers", {})[name] = schedule
            sheet.adopt(("producers", name), rule.spot)
        if own.get("from") == []:
            del own["from"]


def _payload(sheet: Sheet, rule: Resource, entry: dict[str, Any]) -> dict[str, Any] | None:
    """What a rule sends by the clock to the target of which a delivery was made, if that is an object that is known."""
    for target, spot in rule.properties.items_of("Targets"):
        if isinstance(target, Map) and sheet.entry_of(spot) is entry and isinstance(target.get("Input"), str):
            try:
                found = json.loads(target["Input"])
            except ValueError:
                return None
            if isinstance(found, dict):
                sheet.expressed.add(id(target.nodes["Input"][1]))
                return found
    return None


def _say(sheet: Sheet, route: Route, own: Any) -> None:  # noqa: ANN401 - the data of a topology
    """Put all values in the words of the language; what has none is taken out."""
    for key, inner in reversed(list(own.items() if isinstance(own, dict) else enumerate(own))):
        here = (*route, key)
        if isinstance(inner, dict | list):
            if key != "definition":  # there null is a word of its own, and all is known
                _say(sheet, here, inner)
            continue
        said = _words(sheet, inner)
        if said is None:
            spot = sheet.spot_of(here)
            if spot:
                sheet.note(route, spot, f"{_LATER}; without it more gets through" if "pattern" in here else _LATER)
            drop(sheet, here)
        else:
            own[key] = said


def drop(sheet: Sheet, route: Route) -> None:
    """Take out what stands at a route; a delivery does not stay without a pattern or a filter that it had."""
    sheet.remove(route)
    for word in ("pattern", "filter"):
        if word in route:
            cut = route.index(word)
            if sheet.at(route[: cut + 1]) is None:
                sheet.remove(route[:cut])
    own = sheet.at(route[:2])
    if isinstance(own, dict) and own.get("type") in _SINKS and not own.get("from"):
        sheet.forget(route[:2])
        sheet.remove(route[:2])


def _words(sheet: Sheet, value: object) -> Any:  # noqa: ANN401 - a value of a topology
    if value is None or isinstance(value, bool | int | float):
        return value
    if not isinstance(value, str):
        if isinstance(value, Imported):
            return None
        return sheet.text(value)
    if "${" not in value:
        return value
    pieces = [_variable(sheet, found[0], found[1]) for found in _TOKEN.finditer(value)]
    if None in pieces:
        return None
    found_pieces = iter(pieces)
    return _TOKEN.sub(lambda _: str(next(found_pieces)), value)


def _variable(sheet: Sheet, whole: str, name: str) -> str | None:
    if whole in _OURS or whole.startswith(("$$", "${param.")):
        return whole
    return _PLAINLY.get(name) or sheet.variable(name)


def _ids(sheet: Sheet) -> None:
    """An id only where a receiver reads one source several times."""
    for _, own in sheet.components():
        entries = [one for one in own.get("from", ()) if isinstance(one, dict)]
        often = Counter(one.get("source") for one in entries)
        taken: Counter[str] = Counter()
        for one in entries:
            if often[one.get("source")] == 1:
                one.pop("id", None)
                continue
            wanted = spelt(one.get("id") or "again")
            taken[wanted] += 1
            one["id"] = wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"


def _redrives(sheet: Sheet) -> None:
    """Let all queues name a dead-letter queue that the compiler would keep to those which name it: these have names of their own."""
    queues = sheet.data.get("queues", {})
    for name, own in queues.items():
        sources = [one for one in queues.values() if (one.get("dlq") or {}).get("queue") == name]
        if sources and "existing" not in own and all("physical_name" in one for one in sources):
            own.setdefault("redrive_allow", "all")


def _unused(sheet: Sheet) -> None:
    """Take out the account's bus and the message where nobody speaks of them."""
    spoken = set(_texts(sheet.data))
    if DEFAULT_BUS in sheet.data.get("buses", {}) and DEFAULT_BUS not in spoken:
        del sheet.data["buses"][DEFAULT_BUS]
    if MESSAGE not in spoken:
        del sheet.data["messages"][MESSAGE]
        if not sheet.data["messages"]:
            del sheet.data["messages"]


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - the data of a topology
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
