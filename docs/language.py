"""The reference of the language, made of what the JSON Schema says of each key."""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock import resources
from penstock.schema.definitions import SECTIONS, alternatives, branches, resolved
from penstock.schema.wording import flow

Node = Mapping[str, Any]

HEAD = """\
# The language

Every key of a topology, as the JSON Schema (`schemas/topology.schema.json`) has it. A topology is one file, `topology.yaml`, or a folder
`topology/` all of whose `*.yaml` and `*.yml` files are one: sections are joined, and what is no section stands in one of them.

Durations are `500ms 30s 5m 4h 14d`, sizes `256B 16KiB 1MiB`, rates `100/s`. Where a list of mappings is possible a single one may stand
without the list. A default is AWS's own unless the table says *ours*. A range with a source is AWS's limit.
`penstock show NAME --resolved` prints what holds for one component, and where each value comes from.

In any text but the schema of a message `${env}`, `${account}`, `${region}` and `${topology}` are written out, and `$${` is a plain `${`.
`${param.Name}` stands for a parameter, whose value only the deployment knows; so it may stand only where the table says *or parameter*, and
so may `${account}` and `${region}` where the environment does not state them.
"""
COLUMNS = "| key | what | type | default | range | source |\n|---|---|---|---|---|---|"
TITLES = {
    "defaults": "Defaults",
    "alarms": "Alarms",
    "environments": "Environments",
    "parameters": "Parameters",
    "stacks": "Stacks",
}


def page() -> str:
    """The whole page."""
    root = resources.schema()
    parts = [HEAD, _section("The topology", root, deep=False)]
    for section in SECTIONS:
        node = root["properties"][section]
        kind = resolved(node["additionalProperties"])
        types = branches(kind)
        parts.append(f"## {section.capitalize()}\n\n{node['description']}\n")
        if not types:
            parts.append(_table(kind))
        for name, definition in types.items():
            parts.append(f"### `type: {name}`\n\n{definition['description']}\n")
            parts.append(_table(definition))
        parts += _not_built(resolved(kind.get("properties", {}).get("type", {})), "Types that are not built yet")
    for key, title in TITLES.items():
        node = resolved(root["properties"][key])
        inner = resolved(node["additionalProperties"]) if isinstance(node.get("additionalProperties"), dict) else node
        words = "" if inner is node else f" {inner['description']}"
        parts.append(f"## {title}\n\n{node['description']}{words}\n")
        parts.append(_table(inner))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _section(title: str, node: Node, *, deep: bool) -> str:
    return f"## {title}\n\n{node['description']}\n\n{_table(node, deep=deep)}"


def _table(node: Node, *, deep: bool = True) -> str:
    rows = [row for row, _ in _rows(node, "", deep=deep)]
    missing = [what for key, inner in _mappings(node, "", deep=deep) for what in _unbuilt(inner, key)]
    made = ", ".join(f"`{key}`" for key in resolved(node).get("x-made-only", ()))
    beside = f"\n\nNot beside `existing`: {made}." if made else ""
    later = f"\n\nNot built yet: {', '.join(dict.fromkeys(missing))}." if missing else ""
    return f"{COLUMNS}\n" + "\n".join(rows) + beside + later + "\n"


def _rows(node: Node, above: str, *, deep: bool, inside: frozenset[str] = frozenset()) -> Iterator[tuple[str, Node]]:
    """The keys of a mapping and of those below it. What stands inside of itself, as steps do, is told once."""
    if node.get("$ref") in inside:
        return
    inside |= {node["$ref"]} if "$ref" in node else set()
    required = set(node.get("required", ())) | set(node.get("x-required-after-defaults", ()))
    for key, inner in _keys(node).items():
        yield _row(f"{above}{key}", resolved(inner), required=key in required), inner
        if deep:
            for below, prefix in _below(resolved(inner), f"{above}{key}"):
                yield from _rows(below, prefix, deep=True, inside=inside)


