"""Python code for the functions of a topology: handlers, typed messages, senders, and the file that the team fills in.

A function's folder is its deployment package, so all modules in it are flat. The team's module is named after the
function, with ``_logic`` at the end, as no generated module is, nor any of the standard library or of Lambda's own.
"""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.emit.jinja import Templates, jinja
from penstock.emit.message_types import MessageModule, message_module
from penstock.emit.outbox_sql import definition
from penstock.emit.python_code import literal
from penstock.emit.python_copies import copies_view, done_table
from penstock.emit.python_handler import handler_view
from penstock.emit.python_logic import logic_view, starter_view
from penstock.emit.python_messages import messages_view
from penstock.emit.python_outbox import outbox_view, relay_view, row_modules, sending_view
from penstock.emit.python_publish import publish_view
from penstock.emit.python_shapes import PYTHON
from penstock.emit.python_types import (
    ChannelKind,
    DatabaseRelayStub,
    EnvironmentVariable,
    FunctionStub,
    PythonFunction,
    RelayStub,
    Strategy,
)
from penstock.emit.sendings import BATCHES, batch_names
from penstock.emit.wiring import Wiring, environment, wiring
from penstock.model.formats import GRAMMAR
from penstock.plan.names import environment_name


def module_name(function: str) -> str:
    """The module in which the team writes what a function does.

    >>> module_name("intake-worker")
    'intake_worker_logic'
    """
    module = f"{function.replace('-', '_')}_logic"
    if not module.isidentifier():
        raise ValueError(f"function name {function!r} cannot be part of a module's name")
    return module


def packaged(name: str) -> str:
    """The text of a template that comes with the package."""
    return resources.text("templates", "python", name)


def emit_function(stub: FunctionStub, templates: Templates = packaged) -> PythonFunction:
    """The code of one function; ``templates`` gives the text of a template by its name, as ``handler.py.j2``."""
    module = message_module(stub.messages, PYTHON)
    wired = wiring(stub, module_name(stub.name), module.class_of)
    shared = {"topology": stub.topology, "function": stub.name, "client": stub.client, "resumes": stub.resumes}
    for ways in ("sources", "streams", "directs"):
        shared[f"poison_of_{ways}"] = any(way.poison for way in getattr(stub, ways))
    views: dict[str, Mapping[str, object]] = _typed(module, stub.name) if stub.messages else {}
    views |= {"handler": handler_view(wired), **{name: {"once": wired.once} for name in _static(wired)}}
    if stub.publishes:
        views |= {"publish": publish_view(stub, module.class_of)}
    if stub.guards:
        views |= {"copies": copies_view(stub)}
    if batch_names(stub):
        views |= {"batches": BATCHES}
    if stub.rows:
        views |= {"outbox": outbox_view(stub.rows, module.class_of), **{name: {} for name in row_modules(stub.rows)}}
    if stub.publishes or stub.rows:
        views |= {"senders": {"rows": False}}

    def text(name: str, view: Mapping[str, object]) -> str:
        return jinja(templates, literal).get_template(f"{name}.py.j2").render({**shared, **view})

    folder = stub.home
    own = f"src/{wired.module}.py"
    files = {f"{folder}/{name}.py": text(name, view) for name, view in sorted(views.items())}
    if stub.guards and stub.idempotency.strategy is Strategy.UNIQUE_CONSTRAINT:
        files[f"{folder}/done.sql"] = done_table(stub.name, stub.topology)
    if stub.starts:
        files[f"{folder}/{wired.module}.py"] = text("starter", starter_view(wired))
        return PythonFunction(
            files=files, created_once={}, copies={}, environment=environment(stub), notes=module.notes
        )
    return PythonFunction(
        files=files,
        created_once={own: text("logic", logic_view(wired))},
        copies={f"{folder}/{wired.module}.py": own},
        environment=environment(stub),
        notes=module.notes,
    )


def _typed(module: MessageModule, function: str) -> dict[str, Mapping[str, object]]:
    """The modules that say what messages are."""
    views: dict[str, Mapping[str, object]] = {"messages": messages_view(module, function)}
    return {**views, "formats": {"grammar": GRAMMAR}} if module.formats else views


def emit_relay(stub: RelayStub | DatabaseRelayStub, templates: Templates = packaged) -> PythonFunction:
    """The code of an outbox's relay, of which nothing is the team's."""
    shared = {"topology": stub.topology, "function": stub.name, "client": stub.client, "resumes": False, "once": False}
    views: dict[str, tuple[str, Mapping[str, object]]] = {
        "handler": ("relay_handler", {"reads": isinstance(stub, RelayStub)}),
        "outcomes": ("outcomes", {}),
        "relay": relay_view(stub),
        "senders": ("senders", {"rows": True}),
        "sending": ("sending", sending_view(stub)),
        "wire": ("wire", {}),
    }
    files = {
        f"functions/{stub.name}/{module}.py": jinja(templates, literal)
        .get_template(f"{name}.py.j2")
        .render({**shared, **view})
        for module, (name, view) in views.items()
    }
    if isinstance(stub, DatabaseRelayStub):
        files[f"functions/{stub.name}/rows.sql"] = definition(stub.table, stub.name, stub.topology)
    wanted = [("store", stub.store), *((each.kind.value, each.channel) for each in stub.publishes)]
    asked = tuple(sorted({EnvironmentVariable(environment_name(kind, name), kind, name) for kind, name in wanted}))
    return PythonFunction(files=files, created_once={}, copies={}, environment=asked, notes=())


def emit_publisher(stub: FunctionStub) -> PythonFunction:
    """What code that runs elsewhere sends with: nothing but modules that it can take along, and nothing of the team's."""
    made = emit_function(stub)
    files = {name: text for name, text in made.files.items() if name != f"{stub.home}/handler.py"}
    return PythonFunction(files=files, created_once={}, copies={}, environment=made.environment, notes=made.notes)


def rendered(name: str, view: Mapping[str, object]) -> str:
    """One template that comes with the package, filled in."""
    return jinja(packaged, literal).get_template(f"{name}.py.j2").render(view)


def _static(wired: Wiring) -> Iterator[str]:
    """The modules that are the same in every function that needs them."""
    stub = wired.stub
    needed: dict[str, object] = {
        "wire": stub.messages or wired.consumes,
        "outcomes": wired.consumes,
        "envelopes": stub.sources or stub.streams or stub.directs,
        "deliveries": stub.sources,
        "poison": stub.poisons,
        "streams": stub.streams,
        "invocations": stub.directs,
        "routes": stub.apis,
        "calls": stub.invocations,
        "steps": stub.steps,
        "repeats": wired.handles and wired.once,
        "starting": any(each.kind is ChannelKind.SAGA for each in stub.publishes),
        "resume": stub.resumes,
        "fetching": wired.fetches,
        "keeping": any(stub.message(each.message).offload for each in stub.publishes),
    }
    yield from (name for name, wanted in needed.items() if wanted)
