"""The plan as a CloudFormation template: YAML with short-form intrinsics, the same bytes for the same plan."""

import re
from typing import Any

import yaml

from penstock.emit.block import WIDTH, Unusual, block
from penstock.plan.plan import Plan
from penstock.plan.values import GetAtt, ImportValue, Join, Ref, Select, Split, Sub

_LOOKS_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][-+.0-9a-fA-FoxX_:]*")
"""Text that some reader of YAML, of whatever version, takes for a number or a date, such as ``089`` or ``1e3``."""
_IN_LINES = re.compile(r"\S[^\x85\u2028\u2029\ufeff]*(?<!\n\n)\Z")
"""Text that can stand in lines: it needs no mark for leading blanks, and no blank line behind it belongs to it."""
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
"""What is a line break or a mark to YAML, besides the line feed."""


_INTRINSICS = frozenset({"!Ref", "!GetAtt", "!Sub", "!ImportValue"})


class _Dumper(yaml.SafeDumper):
    """Writes intrinsics as tags and no anchors: a template is read by people.

    Not PyYAML's C dumper, which folds lines differently and is not everywhere: the bytes must be the same on every machine.
    """

    def ignore_aliases(self, data: object) -> bool:
        """Write every value where it stands."""
        del data
        return True

    def choose_scalar_style(self) -> str:
        """Write an intrinsic's argument without quotes where it needs none."""
        event = self.event
        if (
            isinstance(event, yaml.ScalarEvent)
            and event.tag in _INTRINSICS
            and self.analyze_scalar(event.value).allow_block_plain
        ):
            return ""
        return super().choose_scalar_style()


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if "\n" in text and _IN_LINES.match(text):
        return "|"
    if "\n" in text or _OTHER_BREAKS.search(text):
        return '"'
    return "'" if _LOOKS_LIKE_A_NUMBER.fullmatch(text) else None


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Ref, lambda dumper, value: dumper.represent_scalar("!Ref", value.target))
_Dumper.add_representer(
    GetAtt, lambda dumper, value: dumper.represent_scalar("!GetAtt", f"{value.target}.{value.attribute}")
)
_Dumper.add_representer(Select, lambda dumper, value: _flow(dumper, "!Select", value.index, value.pieces))
_Dumper.add_representer(Join, lambda dumper, value: _flow(dumper, "!Join", value.delimiter, value.pieces))
_Dumper.add_representer(Split, lambda dumper, value: _flow(dumper, "!Split", value.delimiter, value.text))


def _flow(dumper: yaml.SafeDumper, tag: str, *arguments: object) -> yaml.SequenceNode:
    return dumper.represent_sequence(tag, list(arguments), flow_style=True)


def _sub(dumper: yaml.SafeDumper, value: Sub) -> yaml.Node:
    if value.variables:
        return dumper.represent_sequence("!Sub", [value.text, dict(value.variables)])
    return dumper.represent_scalar("!Sub", value.text, style=_style(value.text))


def _import_value(dumper: yaml.SafeDumper, value: ImportValue) -> yaml.Node:
    if isinstance(value.name, str):
        return dumper.represent_scalar("!ImportValue", value.name)
    return dumper.represent_mapping("tag:yaml.org,2002:map", {"Fn::ImportValue": value.name})


_Dumper.add_representer(Sub, _sub)
_Dumper.add_representer(ImportValue, _import_value)


def template(plan: Plan) -> str:
    """The template's text, parts in the order of their ids and a blank line between resources."""
    value = plan.template()
    chunks = [_dump({key: said}) for key, said in value.items() if not isinstance(said, dict)]
    if "Metadata" in value:
        chunks.append("\n" + _dump({"Metadata": value["Metadata"]}))
    for section in ("Parameters", "Resources", "Outputs"):
        if section in value:
            parts = [part(name, body) for name, body in value[section].items()]
            chunks.append(f"\n{section}:\n" + "\n".join(parts))
    return "".join(chunks)


def part(name: str, body: dict[str, Any]) -> str:
    """A resource, a parameter or an output as it stands in its section."""
    try:
        return block({name: body}, "  ", _alone)
    except Unusual:
        return part_by_pyyaml(name, body)


def part_by_pyyaml(name: str, body: dict[str, Any]) -> str:
    """The same, by PyYAML."""
    return _indented(_dump({name: body}))


def _dump(value: dict[str, Any], width: int = WIDTH) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width, default_flow_style=False
    )
    return text


def _alone(value: object) -> str:
    """A scalar as it stands behind a key, unfolded."""
    return _dump({"k": value}, width=1 << 30).removeprefix("k: ").removesuffix("\n")


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))
