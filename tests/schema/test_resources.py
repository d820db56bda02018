"""The data files are found in a checkout, in an installed package and in a zip file."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from penstock import resources

ROOT = Path(__file__).parents[2]
PARTS = ("__init__.py", "resources.py")
USE = "from penstock import resources; print(resources.limit('sqs.max_delay'), resources.schema()['title'])"


def test_in_the_checkout() -> None:
    assert resources.schema()["title"] == "Penstock topology"
    assert resources.limit("sqs.max_delay") == 900


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match="schemas/nothing"):
        resources.text("schemas", "nothing.json")


def test_a_limit_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        resources.limit("sqs.nothing")


def test_in_a_zip_file(tmp_path: Path) -> None:
    archive = tmp_path / "penstock.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in PARTS:
            file.write(ROOT / "compiler" / "penstock" / name, f"penstock/{name}")
        for path in (ROOT / "schemas").iterdir():
            file.write(path, f"penstock/schemas/{path.name}")
    assert _used(archive, tmp_path) == "900 Penstock topology"


def test_in_an_installed_package(tmp_path: Path) -> None:
    schemas = tmp_path / "site" / "penstock" / "schemas"
    schemas.mkdir(parents=True)
    for name in PARTS:
        (schemas.parent / name).write_bytes((ROOT / "compiler" / "penstock" / name).read_bytes())
    for path in (ROOT / "schemas").iterdir():
        (schemas / path.name).write_bytes(path.read_bytes())
    assert _used(tmp_path / "site", tmp_path) == "900 Penstock topology"


def _used(path: Path, folder: Path) -> str:
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(path)!r}); {USE}"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
