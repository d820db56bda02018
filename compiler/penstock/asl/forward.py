"""The way forward: every step as one state or a few, and where each of them goes when it fails.

What runs side by side, branches and items, ends by itself when a step in it fails: it hands on what started and what failed, and the
others run to their end. So nothing is stopped half-way, and what is undone is what started, no less and no more.
"""

from collections.abc import Sequence

from penstock.asl.jsonata import (
    DATA,
    INPUT,
    LOCAL,
    at,
    failure,
    holds,
    known,
    listed,
    mapping,
    marked,
    merged,
    remaining,
    text,
)
from penstock.asl.saga import Flow, Targets
from penstock.asl.steps import Act, Choose, Compensation, Fail, ForEach, Parallel, Step, Wait, acts
from penstock.asl.tasks import CATCHABLE, State, call, entry, limits, resource, result, retriers
from penstock.records import NamedTuple

BEFORE, MAYBE, AFTER = "before", "maybe", "after"
"""Where a step stands: in no case, in some cases or in any case behind a pivot that has succeeded."""


class Block(NamedTuple):
    """A list of states of its own: where a failure in it leads, and whether its steps have an item's data."""

    states: dict[str, State]
    failed: str
    local: bool


class Forward:
    """The states of the steps of one saga."""

    def __init__(self, flow: Flow, targets: Targets) -> None:
        """Of these steps, with these targets."""
        self.flow = flow
        self.targets = targets

    def chain(self, steps: Sequence[Step], then: str, block: Block, pivot: str = BEFORE) -> str:
        """Add the states of some steps; where they begin, which is ``then`` if there are none."""
        places = [pivot]
        for step in steps:
            places.append(_behind(step, places[-1]))
        for step, place in zip(reversed(steps), reversed(places[:-1]), strict=True):
            then = self._step(step, then, block, place)
        return then

    def _step(self, step: Step, then: str, block: Block, pivot: str) -> str:
        match step:
            case Act():
                block.states[step.name] = self._act(step, then, block, pivot)
                return self._in_time(step, block, pivot)
            case Wait():
                return self._wait(step, then, block, pivot)
            case Fail():
                failed = mapping({"step": text(step.name), "error": text(step.reason)})
                block.states[step.name] = _pass(mapping({"failed": failed}), block.failed)
                return step.name
            case Choose():
                return self._choose(step, then, block, pivot)
            case Parallel():
                return self._parallel(step, then, block, pivot)
            case ForEach():
                return self._for_each(step, then, block, pivot)
            case _:
                raise TypeError(step)

    def _act(self, act: Act, then: str, block: Block, pivot: str) -> State:
        called = call(act, self.flow, self.targets, local=block.local)
        state: State = {"Type": "Task", "Resource": resource(called.action), "Arguments": called.arguments}
        state |= limits(act, self.flow, self.targets, pivot)
        if tries := retriers(act.retry, act.word):
            state["Retry"] = tries
        state["Catch"] = self._catchers(act, then, block, pivot)
        state["Output"] = marked(merged(INPUT, mapping(self._done(act, pivot, local=block.local))))
        return state | {"Next": then}

    def _done(self, act: Act, pivot: str, *, local: bool) -> dict[str, str]:
        """What a step changes in the document when it has succeeded."""
        fields: dict[str, str] = {}
        if (found := result(act)) is not None:
            where, old = ("local", LOCAL) if local else ("data", DATA)
            fields[where] = merged(old, mapping({act.name: found}))
        if act.pivot:
            return fields | {"undo": "[]", "pivoted": "true"}
        return fields | self._started(act, pivot, local=local, succeeded=True)

    def _started(self, act: Act, pivot: str, *, local: bool, succeeded: bool) -> dict[str, str]:
        """What is to be undone once a step has started."""
        if pivot == AFTER or not isinstance(act.compensation, Compensation):
            return {}
        if not succeeded and not self.flow.includes_failed:
            return {}
        pushed = listed([f"{INPUT}.undo", entry(act, local=local, succeeded=succeeded)])
        return {"undo": f"{INPUT}.pivoted = true ? [] : {pushed}" if pivot == MAYBE else pushed}

    def _catchers(self, act: Act, then: str, block: Block, pivot: str) -> list[State]:
        fields = self._started(act, pivot, local=block.local, succeeded=False)
        if act.on_error != "continue":
            failed = failure(act.name)
            fields["failed"] = failed if act.on_error == "compensate" else merged(failed, "{'final': true}")
        target = then if act.on_error == "continue" else block.failed
        return _catch(merged(INPUT, mapping(fields)) if fields else INPUT, target)

    def _in_time(self, act: Act, block: Block, pivot: str) -> str:
        """A step does not start after the deadline."""
        if self.flow.timeout is None or pivot == AFTER:
            return act.name
        late = f"{remaining(self.flow.timeout)} < 1"
        if pivot == MAYBE:
            late = f"{INPUT}.pivoted = true ? false : {late}"
        failed = mapping({"step": text(act.name), "error": "'DeadlineExceeded'"})
        rule = {
            "Condition": marked(late),
            "Output": marked(merged(INPUT, mapping({"failed": failed}))),
            "Next": block.failed,
        }
        name = f"Time for {act.name}"
        block.states[name] = {"Type": "Choice", "Choices": [rule], "Default": act.name}
        return name

    def _wait(self, wait: Wait, then: str, block: Block, pivot: str) -> str:
        if wait.until is None:
            seconds = str(wait.seconds)
        else:
            until, now = at(known(local=block.local), wait.until), "$states.context.State.EnteredTime"
            seconds = f"$max([0, $ceil(($toMillis({until}) - $toMillis({now})) / 1000)])"
        if self.flow.timeout is not None and pivot == BEFORE:
            seconds = f"$max([0, $min([{seconds}, {remaining(self.flow.timeout)}])])"
        pause: State = {
            "Type": "Wait",
            "Seconds": wait.seconds if seconds == str(wait.seconds) else marked(seconds),
        }
        if wait.until is None:
            block.states[wait.name] = pause | {"Next": then}
            return wait.name
        inner = f"Until {wait.name}"
        block.states[wait.name] = {
            "Type": "Parallel",
            "Comment": "A wait cannot catch what is no time; what is around it can.",
            "Branches": [{"StartAt": inner, "States": {inner: pause | {"End": True}}}],
            "Catch": _catch(merged(INPUT, mapping({"failed": failure(wait.name)})), block.failed),
            "Output": marked(INPUT),
            "Next": then,
        }
        return wait.name

    def _choose(self, choose: Choose, then: str, block: Block, pivot: str) -> str:
        rules: list[State] = []
        default = then
        for case in choose.cases:
            first = self.chain(case.steps, then, block, pivot)
            if not case.tests:
                default = first
                break
            rules.append({"Condition": marked(holds(case.tests, known(local=block.local))), "Next": first})
        if not rules:
            return default
        block.states[choose.name] = {"Type": "Choice", "Choices": rules, "Default": default}
        return choose.name

    def _parallel(self, parallel: Parallel, then: str, block: Block, pivot: str) -> str:
        branches = [
            self._inner(steps, f"{parallel.name}, branch {number}", pivot, local=block.local)
            for number, steps in enumerate(parallel.branches, 1)
        ]
        state: State = {
            "Type": "Parallel",
            "Arguments": marked(merged(INPUT, "{'undo': []}")),
            "Branches": branches,
        }
        unknown = [entry(act, local=block.local, succeeded=False) for act in self._undoable(parallel, pivot)]
        return self._together(parallel, state, unknown, then, block)

    def _for_each(self, each: ForEach, then: str, block: Block, pivot: str) -> str:
        items = listed([at(known(local=block.local), each.path)])
        inside = f"{INPUT}.at & '.' & " if block.local else ""
        item = merged(*([LOCAL] if block.local else []), mapping({each.alias: "$states.context.Map.Item.Value"}))
        selected: State = {
            "data": marked(DATA),
            "local": marked(item),
            "at": marked(f"{inside}$string($states.context.Map.Item.Index)"),
            "undo": [],
        }
        if pivot == MAYBE:
            selected["pivoted"] = marked(f"{INPUT}.pivoted = true")
        processor = self._inner(each.steps, f"{each.name}, item", pivot, local=True)
        state: State = {
            "Type": "Map",
            "Items": marked(items),
            "ItemSelector": selected,
            "MaxConcurrency": each.concurrency,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **processor},
        }
        unknown = [
            f"$map({items}, function($item, $index) {{{self._of_item(act, each, inside)}}})"
            for act in self._undoable(each, pivot)
        ]
        return self._together(each, state, unknown, then, block)

    def _of_item(self, act: Act, each: ForEach, inside: str) -> str:
        name = f"$states.context.Execution.Name & {text(f'/{act.name}/')} & {inside}$string($index)"
        local = merged(LOCAL, mapping({each.alias: "$item"}))
        fields = {"step": text(act.name), "key": name, "scope": local}
        return mapping(fields)

    def _inner(self, steps: Sequence[Step], name: str, pivot: str, *, local: bool) -> State:
        """The states of a branch or an item, which never fails by itself."""
        end = f"{name} done"
        block = Block({}, end, local)
        first = self.chain(steps, end, block, pivot)
        return {"StartAt": first, "States": reachable(first, block.states | {end: {"Type": "Pass", "End": True}})}

    def _undoable(self, step: Step, pivot: str) -> list[Act]:
        return [
            act
            for act in acts((step,))
            if pivot != AFTER and self.flow.includes_failed and isinstance(act.compensation, Compensation)
        ]

    def _together(self, step: Step, state: State, unknown: list[str], then: str, block: Block) -> str:
        """Put together what branches or items hand on; when that itself fails (it is too large) any of them may have started."""
        results = "$states.result"
        fields = {
            "data": merged(DATA, f"{results}.data"),
            "undo": listed([f"{INPUT}.undo", f"{results}.undo"]),
            "failed": _first(f"{results}.failed"),
        }
        if isinstance(step, ForEach):
            del fields["data"]
            if step.kept and block.local:
                fields["local"] = merged(LOCAL, mapping({step.name: listed([f"{results}.local"])}))
            elif step.kept:
                fields["data"] = merged(DATA, mapping({step.name: listed([f"{results}.local"])}))
        elif block.local:
            fields["local"] = merged(LOCAL, f"{results}.local")
        lost = {"failed": failure(step.name)} | ({"undo": listed([f"{INPUT}.undo", *unknown])} if unknown else {})
        check = f"After {step.name}"
        state["Catch"] = _catch(merged(INPUT, mapping(lost)), block.failed)
        state |= {"Output": marked(merged(INPUT, mapping(fields))), "Next": check}
        block.states[step.name] = state
        rule = {"Condition": marked(f"$exists({INPUT}.failed)"), "Next": block.failed}
        block.states[check] = {"Type": "Choice", "Choices": [rule], "Default": then}
        return step.name


