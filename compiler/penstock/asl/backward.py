"""The way back: what started is undone in reverse order, as far as that goes, and the execution ends in a state that says how far."""

from collections.abc import Sequence

from penstock.asl.ends import NOT_UNDONE, STUCK, UNDONE
from penstock.asl.jsonata import DATA, INPUT, failure, key, listed, mapping, marked, merged, narrowed, text
from penstock.asl.saga import Flow, Targets
from penstock.asl.steps import Act, acts, compensated
from penstock.asl.tasks import CATCHABLE, SENDING, State, allowed_to_undo, resource, retriers, undoing
from penstock.plan.names import shortened

FAILED = "Failed"
_NEXT, _UNDONE = "Undo the last", "All undone"
_ENTRY = f"{INPUT}.undo[{INPUT}.left - 1]"
NAME_LIMIT = 80
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""


def backward(flow: Flow, targets: Targets, states: dict[str, State]) -> None:
    """Add the states that everything leads to which has failed. The first of them is ``FAILED``."""
    undo = list(compensated(flow.steps))
    pivots = any(act.pivot for act in acts(flow.steps))
    ended = announce(_named(flow.on_failure, " after failure"), UNDONE, targets, states, failed=True)
    states[UNDONE] = _fail(marked(f"{INPUT}.failed.error"), "the step and what went wrong")
    rules = []
    if pivots:
        states[STUCK] = _fail(STUCK, "what went wrong behind the pivot")
        stuck = announce(_named(flow.on_stuck, " when stuck"), STUCK, targets, states, failed=True)
        rules.append({"Condition": marked(f"{INPUT}.pivoted = true"), "Next": stuck})
    if undo:
        rules.append({"Condition": marked(f"{INPUT}.failed.final = true"), "Next": ended})
        _loop(flow, targets, states, ended)
    first = "Undo" if undo else ended
    states[FAILED] = (
        {"Type": "Choice", "Choices": rules, "Default": first} if rules else {"Type": "Pass", "Next": first}
    )


def _loop(flow: Flow, targets: Targets, states: dict[str, State], ended: str) -> None:
    """One state for each compensation, and a Choice that goes through what started, the last first."""
    counted = mapping({"left": f"$count({INPUT}.undo)", "not_undone": "[]"})
    states["Undo"] = {"Type": "Pass", "Output": marked(merged(INPUT, counted)), "Next": _NEXT}
    rules = [{"Condition": marked(f"{INPUT}.left = 0"), "Next": _UNDONE}]
    undo = list(compensated(flow.steps))
    rules += [{"Condition": marked(f"{_ENTRY}.step = {text(act.name)}"), "Next": f"Undo {act.name}"} for act, _ in undo]
    states[_NEXT] = {"Type": "Choice", "Choices": rules, "Default": _UNDONE}
    less = f"{INPUT}.left - 1"
    for act, compensation in undo:
        called = undoing(act, compensation, flow, targets, _ENTRY)
        lost = merged(failure(act.name), mapping({"key": f"{_ENTRY}.key"}))
        given_up = {"not_undone": listed([f"{INPUT}.not_undone", lost]), "left": less}
        state: State = {
            "Type": "Task",
            "Resource": resource(called.action),
            "Arguments": called.arguments,
            "TimeoutSeconds": allowed_to_undo(compensation, targets),
        }
        if tries := retriers(compensation.retry, "do"):
            state["Retry"] = tries
        state["Catch"] = [
            {
                "ErrorEquals": names,
                "Output": marked(merged(INPUT, mapping(given_up))),
                "Next": _UNDONE if flow.stops else _NEXT,
            }
            for names in CATCHABLE
        ]
        state["Output"] = marked(merged(INPUT, mapping({"left": less})))
        states[f"Undo {act.name}"] = state | {"Next": _NEXT}
    states[NOT_UNDONE] = _fail(NOT_UNDONE, "what could not be undone")
    sent = (*flow.on_failure, *flow.on_stuck)
    broken = announce(_named(sent, " when not undone"), NOT_UNDONE, targets, states, failed=True)
    rule = {"Condition": marked(f"$count({INPUT}.not_undone) > 0"), "Next": broken}
    states[_UNDONE] = {"Type": "Choice", "Choices": [rule], "Default": ended}


def announce(
    messages: Sequence[tuple[Act, str]], then: str, targets: Targets, states: dict[str, State], *, failed: bool = False
) -> str:
    """Send messages at the end, one after another, in states of these names.

    Where the saga has ``failed`` one that cannot be sent does not keep the next.
    """
    told = mapping({"failure": merged(f"{INPUT}.failed", mapping({"not_undone": f"{INPUT}.not_undone"}))})
    data = merged(DATA, told) if failed else DATA
    for act, name in reversed(messages):
        called = targets.send(act, narrowed(data, act.input), key(name, local=False), token=False)
        state: State = {
            "Type": "Task",
            "Resource": resource(called.action),
            "Arguments": called.arguments,
            "TimeoutSeconds": SENDING,
            "Retry": retriers(act.retry, "publish"),
        }
        if failed:
            state["Catch"] = [{"ErrorEquals": names, "Output": marked(INPUT), "Next": then} for names in CATCHABLE]
        states[name] = state | {"Output": marked(INPUT), "Next": then}
        then = name
    return then


def _named(messages: Sequence[Act], when: str) -> list[tuple[Act, str]]:
    """Messages with the names of the states that send them; a message may be sent to a channel both ways."""
    named = {shortened(f"{act.message} to {act.target}{when}", NAME_LIMIT): act for act in messages}
    return [(act, name) for name, act in named.items()]


def _fail(error: str, what: str) -> State:
    """The end of an execution: its error, a name or an expression, and a cause that is JSON."""
    cause = mapping({"failed": f"{INPUT}.failed", "not_undone": f"{INPUT}.not_undone"})
    return {"Type": "Fail", "Comment": f"The cause says {what}.", "Error": error, "Cause": marked(f"$string({cause})")}
