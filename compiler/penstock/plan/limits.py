"""What CloudFormation takes, and what of a plan is beyond it: AWS would refuse such a template only when it is deployed."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.diagnostics import Diagnostic, Severity
from penstock.model.topology import StackPolicy, Topology
from penstock.plan.plan import Plan
from penstock.records import NamedTuple

OVER = "STK002"
_ROOM = (0.6, 0.95)
"""How full a proposed stack may be: there is to be room to grow, a lot of it where that can be."""
_MOST_GROUPS = 100


class Size(NamedTuple):
    """One limit: its key in the table, how many there are, and of what."""

    limit: str
    amount: int
    what: str


def sizes(plan: Plan, text: str = "") -> Iterator[Size]:
    """What of a template is limited."""
    yield Size("cloudformation.max_resources", len(plan.resources), "resources")
    yield Size("cloudformation.max_outputs", len(plan.outputs), "outputs")
    yield Size("cloudformation.max_parameters", len(plan.parameters), "parameters")
    yield Size("cloudformation.max_template", len(text.encode()), "bytes")


def over_limits(
    plans: Mapping[str, Plan], texts: Mapping[str, str], whole: Plan, topology: Topology
) -> Iterator[Diagnostic]:
    """A finding for each limit that a template is over; ``whole`` is the plan before it was split."""
    help_ = None
    for path, plan in plans.items():
        for size in sizes(plan, texts[path]):
            limit = resources.limit(size.limit)
            if size.amount > limit:
                help_ = help_ or _help(whole, topology)
                text = f"{path} would have {size.amount:,} {size.what}, and CloudFormation takes {limit:,}"
                yield Diagnostic(OVER, Severity.ERROR, text, topology.at("stacks").span(), help_)


def operation_note(plans: Mapping[str, Plan]) -> str | None:
    """What to know of a deployment that is too large for one operation."""
    count = sum(len(plan.resources) for plan in plans.values())
    limit = resources.limit("cloudformation.max_nested_operation")
    if len(plans) == 1 or count <= limit:
        return None
    return (
        f"the stacks have {count:,} resources together, and CloudFormation makes or changes at most {limit:,} in one operation on nested "
        "stacks: deploy a topology that grows to this size in several steps"
    )


def _help(whole: Plan, topology: Topology) -> str:
    already = "; if it is deployed, leave what is there where it is, and `place` new components in a group of their own"
    spread = _enough(whole, topology)
    if spread is None:
        return "make two topologies of it"
    return f"spread it over nested stacks: `stacks: {{spread: {spread}}}`{already}"


def _enough(whole: Plan, topology: Topology) -> int | None:
    """The smallest tried number of groups with which every stack has room to grow."""
    from penstock.plan.stacks import split

    place = topology.stacks.place if topology.stacks else {}
    fullest: dict[int, float] = {}
    spread = 2
    while spread <= _MOST_GROUPS:
        nested = split(whole, topology, StackPolicy(spread, place)).nested.values()
        counted = [size.amount / resources.limit(size.limit) for plan in nested for size in sizes(plan)]
        fullest[spread] = max(counted, default=0)
        if fullest[spread] <= _ROOM[0]:
            return spread
        spread += max(1, spread // 3)
    return next((tried for tried, full in fullest.items() if full <= _ROOM[1]), None)