def _behind(step: Step, pivot: str) -> str:
    """Where the next step stands."""
    if pivot == AFTER:
        return AFTER
    if isinstance(step, Act):
        return AFTER if step.pivot else pivot
    return MAYBE if any(act.pivot for act in acts((step,))) else pivot


def reachable(start: str, states: dict[str, State]) -> dict[str, State]:
    """The states that are entered at all: Step Functions refuses a definition with others, such as those behind a `fail`."""
    found: dict[str, State] = {}
    pending = [start]
    while pending:
        name = pending.pop()
        if name not in found:
            state = found[name] = states[name]
            pending += [state[key] for key in ("Next", "Default") if key in state]
            pending += [way["Next"] for key in ("Choices", "Catch") for way in state.get(key, ())]
    return {name: state for name, state in states.items() if name in found}


def _first(failures: str) -> str:
    """The first of several failures; if one of them is to end the saga as it stands, that holds for all."""
    final = f"$count({failures}[final = true]) > 0 ? {{'final': true}} : {{}}"
    return f"$exists({failures}) ? $merge([({failures})[0], {final}])"


def _catch(output: str, then: str) -> list[State]:
    return [{"ErrorEquals": names, "Output": marked(output), "Next": then} for names in CATCHABLE]


def _pass(change: str, then: str) -> State:
    return {"Type": "Pass", "Output": marked(merged(INPUT, change)), "Next": then}
