"""Task states: calls of functions, of channels and of other sagas, with timeouts, retries and what is kept of their results."""

from typing import Any

from penstock.asl.jsonata import DATA, EXECUTION, INPUT, key, known, mapping, marked, narrowed, remaining, text
from penstock.asl.saga import STANDARD_LIMIT, Call, Flow, Targets
from penstock.asl.steps import ANY, TRANSIENT, Act, Compensation, Retry
from penstock.plan.values import Sub, Value

State = dict[str, Any]
TOKEN = "$states.context.Task.Token"  # noqa: S105 - a place in the context
INVOKE = "lambda:invoke"
SENDING = 60
"""The seconds that sending a message may take."""
_MARGIN = 5
"""How much longer than the function itself a task waits for it: the function's own timeout tells more."""
_TRANSIENT: dict[str, tuple[str, ...]] = {
    "do": (
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ),
    "wait_for": ("SQS.SdkClientException", "Lambda.ServiceException", "Lambda.SdkClientException"),
    "saga": ("StepFunctions.SdkClientException",),
    "publish": (ANY,),
}
"""The errors of AWS's services that pass, by the word of a step. What publishes has no errors but these.

https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
"""
CATCHABLE = (["States.DataLimitExceeded"], ["States.ALL"])
"""All that a Catch can take: `States.ALL` does not mean a result that is too large."""


def resource(action: str) -> Value:
    """A service integration's ARN."""
    return Sub(f"arn:${{AWS::Partition}}:states:::{action}")


def call(act: Act, flow: Flow, targets: Targets, *, local: bool) -> Call:
    """The call of a forward step."""
    own, given = key(act.name, local=local), narrowed(known(local=local), act.input)
    payload: dict[str, Value] = {
        "saga": flow.name,
        "step": act.name,
        "idempotency_key": marked(own),
        "input": marked(given),
    }
    match act.word:
        case "do":
            return Call(INVOKE, {"FunctionName": targets.function(act.target), "Payload": payload})
        case "saga":
            name = f"$hash({own}, 'SHA-256')"
            started = {"StateMachineArn": targets.saga(act.target), "Name": marked(name), "Input": marked(given)}
            return Call("states:startExecution.sync:2", started)
        case "wait_for":
            sent = targets.send(act, given, own, token=True)
            asked = {"Payload": payload | {"task_token": marked(TOKEN)}} if sent.action == INVOKE else {}
            return Call(f"{sent.action}.waitForTaskToken", sent.arguments | asked)
        case _:
            return targets.send(act, given, own, token=False)


def undoing(act: Act, compensation: Compensation, flow: Flow, targets: Targets, entry: str) -> Call:
    """The call that undoes a step: it gets what the step got, the step's result if there is one, and both keys."""
    data = f"$merge([{DATA}, {entry}.scope])"
    payload: dict[str, Value] = {
        "saga": flow.name,
        "step": act.name,
        "idempotency_key": marked(f"{entry}.key & '/undo'"),
        "undoes": marked(f"{entry}.key"),
        "input": marked(narrowed(data, compensation.input if compensation.input is not None else act.input)),
        "result": marked(f"$exists({data}.`{act.name}`) ? {data}.`{act.name}` : null"),
    }
    return Call(INVOKE, {"FunctionName": targets.function(compensation.function), "Payload": payload})


def allowed(act: Act, targets: Targets) -> int:
    """The most seconds that one attempt of a step may take."""
    if act.timeout is not None:
        return act.timeout
    match act.word:
        case "do":
            return targets.longest(act.target) + _MARGIN
        case "saga":
            return min(targets.lasts(act.target) + SENDING, STANDARD_LIMIT)
        case "wait_for":
            return STANDARD_LIMIT
        case _:
            return SENDING


def allowed_to_undo(compensation: Compensation, targets: Targets) -> int:
    """The most seconds that one attempt of a compensation may take."""
    return compensation.timeout or targets.longest(compensation.function) + _MARGIN


def limits(act: Act, flow: Flow, targets: Targets, pivot: str) -> State:
    """Timeout and heartbeat: never more than is left until the deadline, as long as that can still have a saga undone.

    Another saga is not cut off by the deadline: it would be stopped where it stands, and undo nothing.
    """
    most = allowed(act, targets)
    least = 2 if act.heartbeat else 1
    if flow.timeout is None or pivot == "after" or act.word == "saga":
        limited: State = {"TimeoutSeconds": most}
        return limited | ({"HeartbeatSeconds": act.heartbeat} if act.heartbeat else {})
    left = f"$max([{least}, $min([{most}, {remaining(flow.timeout)}])])"
    if pivot == "maybe":
        left = f"{INPUT}.pivoted = true ? {most} : {left}"
    limited = {"TimeoutSeconds": marked(left)}
    if act.heartbeat:
        limited["HeartbeatSeconds"] = marked(f"$max([1, $min([{act.heartbeat}, ({left}) - 1])])")
    return limited


def retriers(retry: Retry, word: str) -> list[State]:
    """The retriers of a task. One that retries all must stand alone and last."""
    if not retry.max_retries:
        return []
    names = [name for each in retry.on for name in (_TRANSIENT[word] if each == TRANSIENT else (each,))]
    everything = ANY in names
    retrier: State = {
        "ErrorEquals": ["States.ALL"] if everything else names,
        "IntervalSeconds": retry.interval,
        "MaxAttempts": retry.max_retries,
        "BackoffRate": retry.backoff,
    }
    if retry.max_delay is not None and retry.max_delay > retry.interval:
        retrier["MaxDelaySeconds"] = retry.max_delay
    retrier["JitterStrategy"] = "FULL" if retry.jitter else "NONE"
    return [*([{"ErrorEquals": list(retry.never), "MaxAttempts": 0}] if retry.never else []), retrier]


def result(act: Act) -> str | None:
    """What a step adds to the data under its name; ``None`` where there is nothing."""
    match act.word:
        case "do":
            return "$states.result.Payload"
        case "saga":
            return "$states.result.Output"
        case "wait_for":
            return "$states.result"
        case _:
            return None


def entry(act: Act, *, local: bool, succeeded: bool) -> str:
    """What is remembered of a step that started: its name and key, and in a ``for_each`` what its compensation must know of the item."""
    found = result(act)
    own = f"$merge([{INPUT}.local, {{{text(act.name)}: {found}}}])" if succeeded and found else f"{INPUT}.local"
    fields = {"step": text(act.name), "key": key(act.name, local=local)}
    return mapping(fields | ({"scope": own} if local else {}))


__all__ = [
    "CATCHABLE",
    "EXECUTION",
    "SENDING",
    "State",
    "allowed",
    "allowed_to_undo",
    "call",
    "entry",
    "limits",
    "resource",
    "result",
    "retriers",
    "undoing",
]
