"""A saga's state machine, whole."""

from penstock.asl.backward import FAILED, NAME_LIMIT, announce, backward
from penstock.asl.forward import Block, Forward, reachable
from penstock.asl.jsonata import DATA, INPUT, marked
from penstock.asl.saga import EXPRESS_LIMIT, STANDARD_LIMIT, Flow, Targets
from penstock.asl.steps import Act, Choose, ForEach, Parallel, Step, Wait, blocks, compensated
from penstock.asl.tasks import SENDING, State, allowed, allowed_to_undo
from penstock.plan.names import shortened

START, DONE = "Start", "Done"


def definition(flow: Flow, targets: Targets) -> State:
    """The definition in the Amazon States Language."""
    states: dict[str, State] = {}
    messages = [(act, shortened(act.name, NAME_LIMIT)) for act in flow.on_success]
    done = announce(messages, DONE, targets, states)
    first = Forward(flow, targets).chain(flow.steps, done, Block(states, FAILED, local=False))
    states[START] = {"Type": "Pass", "Output": {"data": marked(INPUT), "undo": []}, "Next": first}
    states[DONE] = {"Type": "Succeed", "Output": marked(DATA)}
    backward(flow, targets, states)
    machine: State = {"Comment": f"Saga {flow.name}", "QueryLanguage": "JSONata", "StartAt": START}
    if flow.timeout is not None or flow.express:
        machine["TimeoutSeconds"] = lasts(flow, targets)
    return machine | {"States": dict(sorted(reachable(START, states).items()))}


def lasts(flow: Flow, targets: Targets) -> int:
    """The seconds after which an execution is stopped, a net behind the deadline: nothing is undone then.

    So it leaves time for what runs when the deadline comes, for every compensation with all of its retries, and for the
    messages at the end.
    """
    limit = EXPRESS_LIMIT if flow.express else STANDARD_LIMIT
    if flow.timeout is None:
        return limit
    running = max((_budget(step, targets) for step in flow.steps), default=0)
    return min(flow.timeout + running + undoing(flow, targets) + _announcing(flow), limit)


def undoing(flow: Flow, targets: Targets) -> int:
    """The most seconds that all compensations take; of a ``for_each`` those of one item."""
    return sum(
        allowed_to_undo(compensation, targets) * (compensation.retry.max_retries + 1) + compensation.retry.waits
        for _, compensation in compensated(flow.steps)
    )


def _announcing(flow: Flow) -> int:
    messages = (*flow.on_success, *flow.on_failure, *flow.on_stuck)
    return sum(SENDING * (act.retry.max_retries + 1) + act.retry.waits for act in messages)


def slowest(flow: Flow, targets: Targets) -> int:
    """The seconds that the way forward takes where every step needs all of its time, and none a second attempt."""
    return _sum(flow.steps, targets, again=False)


def _budget(step: Step, targets: Targets, *, again: bool = True) -> int:
    match step:
        case Act():
            once = allowed(step, targets)
            return once * (step.retry.max_retries + 1) + step.retry.waits if again else once
        case Wait():
            return step.seconds or 0
        case Parallel() | Choose():
            return max((_sum(block, targets, again=again) for block in blocks(step)), default=0)
        case ForEach():
            return _sum(step.steps, targets, again=again)
        case _:
            return 0


def _sum(steps: tuple[Step, ...], targets: Targets, *, again: bool) -> int:
    return sum(_budget(step, targets, again=again) for step in steps)
