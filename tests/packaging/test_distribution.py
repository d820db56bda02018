"""The distributions carry what the checkout carries, and work where there is no checkout."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

import penstock

ROOT = Path(__file__).parents[2]
ORDERS = ROOT / "examples" / "orders"
DATA = ("schemas", "templates")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="compares with what git knows"),
]


class Distributions(NamedTuple):
    sdist: Path
    wheel: Path


def run(*command: str | Path, folder: Path) -> str:
    """What a command prints to stdout, without the environment's ways to reach the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files(*folders: str) -> set[str]:
    """The files of the checkout that are or will be committed."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders, folder=ROOT)
    return {name for name in listed.split("\0") if (ROOT / name).is_file()}


def below(members: Iterable[str], *folders: str) -> set[str]:
    return {name for name in members if name.startswith(tuple(f"{folder}/" for folder in folders))}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """An sdist of the checkout, and a wheel made of that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return Distributions(sdist, wheel)


@pytest.fixture(scope="module")
def installed(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment that holds the wheel and borrows the dependencies, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    commands = folder / "bin"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", commands / "python"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", distributions.wheel, folder=folder)
    return commands


def test_wheel_carries_the_package_and_its_data(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        members = below(archive.namelist(), "penstock")
    code = {name.removeprefix("compiler/") for name in files("compiler/penstock")}
    assert members == code | {f"penstock/{name}" for name in files(*DATA)}


def test_wheel_says_what_it_is(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode().splitlines()
        licences = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
    assert {f"Version: {penstock.__version__}", "License-Expression: Apache-2.0"} <= set(metadata)
    assert len(licences) == 1


def test_sdist_carries_sources_data_examples_and_tests(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        members = {member.name.partition("/")[2] for member in archive if member.isfile()}
    folders = ("compiler", "examples", "tests", *DATA)
    assert below(members, *folders) == files(*folders)
    assert {"LICENSE", "README.md", "pyproject.toml"} <= members


def test_installed_package_is_the_one_that_runs(installed: Path) -> None:
    loaded = run(installed / "python", "-c", "import penstock; print(penstock.__file__)", folder=installed)
    assert Path(loaded.strip()).is_relative_to(installed.parent)


def test_installed_command_says_its_version(installed: Path) -> None:
    assert penstock.__version__ in run(installed / "penstock", "--version", folder=installed)


def test_installed_command_compiles_the_example(installed: Path, tmp_path: Path) -> None:
    run(installed / "penstock", "compile", ORDERS, "-o", tmp_path / "out", folder=tmp_path)
    template = (tmp_path / "out" / "template.yaml").read_bytes()
    assert template == (ORDERS / "expected" / "template.yaml").read_bytes()
