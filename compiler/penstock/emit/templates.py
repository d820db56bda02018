"""The templates of a plan: one, or a root and nested stacks, and whatever CloudFormation would not take of them."""

from penstock.diagnostics import Diagnostic
from penstock.emit.cloudformation import template
from penstock.model.topology import Topology
from penstock.plan.limits import operation_note, over_limits
from penstock.plan.plan import Plan
from penstock.records import NamedTuple

ROOT = "template.yaml"


class Templates(NamedTuple):
    """The templates' texts by path; where ``faults`` say why there are none."""

    files: dict[str, str]
    faults: list[Diagnostic]


def templates(plan: Plan, topology: Topology, *, whole: bool = False) -> Templates:
    """Write a plan; ``whole`` as one template, whatever the topology says of stacks and CloudFormation of sizes."""
    if whole:
        return Templates({ROOT: template(plan)}, [])
    plans = {ROOT: plan}
    if topology.stacks:
        from penstock.plan.stacks import FOLDER, split  # few topologies are split

        parts = split(plan, topology, topology.stacks)
        if parts.faults:
            return Templates({}, parts.faults)
        plans = {ROOT: parts.root, **{f"{FOLDER}/{name}.yaml": part for name, part in parts.nested.items()}}
    files = {path: template(part) for path, part in plans.items()}
    if note := operation_note(plans):
        plan.note(note)
    return Templates(files, list(over_limits(plans, files, plan, topology)))
