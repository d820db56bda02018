"""What the examples compile to, byte for byte, and what cfn-lint says of it.

`pytest tests/emit --write-golden` rewrites the goldens.
"""

from pathlib import Path

import pytest

from penstock.cli.output import differences, with_manifest, write
from penstock.pipeline import check, compile_topology
from tests.emit.cfn_lint import cfn_lint
from tests.topologies import EXAMPLES, NAMES


def compiled(name: str) -> dict[str, str]:
    checked = check(EXAMPLES / name / "topology.yaml")
    assert checked.topology is not None, checked.diagnostics
    assert not checked.diagnostics
    return with_manifest(compile_topology(checked.path, checked.topology).files)


@pytest.fixture(autouse=True)
def _rewritten(write_golden: bool) -> None:  # noqa: FBT001 - pytest names it
    for name in NAMES if write_golden else ():
        write(EXAMPLES / name / "expected", compiled(name))


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    expected, files = EXAMPLES / name / "expected", compiled(name)
    assert list(differences(expected, files)) == []
    lie = {
        path.relative_to(expected).as_posix()
        for path in expected.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert lie == files.keys()


@pytest.mark.parametrize("name", NAMES)
def test_compiling_twice_gives_the_same_bytes(name: str) -> None:
    assert compiled(name) == compiled(name)


def test_cfn_lint_finds_nothing_in_the_goldens(tmp_path: Path) -> None:
    templates = [EXAMPLES / name / "expected" / "template.yaml" for name in NAMES]
    found = cfn_lint(templates, tmp_path)
    assert (found.returncode, found.stdout) == (0, "")
