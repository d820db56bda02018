"""Tests for the team: sample events and a harness that each compile writes again, and a test per consumer that is the team's own.

Of a pool of workers, whose image may be the team's own altogether, the output has a test to begin with once there is code of the
team's for it.

The events follow the topology and the schemas, so nobody edits them; what a team wants to say of its effects is its own, so that is
created once, together with the file that it tests, and never touched again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from penstock.emit.python import module_name, rendered
from penstock.emit.python_code import docstring, literal
from penstock.emit.sample_events import Event, arn
from penstock.emit.samples import Door, Kind, NoSampleError, doors, sample
from penstock.kinds import Function, Outbox, Queue, Service, Stream, Table, Topic, Workload
from penstock.kinds.saga_starter import started_by
from penstock.kinds.workload import Idempotency
from penstock.model.component import Component
from penstock.model.topology import Topology
from penstock.plan.names import environment_name
from penstock.plan.plan import Plan
from penstock.source.team_code import FOLDER, TESTS
from penstock.source.text import Source


def sample_files(topology: Topology, plan: Plan) -> dict[str, str]:
    """The sample events of every function that is generated, and the harness that hands them over; nothing where there is no consumer."""
    consumers = {workload.name: _samples(workload, topology) for workload in _generated(topology)}
    files = {f"{TESTS}/events/{name}.json": _text(samples) for name, samples in consumers.items() if samples}
    if not files:
        return {}
    settings = _settings(topology, plan, [name for name, samples in consumers.items() if samples])
    tested = [workload for workload in _generated(topology) if consumers[workload.name]]
    return files | _harnesses(topology.name, tested) | {f"{TESTS}/settings.json": _text(settings)}


def _harnesses(topology: str, tested: Sequence[Workload]) -> dict[str, str]:
    """What runs consumers on their events, in each language that there is a consumer in."""
    files: dict[str, str] = {}
    if any(not workload.is_typescript for workload in tested):
        files |= {f"{TESTS}/{name}.py": rendered(name, {"topology": topology}) for name in ("harness", "standin")}
    if any(workload.is_typescript for workload in tested):
        from penstock.emit.typescript_tests import harness

        files |= harness(topology)
    return files


def test_files(topology: Topology, created: Mapping[str, str], build: str) -> dict[str, str]:
    """The tests of those consumers whose logic is created now; ``build`` is the output folder as seen from them."""
    made = {}
    for function in _generated(topology):
        samples = _samples(function, topology) if _logic(function) in created else []
        if samples:
            made[_own(function)] = _test(function, samples, build)
    return made


def test_copies(
    topology: Topology, files: Mapping[str, str], team: Mapping[str, Source], created: Mapping[str, str], build: str
) -> dict[str, str]:
    """The tests that lie in the output too, of consumers that have events there.

    The team's in TypeScript are built there, as the functions are; and of a pool that has code and no test there is one to begin with.
    """
    copied = {}
    for workload in _generated(topology):
        own = _own(workload)
        if f"{TESTS}/events/{workload.name}.json" not in files:
            continue
        if workload.is_typescript and own in created:
            copied[own] = created[own]
        elif workload.is_typescript and own in team:
            copied[own] = team[own].text
        elif isinstance(workload, Service) and _logic(workload) in team and own not in team:
            copied[own] = _test(workload, _samples(workload, topology), build)
    return copied


def _logic(function: Workload) -> str:
    """Where the team's code of a function lies."""
    return f"{FOLDER}/{function.name}.ts" if function.is_typescript else f"{FOLDER}/{module_name(function.name)}.py"


def _own(function: Workload) -> str:
    """Where the team's test of a function lies."""
    if function.is_typescript:
        return f"{TESTS}/{function.name}.test.ts"
    return f"{TESTS}/test_{function.name.replace('-', '_')}.py"


def _generated(topology: Topology) -> Iterator[Function | Service]:
    """The functions and the pools of workers whose code the team writes."""
    for function in topology.of(Function):
        if function.is_generated and not isinstance(function, Outbox) and not started_by(function):
            yield function
    yield from (service for service in topology.of(Service) if service.is_generated)


