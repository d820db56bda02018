"""A comparison of templates with what is compiled from their topology, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from penstock.importing.comparing import Comparison, Difference, Pair

_LONGEST = 60
_NOTHING = "nothing"


def text(comparison: Comparison) -> str:
    """What differs, what stays behind, and what is new: for people."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    differ = [pair for pair in comparison.pairs if pair.differences]
    same = len(comparison.pairs) - len(differ)
    yield (
        f"topology {comparison.topology!r}, compiled and held against its templates: of {len(comparison.pairs)} resources of "
        f"messaging {same} {'is' if same == 1 else 'are'} the same, {len(differ)} differ"
    )
    if differ:
        yield "\ndiffer, from the template to what is compiled:"
    common = _common(comparison.pairs)
    for type_, keys in common.items():
        yield f"  every {type_}"
        yield from (f"    {key}: {_NOTHING} -> {value}" for key, value in keys.items())
    for pair in differ:
        own = [one for one in pair.differences if one.property not in common.get(pair.type, ())]
        if own:
            yield f"  {_called(pair)}"
            yield from (f"    {_told(one)}" for one in own)
    if moved := [pair for pair in comparison.pairs if pair.becomes != pair.id]:
        yield "\nget another logical id, for which CloudFormation makes a new resource and deletes the old one:"
        yield from (f"  {pair.type} {pair.id} -> {pair.becomes}" for pair in moved)
    if comparison.left or comparison.aside or comparison.glue:
        yield "\nare in the templates alone:"
        yield from (f"  {one.type} {one.id}: {one.why}" for one in comparison.left)
        yield from _counted(comparison.aside, "of no concern to messaging")
        yield from _counted(comparison.glue, "which the compiler writes by itself, of what the topology says")
    if comparison.added or comparison.made:
        yield "\nare compiled and in no template:"
        yield from (f"  {type_} {id_}" for type_, id_ in comparison.added)
        yield from _counted(comparison.made, "made with them")


def _common(pairs: Sequence[Pair]) -> dict[str, dict[str, str]]:
    """By type, what the compiler writes into all resources of it and the templates into none."""
    found: dict[str, dict[str, str]] = {}
    for type_ in sorted({pair.type for pair in pairs}):
        alike = [pair for pair in pairs if pair.type == type_]
        added = [{one.property: one.compiled for one in pair.differences if one.template is None} for pair in alike]
        keys = [key for key in added[0] if len(alike) > 1 and all(key in one for one in added)]
        if keys:
            found[type_] = {
                key: _shown(added[0][key]) if all(one[key] == added[0][key] for one in added) else "its own"
                for key in keys
            }
    return found


def _called(pair: Pair) -> str:
    return f"{pair.type} {pair.id}" + (f" ({pair.name!r})" if pair.name else "")


def _told(one: Difference) -> str:
    return f"{one.property}: {_shown(one.template)} -> {_shown(one.compiled)}"


def _shown(value: Any) -> str:  # noqa: ANN401 - a value of a template
    if value is None:
        return _NOTHING
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    clean = "".join(one if one.isprintable() else " " for one in said)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"


def _counted(several: Counter[str], what: str) -> Iterator[str]:
    if several:
        named = ", ".join(f"{count} {type_ or 'without a type'}" for type_, count in sorted(several.items()))
        yield f"  {several.total()} {what}: {named}"


def as_json(comparison: Comparison) -> str:
    """The same for programs."""
    data = {
        "topology": comparison.topology,
        "resources": [
            {
                "type": pair.type,
                "template": pair.id,
                "compiled": pair.becomes,
                "component": pair.name,
                "differences": [
                    {"property": one.property, "template": one.template, "compiled": one.compiled}
                    for one in pair.differences
                ],
            }
            for pair in comparison.pairs
        ],
        "only_in_templates": [{"type": one.type, "id": one.id, "why": one.why} for one in comparison.left],
        "of_no_concern": dict(sorted(comparison.aside.items())),
        "written_by_the_compiler": dict(sorted(comparison.glue.items())),
        "only_compiled": [{"type": type_, "id": id_} for type_, id_ in comparison.added],
        "made_with_them": dict(sorted(comparison.made.items())),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
