"""SARIF held against the types that are made of its official schema: TypeScript refuses what the schema does not know."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.npm import installed

pytestmark = pytest.mark.slow
RULES = Path(__file__).parents[1] / "rules"
PACKAGES = {"typescript": "5.9.3", "@schemastore/sarif-2.1.0": "1.0.2"}
HEAD = """\
import type { StaticAnalysisResultsFormatSARIFVersion210JSONSchema as Log } from "@schemastore/sarif-2.1.0";
export const log: Log = """


def checked(folder: Path, document: str) -> str:
    """What the compiler says of a document as a value of the type; nothing where it is one."""
    modules = installed("sarif", {"package.json": json.dumps({"private": True, "devDependencies": PACKAGES})})
    (folder / "log.ts").write_text(f"{HEAD}{document};\n", encoding="utf-8")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(modules)
    command = ["node", str(modules / "typescript/bin/tsc"), "--strict", "--noEmit", "--skipLibCheck", "log.ts"]
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False, timeout=120, env={**os.environ}
    ).stdout


def test_findings_of_every_family_are_sarif(tmp_path: Path) -> None:
    topologies = [path for family in sorted(RULES.iterdir()) for path in sorted(family.rglob("*.yaml"))[:4]]
    command = [sys.executable, "-m", "penstock", "lint", "--exit-zero", "--profile", "strict", "--format", "sarif"]
    document = subprocess.run(
        [*command, *map(str, topologies)], stdout=subprocess.PIPE, text=True, check=False, timeout=120
    ).stdout
    results = json.loads(document)["runs"][0]["results"]
    assert {"relatedLocations", "fixes"} <= {key for result in results for key in result}
    assert checked(tmp_path, document) == ""
    assert "startLin" in checked(tmp_path, document.replace('"startLine"', '"startLin"', 1))
