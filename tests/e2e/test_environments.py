"""A folder with an environment and parameters, on the embedded AWS: the function gets what the overlay and the deployment say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.system import HERE

pytestmark = pytest.mark.embedded


def test_what_the_environment_and_the_deployment_say_arrives(tmp_path: Path) -> None:
    order = tmp_path / "order.json"
    order.write_text('{"order_id": "1"}', encoding="utf-8")
    given = ["--env", "dev", "--param", "Level=loud", "--param", "Owner=me"]
    alerts = "Alerts=arn:aws:sns:us-east-1:000000000000:alerts"
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "penstock", "dev", str(HERE / "environments"), *given, "--param", alerts),
            *("--send", f"OrderPlaced={order}", "--for", "15s"),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "handled by worker" in ran.stdout
