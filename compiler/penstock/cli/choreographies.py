"""The flow of a choreography, as text and as a sequence diagram of Mermaid."""

from collections.abc import Iterator

from penstock.graph.choreographies import senders
from penstock.kinds.choreography import Choreography, Watch, unfolded
from penstock.model.component import Absent, Component
from penstock.model.topology import Topology
from penstock.model.units import show_duration


def text(saga: Choreography, topology: Topology) -> Iterator[str]:
    """Each message of the flow, with who sends it, who takes it and what they send then."""
    owner = f", owned by {topology.owner}" if topology.owner else ""
    yield f"{saga}{owner}: from {saga.starts_with} to {' or '.join(saga.ends_with)}"
    for message, steps in unfolded(saga, topology).items():
        by = ", ".join(map(str, senders(topology, message))) or "nobody here"
        yield f"  {message}, sent by {by}{_role(saga, message)}"
        for step in steps:
            effects = getattr(step.by, "effects", ())
            acts = f", acts on {', '.join(effects)}" if effects else ""
            then = f" and sends {' or '.join(step.sends)}" if step.sends else ""
            yield f"    {step.by} takes it{acts}{then}"
        if not steps:
            yield "    nobody here takes it"
    if isinstance(saga.watch, Watch):
        yield f"  overdue after {show_duration(saga.watch.after)}: {topology.components[saga.watch.by]} looks for it"
    elif isinstance(saga.watch, Absent):
        yield f"  never overdue: {saga.watch.reason}"
    else:
        yield "  never overdue: nobody looks"


def _role(saga: Choreography, message: str) -> str:
    """What a message is in the flow, besides a step."""
    roles = ["an end"] if message in saga.ends_with else []
    undo = saga.compensations.get(message)
    if isinstance(undo, Absent):
        roles.append(f"never undone: {undo.reason}")
    elif undo:
        roles.append(f"undone upon {undo}")
    undone = [done for done, by in saga.compensations.items() if by == message]
    if undone:
        roles.append(f"undoes {' and '.join(undone)}")
    return "".join(f"; {role}" for role in roles)


def mermaid(saga: Choreography, topology: Topology) -> Iterator[str]:
    """The diagram: https://mermaid.js.org/syntax/sequenceDiagram.html. What undoes is dashed."""
    arrows: list[tuple[Component, Component, str]] = []
    for message, steps in unfolded(saga, topology).items():
        arrows += [(sender, step.by, message) for sender in senders(topology, message) for step in steps]
    known = {
        component: f"p{number}"
        for number, component in enumerate(dict.fromkeys(one for *ends, _ in arrows for one in ends))
    }
    undoing = {undo for undo in saga.compensations.values() if isinstance(undo, str)}
    yield "sequenceDiagram"
    for component, alias in known.items():
        yield f"    participant {alias} as {component.name}"
    for sender, taker, message in arrows:
        arrow = "-->>" if message in undoing else "->>"
        yield f"    {known[sender]}{arrow}{known[taker]}: {message}"
    watcher = topology.components[saga.watch.by] if isinstance(saga.watch, Watch) else None
    if isinstance(saga.watch, Watch) and watcher in known:
        yield f"    Note over {known[watcher]}: looks for flows older than {show_duration(saga.watch.after)}"


def data(saga: Choreography, topology: Topology) -> dict[str, object]:
    """The same for programs."""
    undo = {message: one if isinstance(one, str) else None for message, one in saga.compensations.items()}
    flow = [
        {
            "message": message,
            "sent_by": [one.name for one in senders(topology, message)],
            "taken_by": [{"component": step.by.name, "sends": list(step.sends)} for step in steps],
            "end": message in saga.ends_with,
            "undone_upon": undo.get(message),
        }
        for message, steps in unfolded(saga, topology).items()
    ]
    watch = {"after_seconds": saga.watch.after, "watched_by": saga.watch.by} if isinstance(saga.watch, Watch) else None
    return {"version": 1, "topology": topology.name, "choreography": saga.name, "flow": flow, "timeout": watch}
