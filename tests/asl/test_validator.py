"""State machines as a reader of others takes them: asl-validator of npm, of the version that `validator/package-lock.json` pins."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from penstock.asl import machine
from penstock.hops.lowering import lower
from tests.asl.interpreter import deployed, settled
from tests.asl.sagas import Somewhere, act, flow
from tests.asl.test_random_sagas import Case, cases
from tests.npm import installed
from tests.topologies import NAMES, example

pytestmark = pytest.mark.slow
HERE = Path(__file__).with_name("validator")
RANDOM = 25


@pytest.fixture(scope="module")
def validator() -> Path:
    """The program."""
    files = {name: (HERE / name).read_text(encoding="utf-8") for name in ("package.json", "package-lock.json")}
    return installed("asl-validator", files) / "asl-validator/dist/bin/asl-validator.js"


def refused(validator: Path, machines: Mapping[str, Mapping[str, Any]], folder: Path) -> str:
    """What the validator says of state machines of which it refuses one; nothing if it takes them all."""
    arguments = []
    for name, definition in machines.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(settled(definition)), encoding="utf-8")
        arguments += ["--json-path", str(path)]
    done = subprocess.run(
        ["node", str(validator), *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    told = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("✓")]
    return "\n".join(told) if done.returncode else ""


def compiled() -> Iterator[tuple[str, dict[str, Any]]]:
    """The state machines of the examples, as they are deployed."""
    for example_name in NAMES:
        for name, resource in lower(example(example_name)).resources.items():
            if resource.type == "AWS::StepFunctions::StateMachine":
                yield f"{example_name}-{name}", deployed(resource.properties)


def test_the_state_machines_of_the_examples_are_valid(validator: Path, tmp_path: Path) -> None:
    machines = dict(compiled())
    assert {"travel-booking-BookTripSaga", "travel-booking-CloseTripSaga"} <= machines.keys()
    assert refused(validator, machines, tmp_path) == ""


def test_random_sagas_are_valid(validator: Path, tmp_path: Path) -> None:
    machines: dict[str, dict[str, Any]] = {}

    @settings(max_examples=RANDOM, phases=[Phase.generate], database=None)
    @given(cases())
    def draw(case: Case) -> None:
        machines[f"saga-{len(machines)}"] = machine.definition(case.saga, Somewhere())

    draw()
    assert len(machines) == RANDOM
    assert refused(validator, machines, tmp_path) == ""


def test_what_is_not_valid_is_refused(validator: Path, tmp_path: Path) -> None:
    broken = machine.definition(flow(act("a")), Somewhere())
    broken["States"]["Aside"] = {"Type": "Succeed"}
    assert "State Aside is not reachable" in refused(validator, {"broken": broken}, tmp_path)
