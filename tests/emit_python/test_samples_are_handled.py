"""Every sample event is what a handler takes: the valid ones are handled, the poison is refused, and of a batch it alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.cli.output import write
from penstock.pipeline import check, compile_topology
from tests.topologies import EXAMPLES

E2E = EXAMPLES.parent / "tests" / "e2e"
KINDS = ("valid", "duplicate", "poison", "batch")
SOURCES = {"direct": {"depot", "parcels"}, "streams": {"ratings", "views"}}
ANYTHING = """
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *given, **named: None
"""
HANDLE = """
import contextlib, io, pathlib, sys
sys.path.insert(0, "tests")
from harness import events, started
for path in sorted(pathlib.Path("tests/events").glob("*.json")):
    for kind in ("valid", "duplicate", "poison", "batch"):
        for event in events(path.stem, kind):
            with contextlib.redirect_stdout(io.StringIO()), started(path.stem) as consumer:
                consumer.refuses(event) if kind in ("poison", "batch") else consumer.handles(event.event)
            print(path.stem, event, kind)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["direct", "streams"])
def test_handlers_take_the_samples(name: str, tmp_path: Path) -> None:
    path = E2E / name / "topology.yaml"
    topology = check(path).topology
    assert topology is not None
    files = compile_topology(path, topology, output=tmp_path).files
    logic = {file for file in files if re.fullmatch(r"functions/([^/]+)/\w+_logic\.py", file)}
    write(tmp_path, files | dict.fromkeys(logic, ANYTHING))
    done = subprocess.run(
        [sys.executable, "-c", HANDLE], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    events = [each for file, text in files.items() if "/events/" in file for each in json.loads(text)]
    assert len(done.stdout.splitlines()) == sum(kind in each for each in events for kind in KINDS)
    assert {each["source"] for each in events} >= SOURCES[name]
