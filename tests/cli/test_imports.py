"""Linting a valid topology imports nothing that it can do without: every commit of a team waits for it."""

import json
import subprocess
import sys

import pytest

from tests.cli.topology import ORDERS

PROGRAM = """
import json, os, sys
sys.argv = ["penstock", *sys.argv[1:]]
os._exit = sys.exit
from penstock.cli import main
try:
    main()
except SystemExit as stop:
    print(json.dumps([stop.code, sorted(sys.modules)]), file=sys.stderr)
"""

HEAVY = {
    "argparse",
    "asyncio",
    "boto3",
    "botocore",
    "cfnlint",
    "concurrent.futures",
    "csv",
    "difflib",
    "doctest",
    "hashlib",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "jinja2",
    "jsonschema",
    "logging",
    "ministack",
    "multiprocessing",
    "networkx",
    "referencing",
    "shlex",
    "shutil",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "textwrap",
    "unittest",
    "xml",
    "zipfile",
}
OURS = {
    "penstock.cli.compile",
    "penstock.cli.dev",
    "penstock.cli.output",
    "penstock.cli.rules",
    "penstock.cli.show",
    "penstock.dev",
    "penstock.diagnostics.json",
    "penstock.diagnostics.text",
    "penstock.emit",
    "penstock.kinds.crossing",
    "penstock.kinds.importer",
    "penstock.kinds.importing",
    "penstock.lint.variants",
    "penstock.model.environments",
    "penstock.model.provenance",
    "penstock.model.variables",
    "penstock.model.variant",
    "penstock.schema.explain",
    "penstock.source.aliases",
    "penstock.source.folder",
    "penstock.source.joined",
    "penstock.source.keys",
    "penstock.source.team_code",
    "penstock.source.yaml_faults",
}


def loaded(*arguments: str) -> set[str]:
    """The modules that a clean run of the command line has loaded."""
    command = [sys.executable, "-I", "-c", PROGRAM, *arguments]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code == 0
    return set(modules)


@pytest.fixture(scope="module")
def linting() -> set[str]:
    return loaded("lint", str(ORDERS))


def test_lint_loads_nothing_heavy(linting: set[str]) -> None:
    assert sorted(linting & HEAVY) == []


def test_lint_loads_no_part_of_us_that_it_does_not_need(linting: set[str]) -> None:
    assert sorted(linting & OURS) == []


def test_help_and_version_load_no_command() -> None:
    for option in ("--help", "--version"):
        assert sorted(name for name in loaded(option) if name.startswith("penstock.")) == [
            "penstock.cli",
            "penstock.cli.exits",
        ]
