"""Generated TypeScript in a folder with the tools that check, build and run it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from penstock.emit.python_types import FunctionStub
from penstock.emit.python_worker import Polled
from penstock.emit.typescript import emit_project, emit_typescript, packaged
from penstock.emit.typescript_worker import emit_typescript_worker
from tests.npm import installed

POLLED = [Polled("fulfilment", 10, 90, fifo=True)]
"""What pools of workers poll."""
DRIVER = Path(__file__).with_name("driver.mjs")
TOOLS = {
    "@eslint/js": "10.0.1",
    "@types/pg": "8.20.0",
    "eslint": "10.15.0",
    "pg": "8.23.1",
    "typescript-eslint": "8.74.0",
}
ESLINT = """
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(eslint.configs.recommended, ...tseslint.configs.strictTypeChecked, {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
});
"""


def tools() -> Path:
    """The folder ``node_modules``; without Node.js the test is skipped."""
    wanted = json.loads(packaged("package.json"))
    wanted["devDependencies"] |= TOOLS
    return installed("node", {"package.json": json.dumps(wanted)})


def run(command: Sequence[str], folder: Path, seconds: float, given: str = "", **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def write(stubs: Mapping[str, FunctionStub], folder: Path, logic: Mapping[str, str] | None = None) -> Path:
    """The whole project of functions, each under another name; ``logic`` stands in for what the team would have written."""
    named = [replace(stub, name=name, typescript=True) for name, stub in stubs.items()]
    files = emit_project(named)
    for stub in named:
        made = emit_typescript_worker(stub, POLLED, 8) if stub.folder == "services" else emit_typescript(stub)
        files |= {**made.files, **made.created_once}
        files |= {origin: logic[stub.name] for origin in made.created_once if logic and stub.name in logic}
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / "eslint.config.js").write_text(ESLINT)
    (folder / "node_modules").symlink_to(tools())
    return folder


@dataclass(frozen=True)
class Run:
    """What came of the invocations of one function."""

    answers: list[Any]
    records: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    sent: list[dict[str, Any]]
    effects: list[Any]
    output: str


def invoke(folder: Path, events: Mapping[str, Sequence[object]], variables: Mapping[str, str]) -> dict[str, Run]:
    """Run the built functions, all in one process of Node's."""
    given = json.dumps([{"run": name, "events": list(each)} for name, each in events.items()])
    base = {
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_SERVICE_NAME": "somebody-elses-choice",
    }
    output = run(["node", str(DRIVER)], folder, 60, given, **(base | dict(variables)))
    found = {}
    for part in output.split('{"run":"')[1:]:
        name, _, rest = part.partition('"}')
        lines = [json.loads(line) for line in rest.splitlines() if line.startswith("{")]
        found[name] = Run(
            answers=[line["answer"] for line in lines if "answer" in line],
            records=[line for line in lines if line.get("penstock") == "record"],
            metrics=[line for line in lines if "_aws" in line],
            sent=[line["sent"] for line in lines if "sent" in line],
            effects=[line["effect"] for line in lines if "effect" in line],
            output=rest,
        )
    return found