def _mappings(
    node: Node, above: str, *, deep: bool, inside: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Node]]:
    """Every mapping and value below a node that may have something that is not built, with the way to it."""
    if node.get("$ref") in inside:
        return
    inside |= {node["$ref"]} if "$ref" in node else set()
    for shape in alternatives(node):
        yield above, shape
    for key, inner in _keys(node).items():
        place = resolved(inner)
        if "properties" not in place and "items" not in place and "anyOf" not in place:
            yield f"{above}{key}: ", place
        for shape in alternatives(place):
            if "enum" in shape and "anyOf" in place:
                yield f"{above}{key}: ", shape
        if deep:
            for below, prefix in _below(place, f"{above}{key}"):
                yield from _mappings(below, prefix, deep=True, inside=inside)


def _keys(node: Node) -> dict[str, Node]:
    """The keys of a mapping; of several shapes the widest says what a key is."""
    shapes = sorted(
        (shape for shape in alternatives(node) if "properties" in shape), key=lambda one: -len(one["properties"])
    )
    found: dict[str, Node] = {}
    for shape in shapes:
        for key, inner in shape["properties"].items():
            found.setdefault(key, inner)
    return found


def _below(node: Node, key: str) -> Iterator[tuple[Node, str]]:
    """The mapping below a key, and how its keys begin; below a list, and below names that the team chooses, too."""
    if _keys(node):
        yield node, f"{key}."
        return
    for shape in alternatives(node):
        items = shape.get("items")
        if items and _keys(resolved(items)):
            yield items, f"{key}[]."


def _row(key: str, node: Node, *, required: bool) -> str:
    cells = (
        f"`{key}`",
        node.get("description", ""),
        _type(node),
        _default(node, required=required),
        _range(node),
        _source(node),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(node: Node) -> str:
    shapes = list(alternatives(node))
    words = dict.fromkeys(_shape(shape) for shape in ([node] if "x-what" in node else shapes))
    late = (
        ", or parameter" if any(shape.get("x-deployed") or _open(shape).get("x-deployed") for shape in shapes) else ""
    )
    return " or ".join(words) + late


def _open(shape: Node) -> Node:
    inner = shape.get("additionalProperties")
    return inner if isinstance(inner, dict) else {}


def _shape(node: Node) -> str:
    options = [option for option in node.get("enum", ()) if option is not None]
    if "const" in node:
        return f"`{flow(node['const'])}`"
    if options:
        return ", ".join(f"`{flow(option)}`" for option in options)
    if "x-unit" in node:
        return str(node["x-unit"])
    if "x-what" in node:
        return str(node["x-what"])
    types = (
        [node["type"]] if isinstance(node.get("type"), str) else [one for one in node.get("type", ()) if one != "null"]
    )
    names = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number"}
    return " or ".join(names.get(one, one) for one in types) or "mapping"


def _default(node: Node, *, required: bool) -> str:
    if "default" in node:
        return f"`{flow(node['default'])}`{' (ours)' if node.get('x-own') else ''}"
    return "required" if required or "const" in node else str(node.get("x-default", ""))


def _range(node: Node) -> str:
    for shape in alternatives(node):
        low = shape.get("x-minimum", shape.get("minimum"))
        high = shape.get("x-maximum", shape.get("maximum"))
        if low is not None and high is not None:
            return f"{low} to {high}"
        if low is not None:
            return f"from {low}"
        if high is not None:
            return f"up to {high}"
        if "maxLength" in shape and "enum" not in shape:
            return f"at most {shape['maxLength']} characters"
    return ""


def _source(node: Node) -> str:
    source = next((str(shape["x-source"]) for shape in (node, *alternatives(node)) if "x-source" in shape), "")
    return f"[AWS]({source})" if source.startswith("https://") else source


def _unbuilt(node: Node, key: str) -> Iterator[str]:
    for name, what in node.get("x-not-built", {}).items():
        yield f"`{key}{name}` ({what})"


def _not_built(node: Node, title: str) -> Iterator[str]:
    found = list(_unbuilt(node, ""))
    if found:
        yield f"{title}: {', '.join(found)}.\n"
