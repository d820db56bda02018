"""The text of a topology file, out of templates that belong together."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.importing.accepting import accept
from penstock.importing.additions import Adder
from penstock.importing.admissions import admissions, alarms, exports
from penstock.importing.inlining import inline
from penstock.importing.layout import Layout, written
from penstock.importing.machines import conduct
from penstock.importing.names import spelt
from penstock.importing.remarks import Remarks
from penstock.importing.rights import uses
from penstock.importing.settling import settle, take_out_unknown
from penstock.importing.sheet import SECTION_OF, Sheet, Spelt
from penstock.importing.tidying import tidy
from penstock.records import NamedTuple
from penstock.source.schema_file import SchemaFiles
from penstock.source.text import Fault
from penstock.template.channels import TABLE
from penstock.template.sam import FUNCTION
from penstock.template.stacks import deployments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yaml.nodes import Node

    from penstock.model.topology import Topology
    from penstock.template.stacks import Resource, Template

_GENERAL = frozenset({"cloudformation", "main", "packaged", "sam", "stack", "template", "topology"})
"""What many templates are called; the folder says more."""
_FOLDERS = frozenset(
    {"", "build", "cdk-out", "cloudformation", "expected", "infra", "infrastructure", "out", "templates"}
)
_ANOTHER = "give one of them another logical id"
_SAM = {"AWS::Serverless::Function": FUNCTION, "AWS::Serverless::SimpleTable": TABLE}
_LONGEST = 40


class Imported(NamedTuple):
    """A topology that was made of templates: its text, what it is, and the sheet that it was written from."""

    text: str
    topology: Topology
    sheet: Sheet


def import_templates(templates: Sequence[Template], folder: Path, name: str | None = None) -> Imported:
    """The topology of templates without clashes; it will stand in ``folder``. Raises TooMuchError for what nobody has written."""
    world = next(deployments(list(templates)))
    title = name or _compiled_from(templates[0]) or title_of(templates[0].path)
    sheet = Sheet(world, title)
    files = ", ".join(os.path.basename(one.path) for one in templates)  # noqa: PTH119 - never raises
    sheet.head.append(f"Made of {files} by `penstock import`. What could not be expressed stands in comments.")
    take_out_unknown(sheet, Spelt(world, high=True))
    adder = Adder(sheet, str(folder))
    adder.add()
    uses(sheet)
    admissions(sheet)
    exports(sheet)
    alarms(sheet)
    conduct(sheet, adder)
    settle(sheet)
    Remarks(sheet, adder.done).tell()
    inline(sheet)
    tidy(sheet)
    topology = accept(sheet, SchemaFiles(folder))
    sheet.close()
    _tell(sheet, adder.functions - adder.kept)
    text, _ = written(Layout(sheet.notes).lines(sheet.data, sheet.head))
    return Imported(text, topology, sheet)


def _tell(sheet: Sheet, endless: int) -> None:
    """Say what a template leaves out on principle."""
    if endless > 0:
        whose = f"{endless} function{'s' if endless > 1 else ''}"
        sheet.head.append(
            f"The templates keep the logs of {whose} without an end; what is compiled keeps them for `log_retention`, 30d."
        )
    sheet.head.append(
        "A template does not say what travels: describe the messages, and what the functions publish, effect and use."
    )


def _compiled_from(template: Template) -> str | None:
    """The name of the topology that a template was compiled from."""
    node = template.section("Description")
    found = (
        re.fullmatch(r"Messaging of ([a-z][a-z0-9-]{0,39}), compiled by Penstock", str(node.value)) if node else None
    )
    return found[1] if found else None


def title_of(path: Path) -> str:
    """A name for the topology of a template: the file's, or that of the folder around it where every file has such a name."""
    around = Path(os.path.abspath(path))  # noqa: PTH100 - without a look at the disk
    words = [around.name.split(".")[0], *(folder.name for folder in around.parents)]
    names = [spelt(word) for word in words if word]
    chosen = next((one for one in names if one not in _GENERAL | _FOLDERS), names[0] if names else "imported")
    return chosen[:_LONGEST].rstrip("-")


def clashes(templates: Sequence[Template]) -> Iterator[Fault]:
    """Components that two templates call by one logical id, and a logical id that stands twice in one."""
    for template in templates:
        seen: dict[str, tuple[Node, Node]] = {}
        section = template.section("Resources")
        for key, value in section.value if section is not None else ():
            first = seen.setdefault(str(key.value), (key, value))
            if first[0] is not key:
                at, there = template.document.mark(key, value), template.document.mark(*first)
                yield Fault(
                    "CFN003", f"{key.value!r} stands twice", at, _ANOTHER, ((there, "the other one stands here"),)
                )
    met: dict[str, Resource] = {}
    for stack in next(deployments(list(templates))).stacks[: len(templates)]:
        for resource in stack.resources.values():
            if _SAM.get(resource.type, resource.type) not in SECTION_OF:
                continue
            twin = met.setdefault(resource.id, resource)
            if twin is not resource:
                text = f"{resource.id!r} is a resource of {twin.spot.document.source.path!r} too"
                related = ((twin.spot.span(), "the other one stands here"),)
                yield Fault("CFN003", text, resource.spot.span(), _ANOTHER, related)
