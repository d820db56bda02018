"""TypeScript code for the functions of a topology: handlers, typed messages, senders, and the file that the team fills in.

What is written is sources, which the package.json beside them checks and builds: each function becomes one file in ``dist``, with all
that it needs, and that folder is what is deployed. What is the same in every function lies in ``lib`` once. The team's files come
beside both, so that they import ``../functions/<function>/messages.js``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from penstock import resources
from penstock.emit.jinja import Templates, jinja
from penstock.emit.message_types import message_module
from penstock.emit.python_copies import copies_view, done_table
from penstock.emit.python_types import (
    ChannelKind,
    ClientStub,
    DatabaseRowStub,
    FunctionStub,
    PythonFunction,
    RowStub,
    Strategy,
)
from penstock.emit.sendings import BATCHES
from penstock.emit.typescript_code import literal
from penstock.emit.typescript_handler import handler_view
from penstock.emit.typescript_logic import logic_view, starter_view
from penstock.emit.typescript_messages import messages_view
from penstock.emit.typescript_outbox import outbox_view
from penstock.emit.typescript_publish import publish_view, several, typescript_name
from penstock.emit.typescript_shapes import TYPESCRIPT
from penstock.emit.wiring import environment, wiring
from penstock.model.formats import GRAMMAR

PROJECT = ("build.mjs", "package-lock.json", "package.json", "test.mjs", "tsconfig.json")
_FILLED = frozenset({"batches", "clients", "formats"})
"""Shared modules with values that are not the same for every topology, or come from the limits of AWS."""
_IMPORTED = re.compile(r'from "\./(\w+)\.js"')


def packaged(name: str) -> str:
    """The text of a template that comes with the package."""
    return resources.text("templates", "typescript", *name.split("/"))


def emit_typescript(stub: FunctionStub, templates: Templates = packaged) -> PythonFunction:
    """The code of one function, without what it shares with others."""
    module = message_module(stub.messages, TYPESCRIPT)
    own = f"src/{stub.name}.ts"
    logic = "./starter.js" if stub.starts else f"../../src/{stub.name}.js"
    wired = wiring(stub, logic, module.class_of, typescript_name)
    views: dict[str, Mapping[str, object]] = {"handler": handler_view(wired)}
    if stub.messages:
        views["messages"] = messages_view(module, stub.name)
    if stub.publishes:
        views["publish"] = publish_view(stub, module.class_of)
    if stub.rows:
        views["outbox"] = outbox_view(stub, module.class_of)
    if stub.guards:
        views["copies"] = copies_view(stub)
    if stub.starts:
        views["starter"] = starter_view(wired)

    def text(name: str, view: Mapping[str, object]) -> str:
        return filled(name, stub.topology, view, templates)

    files = {f"{stub.home}/{name}.ts": text(name, view) for name, view in sorted(views.items())}
    if stub.guards and stub.idempotency.strategy is Strategy.UNIQUE_CONSTRAINT:
        files[f"{stub.home}/done.sql"] = done_table(stub.name, stub.topology)
    return PythonFunction(
        files=files,
        created_once={} if stub.starts else {own: text("logic", logic_view(wired))},
        copies={} if stub.starts else {own: own},
        environment=environment(stub),
        notes=module.notes,
    )


def filled(name: str, topology: str, view: Mapping[str, object], templates: Templates = packaged) -> str:
    """One module, from its template."""
    return jinja(templates, literal).get_template(f"{name}.ts.j2").render(topology=topology, **view)


def emit_project(stubs: Sequence[FunctionStub], templates: Templates = packaged) -> dict[str, str]:
    """What all functions of a topology share: the modules that are the same in each, and how they are built."""
    if not stubs:
        return {}
    files = {name: templates(name) for name in PROJECT}
    found: set[str] = set()
    wanted = {name for stub in stubs for name in _modules(stub)}
    while wanted:
        name = wanted.pop()
        found.add(name)
        text = _library(name, stubs[0].topology, stubs[0].client, templates)
        files[f"lib/{name}.ts"] = text
        wanted |= set(_IMPORTED.findall(text)) - found
    return files


def _library(name: str, topology: str, client: ClientStub, templates: Templates) -> str:
    made = jinja(templates, literal)
    header = made.get_template("header.j2").render(topology=topology)
    if name in _FILLED:
        return header + made.get_template(f"lib/{name}.ts.j2").render(client=client, grammar=GRAMMAR, **BATCHES)
    return header + templates(f"lib/{name}.ts")


def _modules(stub: FunctionStub) -> Iterator[str]:
    """The shared modules that a function's own import."""
    kinds = {each.kind for each in stub.publishes}
    offloads = any(stub.message(name).offload for name in {each.message for each in stub.publishes} | stub.delivered)
    needed: dict[str, object] = {
        "wire": stub.messages,
        "formats": message_module(stub.messages, TYPESCRIPT).formats,
        "unwritten": not stub.starts and stub.folder != "publishers",
        "workers": stub.folder == "services",
        "outcomes": stub.handled or stub.steps or stub.sources or stub.streams or stub.directs,
        "dispatching": len(stub.sources) > 1 or len(stub.streams) > 1,
        "clients": len(stub.sources) > 1 or len(stub.streams) > 1,
        "deliveries": stub.sources,
        "poison": stub.poisons,
        "streams": stub.streams,
        "invocations": stub.directs or stub.invocations,
        "routes": stub.apis,
        "steps": stub.steps,
        "repeats": stub.idempotency.store,
        "copies": stub.guards,
        "senders": stub.publishes or stub.rows,
        "tables": any(isinstance(each, RowStub) for each in stub.rows),
        "databases": any(isinstance(each, DatabaseRowStub) for each in stub.rows),
        "batches": several(stub),
        "starting": ChannelKind.SAGA in kinds,
        "resume": stub.resumes,
        "payloads": offloads,
    }
    yield from (name for name, wanted in needed.items() if wanted)
