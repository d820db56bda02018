"""All code of a topology: functions in the language of each, relays of outboxes, pools of workers, and what others send with."""

from penstock.emit.python import emit_function, emit_relay
from penstock.emit.python_types import PythonFunction
from penstock.emit.relays import relay_stubs
from penstock.emit.stubs import function_stubs
from penstock.emit.workers import emit_service, service_stubs
from penstock.model.topology import Topology


def code_of(topology: Topology) -> tuple[list[PythonFunction], dict[str, str]]:
    """What is generated for each, and the files that those in TypeScript share."""
    stubs, services = list(function_stubs(topology)), list(service_stubs(topology))
    found = [
        *(emit_function(stub) for stub in stubs if not stub.typescript),
        *(emit_relay(stub) for stub in relay_stubs(topology)),
        *(emit_service(stub, topology) for stub in services),
    ]
    if written := [stub for stub in (*stubs, *services) if stub.typescript]:
        from penstock.emit.typescript import emit_project, emit_typescript

        return [*found, *(emit_typescript(stub) for stub in stubs if stub.typescript)], emit_project(written)
    return found, {}
