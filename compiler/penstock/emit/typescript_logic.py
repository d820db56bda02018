"""What the template of the team's own TypeScript file shows: the functions that the team has to write."""

from collections.abc import Iterator

from penstock.emit.python_code import Call, Code, call
from penstock.emit.python_logic import duties, paragraphs, task
from penstock.emit.python_types import FunctionStub, StepStub
from penstock.emit.typescript_code import comment, imports, literal, statement
from penstock.emit.typescript_handler import in_typescript
from penstock.emit.typescript_outbox import outbox_words
from penstock.emit.typescript_publish import published
from penstock.emit.wiring import Wiring

BODY = 4


def logic_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``logic.ts.j2``."""
    functions = [_handle(wired, name) for name in wired.handle_of]
    functions += [_step(wired, each, name) for each, name in wired.step_of.items()]
    words = [
        "Yours: penstock wrote this file once and leaves it alone from then on. What the topology promises may change;",
        f"{wired.stub.home}/handler.ts in the compiled folder always says it as it is.",
    ]
    used = {"../lib/unwritten.js": ["notImplemented"]}
    if wired.handle_of:
        folder = f"../{wired.stub.home}"
        used[f"{folder}/messages.js"] = [f"type {wired.class_of[name]}" for name in wired.handle_of]
    if wired.step_of:
        used["../lib/steps.js"] = ["type Step"]
    return {
        "comment": comment(f"What function {wired.stub.name} does", [[" ".join(words)]]),
        "imports": imports(used),
        "functions": functions or [_run(wired.stub)],
    }


def _handle(wired: Wiring, message: str) -> dict[str, object]:
    given = ["taskToken: string | undefined"] if wired.stub.resumes else []
    given += ["idempotencyKey: string"] if wired.hands_key else []
    parameters = [Code(f"message: {wired.class_of[message]}")]
    parameters += [Code(f"given: {{ {'; '.join(f'readonly {each}' for each in given)} }}")] if given else []
    words = f"Write here what function '{wired.stub.name}' does with {message}."
    names = [Code("message"), *([Code("given")] if given else [])]
    promised = [*paragraphs(wired, message), _guards(wired.stub), _sends(wired.stub)]
    first = f"Handle one {message}; throw to have it delivered again"
    return _function(wired.handle_of[message], parameters, "void", (first, promised), (words, names))


def _step(wired: Wiring, step: StepStub, name: str) -> dict[str, object]:
    what = "undoes" if step.undoes else "asks for" if step.asks else "does"
    words = f"Write here how function '{wired.stub.name}' {what} step '{step.step}' of saga '{step.saga}'."
    said = (task(step), [*duties(wired, step), _sends(wired.stub)])
    return _function(name, [Code("step: Step")], "unknown", said, (words, [Code("step")]))


def _run(stub: FunctionStub) -> dict[str, object]:
    words = f"Write here what function '{stub.name}' does when it is invoked."
    deadline = [f"Deadline: an invocation is stopped after {stub.timeout_s:g} s."]
    said = ("Do the work; what is returned is the invocation's result", [deadline, _sends(stub)])
    return _function("run", [Code("event: unknown")], "unknown", said, (words, [Code("event")]))


def _function(
    name: str,
    parameters: list[Code],
    returns: str,
    said: tuple[str, list[list[str]]],
    unwritten: tuple[str, list[Code]],
) -> dict[str, object]:
    """A function with what is ``said`` of it, which fails with the words of what is ``unwritten``."""
    signature = Call(f"export async function {name}(", call("", *parameters).arguments, f"): Promise<{returns}> {{")
    missing = call("notImplemented", literal(unwritten[0]), *unwritten[1])
    return {
        "signature": statement("", signature, end=""),
        "comment": comment(said[0], [[in_typescript(line) for line in lines] for lines in said[1]]),
        "body": statement("await " if returns == "void" else "return await ", missing, BODY),
    }


def _guards(stub: FunctionStub) -> list[str]:
    """Where what tells copies apart is to be had."""
    return [f"What copies has is in ../{stub.home}/copies.js."] if stub.guards else []


def _sends(stub: FunctionStub) -> list[str]:
    """Which functions of ``publish`` and ``outbox`` there are to call."""
    names = [name for each in published(stub).values() for name in each]
    sends = [f"Sends with {', '.join(names)} of ../{stub.home}/publish.js."] if names else []
    return [*sends, *outbox_words(stub)]


def starter_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``starter.ts.j2``."""
    sends = published(wired.stub)
    kinds = {f"type {kind}" for name, kind in wired.class_of.items() if name in wired.handle_of}
    sent = {sends[name][0] for name in wired.handle_of}
    return {
        "comment": comment(f"Starts saga '{wired.stub.starts}' with each message that arrives"),
        "imports": imports(
            {module: names for module, names in (("./messages.js", kinds), ("./publish.js", sent)) if names}
        ),
        "functions": list(_starts(wired)),
    }


def _starts(wired: Wiring) -> Iterator[dict[str, object]]:
    sends = published(wired.stub)
    for name, handle in wired.handle_of.items():
        yield {
            "signature": Code(f"export async function {handle}(message: {wired.class_of[name]}): Promise<void> {{"),
            "comment": comment(f"Start the saga with one {name}"),
            "line": Code(f"await {sends[name][0]}(message);"),
        }
