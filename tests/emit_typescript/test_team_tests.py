"""The tests that a team gets in TypeScript: red before the logic is written, green afterwards, and the team's own from then on."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from penstock.cli import run as penstock
from tests.cli.topology import CLEAN
from tests.emit_typescript.project import run, tools
from tests.topologies import EXAMPLES

TABLE = "    effects: [shipments]\n    idempotency: {strategy: table, store: seen, ttl: 30d}\n"
STORES = (
    "stores:\n  seen: {type: dynamodb, key: id, ttl_attribute: gone_at}\n  shipments: {type: dynamodb, key: order_id}\n"
)
WORKER = CLEAN.rstrip() + "\n    runtime: nodejs22.x\n" + TABLE
CARELESS = WORKER[WORKER.index("  worker:") :].replace("worker:", "careless:").replace("intake", "returns")
PRODUCED = CLEAN.replace("  shop: {type", "  clerk: {type").replace("to: intake", "to: returns")
TWO = (
    WORKER.replace("queues:\n", f"{PRODUCED[PRODUCED.index('  clerk') : PRODUCED.index('queues:')]}queues:\n").replace(
        "consumers:", "  returns: {visibility_timeout: 3m, dlq: {max_receives: 5}}\nconsumers:"
    )
    + CARELESS.replace("strategy: table, store: seen, ttl: 30d", "strategy: conditional-write")
    + STORES
)
LOGIC = """
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

import { CLIENT, needed } from "../lib/clients.js";

const client = new DynamoDBClient(CLIENT);

export async function handleOrderPlaced(message: { readonly order_id: string }): Promise<void> {
    await client.send(
        new UpdateItemCommand({
            TableName: needed("PENSTOCK_STORE_SHIPMENTS"),
            Key: { order_id: { S: message.order_id } },
            UpdateExpression: "SET sent = if_not_exists(sent, :none) + :one ADD times :one",
            ExpressionAttributeValues: { ":one": { N: "1" }, ":none": { N: "0" } },
        }),
    );
}
"""
HANDLED, ONCE, POISON, BATCH = (
    "a message is handled",
    "a second delivery changes nothing",
    "poison is refused before it has an effect",
    "the bad one of a batch fails alone",
)
ALL = (HANDLED, ONCE, POISON, BATCH)


def compiled(folder: Path) -> Path:
    assert penstock(["compile", str(folder), "-o", str(folder / "build")]) == 0
    return folder / "build"


def outcomes(build: Path) -> dict[str, dict[str, str]]:
    """What was said of each of the team's tests, by the function; nothing of one that is green."""
    if not (build / "node_modules").exists():
        (build / "node_modules").symlink_to(tools())
    run(["node", "build.mjs"], build, 60)
    reported = ["--test-reporter=junit", "--test-reporter-destination=report.xml"]
    subprocess.run(
        ["node", "test.mjs", *reported],
        cwd=build,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
        timeout=120,
    )
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(build / "report.xml").iter("testcase"):  # noqa: S314 - our own report
        what, _, where = str(case.get("name")).partition(": OrderPlaced from ")
        found.setdefault(where, {})[what] = next((str(each.get("message")) for each in case), "")
    return found


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.slow
def test_a_test_is_red_until_the_logic_is_written_and_tells_an_effect_that_is_had_twice(tmp_path: Path) -> None:
    write(tmp_path, {"topology.yaml": TWO})
    red = outcomes(compiled(tmp_path))
    for name, queue in (("worker", "intake"), ("careless", "returns")):
        said = f"Write here what function '{name}' does with OrderPlaced."
        assert red[queue] == {**dict.fromkeys(ALL, said), POISON: ""}
    write(tmp_path, {f"src/{name}.ts": LOGIC for name in ("worker", "careless")})
    green = outcomes(compiled(tmp_path))
    assert green["intake"] == dict.fromkeys(ALL, "")
    assert {name for name, said in green["returns"].items() if said} == {ONCE}
    assert "N: '2'" in green["returns"][ONCE]


@pytest.mark.slow
def test_the_tests_of_the_example_are_green_as_npm_runs_them(tmp_path: Path) -> None:
    folder = tmp_path / "receipts"
    shutil.copytree(EXAMPLES / "receipts", folder, ignore=shutil.ignore_patterns("expected"))
    build = compiled(folder)
    (build / "node_modules").symlink_to(tools())
    said = run(["npm", "test"], build, 180)
    assert "pass 4\n" in said
    assert "fail 0\n" in said


def test_a_test_is_created_with_the_logic_copied_and_never_written_again(tmp_path: Path) -> None:
    write(tmp_path, {"topology.yaml": WORKER + STORES, "tests/theirs.test.ts": "// of another tool"})
    build = compiled(tmp_path)
    own, copy = tmp_path / "tests" / "worker.test.ts", build / "tests" / "worker.test.ts"
    assert copy.read_text() == own.read_text()
    own.write_text("// ours")
    compiled(tmp_path)
    assert (own.read_text(), copy.read_text()) == ("// ours", "// ours")
    own.unlink()
    compiled(tmp_path)
    assert not own.exists()
    assert not copy.exists()
    (tmp_path / "src" / "worker.ts").unlink()
    own.write_text("// ours")
    compiled(tmp_path)
    assert (own.read_text(), copy.read_text()) == ("// ours", "// ours")
    assert sorted(path.name for path in (build / "tests").iterdir()) == [
        "events",
        "expressions.ts",
        "harness.ts",
        "settings.json",
        "standin.ts",
        "worker.test.ts",
    ]


def test_both_languages_have_their_harness_beside_the_same_events(tmp_path: Path) -> None:
    write(tmp_path, {"topology.yaml": TWO.replace("nodejs22.x", "python3.13", 1)})
    tests = compiled(tmp_path) / "tests"
    assert {"harness.py", "harness.ts"} < {path.name for path in tests.iterdir()}
    assert {path.name for path in (tmp_path / "tests").iterdir()} == {"careless.test.ts", "test_worker.py"}
    settings = json.loads((tests / "settings.json").read_text())
    assert settings["environment"].keys() == {"worker", "careless"}