def _samples(function: Workload, topology: Topology) -> list[dict[str, Any]]:
    """What a consumer gets: each message on each way, in all the kinds that there are of it."""
    try:
        ways = doors(function, topology, handled=True)
    except NoSampleError:
        return []
    found = [_kinds(door, name, topology) for door in ways for name in door.messages]
    return [each for each in found if "valid" in each]


def _kinds(door: Door, name: str, topology: Topology) -> dict[str, Any]:
    made: dict[str, Any] = {"message": name, "source": door.source, "bad": {}}
    for kind in Kind:
        try:
            event = sample(door, name, kind, topology)
        except NoSampleError:
            continue
        made[kind.value] = event
        if kind in {Kind.POISON, Kind.BATCH} and door.batched:
            made["bad"][kind.value] = _bad(event, kind)
    return made


def _bad(event: Event, kind: Kind) -> list[str]:
    """The records that are poison, as a handler names them in its answer."""
    record = event["Records"][0 if kind is Kind.POISON else 1]
    inner = record.get("kinesis") or record.get("dynamodb") or {}
    return [record.get("messageId") or (inner["sequenceNumber"] if "kinesis" in record else inner["SequenceNumber"])]


def _settings(topology: Topology, plan: Plan, names: list[str]) -> dict[str, Any]:
    addresses = {
        environment_name(kind, name): address
        for component in topology.components.values()
        for kind, name, address in _addresses(component)
    }
    stores = [each.idempotency.store for each in topology.of(Workload) if isinstance(each.idempotency, Idempotency)]
    return {
        "environment": {name: _variables(name, topology, plan, addresses) for name in names},
        "tables": {each.name: [key for key in (each.key, each.sort_key) if key] for each in topology.of(Table)},
        "remembering": sorted({store for store in stores if store}),
    }


def _addresses(component: Component) -> Iterator[tuple[str, str, str]]:
    """Under which variables a component may be told, and what then stands in them here."""
    name = component.name
    match component:
        case Queue():
            own = name.rpartition("/")[2] + (".fifo" if component.fifo else "")
            yield "source", name, arn("sqs", own)
            yield "queue", name, f"https://sqs.eu-central-1.amazonaws.com/111122223333/{own}"
        case Stream():
            yield "source", name, arn("kinesis", f"stream/{name}")
            yield "stream", name, arn("kinesis", f"stream/{name}")
        case Table():
            yield "source", name, arn("dynamodb", f"table/{name}/stream/2026-01-01T00:00:00.000")
            yield "store", name, name
        case Topic():
            yield "topic", name, arn("sns", name + (".fifo" if component.fifo else ""))
        case _:
            yield component.word, name, arn("states", f"stateMachine:{name}") if component.word == "saga" else name


def _variables(name: str, topology: Topology, plan: Plan, addresses: Mapping[str, str]) -> dict[str, str]:
    """The variables of a function, with something to stand in each."""
    given = plan.environment[getattr(topology.components[name], "id", name)]
    return {
        variable: addresses.get(variable, value if isinstance(value, str) else variable.lower())
        for variable, value in sorted(given.items())
    }


def _text(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"


def _test(function: Workload, samples: list[dict[str, Any]], build: str) -> str:
    declared = function.idempotency
    once = isinstance(declared, Idempotency) and declared.strategy == "table"
    kinds = {kind.value for kind in Kind if any(kind.value in each for each in samples)}
    if function.is_typescript:
        from penstock.emit.typescript_tests import team_test

        return team_test(function.name, kinds, once=once, pool=isinstance(function, Service))
    words = [
        f"To begin with: copy it to {TESTS}/ beside the topology, and it is yours."
        if isinstance(function, Service)
        else f"Yours: penstock wrote this file once, together with src/{module_name(function.name)}.py, and leaves it alone from then on.",
        "The events come from the topology and its schemas and are written again by each compile: a message that is new is tested",
        "without a change here. What your code does to the world is yours to assert: consumer.aws.calls has all that it asked of AWS.",
    ]
    return rendered(
        "team_test",
        {
            "module_docstring": docstring(f"Tests of {function.word} {function.name}", [[" ".join(words)]], 0),
            "build": literal(build),
            "name": literal(function.name),
            "once": once,
            "kinds": kinds,
        },
    )
