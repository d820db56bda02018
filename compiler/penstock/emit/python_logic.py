"""What the template of the team's own file shows: the functions that the team has to write."""

from collections.abc import Iterator

from penstock.emit.python_code import Call, Code, call, docstring, literal, statement
from penstock.emit.python_imports import imports
from penstock.emit.python_outbox import row_lines
from penstock.emit.python_promises import direct_promises, duty, promises, stream_promises
from penstock.emit.python_types import FunctionStub, StepStub
from penstock.emit.sendings import publish_names
from penstock.emit.wiring import Wiring


def logic_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``logic.py.j2``."""
    functions = [_handle(wired, name) for name in wired.handle_of]
    functions += [_step(wired, each, name) for each, name in wired.step_of.items()]
    functions = functions or [_run(wired.stub)]
    words = [
        "Yours: penstock wrote this file once and leaves it alone from then on. What the topology promises may change;",
        "handler.py beside the compiled copy of this file always says it as it is.",
    ]
    classes = [wired.class_of[name] for name in wired.handle_of]
    own = ({"messages": classes} if classes else {}) | ({"steps": ["Step"]} if wired.step_of else {})
    return {
        "module_docstring": docstring(f"What function {wired.stub.name} does", [[" ".join(words)]], 0),
        "typing": not classes and not wired.step_of,
        "own_imports": imports(own),
        "functions": functions,
    }


def _handle(wired: Wiring, message: str) -> dict[str, object]:
    given = [Code(f"message: {wired.class_of[message]}")]
    named = [Code("task_token: str | None")] if wired.stub.resumes else []
    named += [Code("idempotency_key: str")] if wired.hands_key else []
    given += [Code("*"), *named] if named else []
    signature = Call(f"def {wired.handle_of[message]}(", call("", *given).arguments, ") -> None:")
    words = f"Write here what function {wired.stub.name!r} does with {message}."
    return {
        "signature": statement("", signature, 0),
        "docstring": docstring(
            f"Handle one {message}; raise to have it delivered again", [*paragraphs(wired, message), _sends(wired.stub)]
        ),
        "raises": statement("raise ", call("NotImplementedError", literal(words)), 4),
    }


def paragraphs(wired: Wiring, message: str) -> Iterator[list[str]]:
    """What the topology promises of a message, and what keeps a copy of it harmless."""
    stub = wired.stub
    yield from (list(promises(stub, source)) for source in stub.sources if message in source.messages)
    yield from (list(stream_promises(stub, stream)) for stream in stub.streams if message in stream.messages)
    yield from (list(direct_promises(stub, direct)) for direct in stub.directs if message in direct.messages)
    for api in stub.apis:
        if api.message == message:
            yield [f"Api '{api.producer}' calls with {api.route} and answers 202 when this returns."]
    for each in stub.invocations:
        if each.message == message:
            yield [f"Schedule '{each.sender}' invokes with it; when this raises, Lambda tries again, twice by default."]
    yield [" ".join(duty(stub))]


def _sends(stub: FunctionStub) -> list[str]:
    """Which functions of ``publish`` there are to call."""
    names = [f"publish.{name}" for each in publish_names(stub).values() for name in each]
    return [*([f"Sends with {', '.join(names)}."] if names else []), *row_lines(stub.rows)]


def _step(wired: Wiring, step: StepStub, name: str) -> dict[str, object]:
    what = "undoes" if step.undoes else "asks for" if step.asks else "does"
    words = f"Write here how function {wired.stub.name!r} {what} step {step.step!r} of saga {step.saga!r}."
    return {
        "signature": Code(f"def {name}(step: Step) -> object:"),
        "docstring": docstring(task(step), [*duties(wired, step), _sends(wired.stub)]),
        "raises": statement("raise ", call("NotImplementedError", literal(words)), 4),
    }


def task(step: StepStub) -> str:
    """What a step's function is to do."""
    if step.undoes:
        return f"Undo step '{step.step}' of saga '{step.saga}'"
    if step.asks:
        return f"Pass on the task token of step '{step.step}' of saga '{step.saga}'; who answers it ends the step"
    return f"Do step '{step.step}' of saga '{step.saga}'; what is returned is its result"


def duties(wired: Wiring, step: StepStub) -> Iterator[list[str]]:
    """What holds for a step: its attempts, its deadline, and what keeps a repetition harmless."""
    if step.undoes:
        yield ["The step may not have acted at all: having nothing to undo is no error."]
    deadline = f"Deadline: an invocation is stopped after {wired.stub.timeout_s:g} s."
    yield ["Raise to have it tried again, as often as the saga says.", deadline]
    if wired.once:
        yield [
            f"Copies: table '{wired.stub.idempotency.store}' remembers the result, so a step that was done does not get here."
        ]
    else:
        yield ["Copies: yours to make harmless, by step.idempotency_key, which is the same for every attempt."]


def starter_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``starter.py.j2``."""
    saga = wired.stub.starts or ""
    sends = publish_names(wired.stub)
    functions = [
        {
            "signature": Code(f"def {handle}(message: {wired.class_of[name]}) -> None:"),
            "docstring": docstring(f"Start the saga with one {name}"),
            "line": Code(f"publish.{sends[name][0]}(message)"),
        }
        for name, handle in wired.handle_of.items()
    ]
    classes = [wired.class_of[name] for name in wired.handle_of]
    own: dict[str, list[str]] = {"publish": [], "messages": classes} if classes else {}
    return {
        "module_docstring": docstring(f"Starts saga '{saga}' with each message that arrives", column=0),
        "own_imports": imports(own),
        "functions": functions,
    }


def _run(stub: FunctionStub) -> dict[str, object]:
    words = f"Write here what function {stub.name!r} does when it is invoked."
    deadline = [f"Deadline: an invocation is stopped after {stub.timeout_s:g} s."]
    return {
        "signature": Code("def run(event: dict[str, Any]) -> object:"),
        "docstring": docstring("Do the work; what is returned is the invocation's result", [deadline, _sends(stub)]),
        "raises": statement("raise ", call("NotImplementedError", literal(words)), 4),
    }
