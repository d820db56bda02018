"""The tests that a team gets: red before the logic is written, green afterwards, and the team's own from then on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from penstock.cli import run
from tests.cli.topology import CLEAN
from tests.emit_python.test_generated_code import RULES, tool
from tests.topologies import EXAMPLES

STORES = (
    "stores:\n  seen: {type: dynamodb, key: id, ttl_attribute: gone_at}\n  shipments: {type: dynamodb, key: order_id}\n"
)
TOPOLOGY = (
    CLEAN.rstrip() + "\n    effects: [shipments]\n    idempotency: {strategy: table, store: seen, ttl: 30d}\n" + STORES
)
LOGIC = """
import os
import boto3
from messages import OrderPlaced

def handle_order_placed(message: OrderPlaced) -> None:
    table = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_SHIPMENTS"])
    table.update_item(
        Key={"order_id": message.order_id}, UpdateExpression="ADD sent :one", ExpressionAttributeValues={":one": 1}
    )
"""


def compiled(folder: Path) -> None:
    assert run(["compile", str(folder), "-o", str(folder / "build")]) == 0


def outcomes_of(folder: Path, *chosen: str) -> dict[str, str]:
    """The outcome of each of the team's tests, run as the team runs them."""
    report = folder / "report.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests", *chosen],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - our own report
    return {
        str(case.get("name")).partition("[")[0]: next((str(each.get("message")) for each in case), "") for case in cases
    }


@pytest.mark.slow
def test_a_test_is_red_until_the_logic_is_written_and_then_green(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    compiled(tmp_path)
    red = outcomes_of(tmp_path)
    said = "NotImplementedError: Write here what function 'worker' does with OrderPlaced."
    assert red == {
        "test_a_message_is_handled": said,
        "test_a_second_delivery_changes_nothing": said,
        "test_poison_is_refused_before_it_has_an_effect": "",
        "test_the_bad_one_of_a_batch_fails_alone": said,
    }
    (tmp_path / "src" / "worker_logic.py").write_text(LOGIC)
    compiled(tmp_path)
    assert outcomes_of(tmp_path) == dict.fromkeys(red, "")


@pytest.mark.slow
def test_a_pool_with_code_gets_a_test_to_begin_with(tmp_path: Path) -> None:
    pool = (
        "  packers:\n    type: service\n    from: intake\n    image: packers:1.4\n"
        "    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}\n"
        "    effects: [shipments]\n    idempotency: {strategy: table, store: seen, ttl: 30d}\n"
    )
    text = (
        CLEAN[: CLEAN.index("  worker:")].replace("  intake:\n", "  intake:\n    receive_wait: 20s\n") + pool + STORES
    )
    (tmp_path / "topology.yaml").write_text(text)
    compiled(tmp_path)
    made = tmp_path / "build" / "tests" / "test_packers.py"
    assert not made.exists()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "packers_logic.py").write_text(LOGIC)
    compiled(tmp_path)
    (tmp_path / "tests").mkdir()
    shutil.copy(made, tmp_path / "tests")
    assert outcomes_of(tmp_path) == {
        "test_a_message_is_handled": "",
        "test_a_second_delivery_changes_nothing": "",
        "test_poison_is_refused_before_it_has_an_effect": "",
        "test_the_bad_one_of_a_batch_fails_alone": "",
    }


@pytest.mark.slow
def test_a_test_tells_an_effect_that_is_had_twice(tmp_path: Path) -> None:
    careless = TOPOLOGY.replace("strategy: table, store: seen, ttl: 30d", "strategy: conditional-write")
    (tmp_path / "topology.yaml").write_text(careless.replace(STORES.splitlines()[1] + "\n", ""))
    (tmp_path / "src").mkdir()
    compiled(tmp_path)
    (tmp_path / "src" / "worker_logic.py").write_text(
        LOGIC.replace("(message: OrderPlaced)", "(message, *, idempotency_key)")
    )
    compiled(tmp_path)
    found = outcomes_of(tmp_path, "-k", "handled or second")
    assert found["test_a_message_is_handled"] == ""
    assert "{'N': '2'}" in found["test_a_second_delivery_changes_nothing"]


@pytest.mark.slow
def test_the_tests_of_an_example_are_green_with_its_logic(tmp_path: Path) -> None:
    name = "inventory-outbox"
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("expected", "*_logic.py", "__pycache__"))
    compiled(folder)
    for logic in (EXAMPLES / name / "src").glob("*_logic.py"):
        shutil.copy(logic, folder / "src")
    compiled(folder)
    outcomes = outcomes_of(folder)
    assert outcomes
    assert not any(outcomes.values()), outcomes
    modules = sorted((folder / "build" / "tests").glob("*.py"))
    tool("ruff", "format", "--isolated", "--no-cache", "--diff", *map(str, modules), str(folder / "tests"))
    tool("ruff", "check", "--isolated", "--no-cache", "--select", RULES, *map(str, modules), str(folder / "tests"))


def test_a_test_is_created_with_the_logic_and_never_again(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    compiled(tmp_path)
    own = tmp_path / "tests" / "test_worker.py"
    assert 'os.environ.get("PENSTOCK_BUILD", "../build")' in own.read_text()
    own.write_text("# ours")
    compiled(tmp_path)
    assert own.read_text() == "# ours"
    own.unlink()
    compiled(tmp_path)
    assert not own.exists()
    (tmp_path / "src" / "worker_logic.py").unlink()
    own.write_text("# ours")
    compiled(tmp_path)
    assert own.read_text() == "# ours"


def test_events_and_settings_follow_the_topology(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    compiled(tmp_path)
    (found,) = json.loads((tmp_path / "build" / "tests" / "events" / "worker.json").read_text())
    assert found.keys() == {"message", "source", "bad", "valid", "duplicate", "poison", "batch"}
    assert found["bad"]["batch"] == [found["batch"]["Records"][1]["messageId"]]
    settings = json.loads((tmp_path / "build" / "tests" / "settings.json").read_text())
    assert settings["environment"]["worker"]["PENSTOCK_STORE_SHIPMENTS"] == "shipments"
    assert settings["tables"] == {"seen": ["id"], "shipments": ["order_id"]}
    assert settings["remembering"] == ["seen"]


def test_what_handles_nothing_has_no_tests(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(CLEAN[: CLEAN.index("consumers:")])
    assert run(["compile", str(tmp_path), "-o", str(tmp_path / "build")]) in {0, 1}
    assert not (tmp_path / "build" / "tests").exists()
