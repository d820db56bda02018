"""The documentation says what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from penstock.pipeline import check, compile_topology

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    text = next(block for block in blocks("yaml") if block.startswith("penstock: 1"))
    path = tmp_path / "topology.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_generated_parts_are_up_to_date() -> None:
    command: list[str | Path] = [sys.executable, ROOT / "docs" / "generate.py", "--check"]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_first_topology_has_no_findings(first: Path) -> None:
    assert check(first).diagnostics == []


def test_the_first_topology_compiles_to_what_the_readme_shows(first: Path) -> None:
    topology = check(first).topology
    assert topology is not None
    compiled = compile_topology(first, topology)
    assert {name.rpartition("/")[0] for name in compiled.files} >= {"", "functions/take-order"}
    assert "template.yaml" in compiled.files
    assert compiled.created_once.keys() == {"src/take_order_logic.py", "tests/test_take_order.py"}
    (function,) = blocks("python")
    assert function.strip().removesuffix('"""') in compiled.created_once["src/take_order_logic.py"]


def test_yaml_is_valid() -> None:
    assert [type(yaml.safe_load(block)) for block in blocks("yaml")] == [dict] * README.count("```yaml\n")


def test_the_hook_exists() -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    (configuration,) = (yaml.safe_load(block) for block in blocks("yaml") if block.startswith("repos:"))
    assert {hook["id"] for repository in configuration["repos"] for hook in repository["hooks"]} <= hooks


def test_the_accepted_finding_is_accepted(tmp_path: Path) -> None:
    (queue,) = (block for block in blocks("yaml") if "penstock: ignore[" in block)
    consumer = "consumers:\n  fulfil: {from: {source: fulfilment, batch: {size: 1}}}\n"
    path = tmp_path / "topology.yaml"
    codes = []
    for text in (queue, re.sub(r" *# penstock: ignore.*", "", queue)):
        path.write_text(f"penstock: 1\nname: shop\n{text}{consumer}", encoding="utf-8")
        codes.append({diagnostic.code for diagnostic in check(path).diagnostics})
    assert codes[1] - codes[0] == {"DLQ001"}
    assert "SUP001" not in codes[0]


def test_the_example_is_as_long_as_is_said() -> None:
    (count,) = re.findall(r"example's topology has (\d+) lines", README)
    assert len((ROOT / "examples/orders/topology.yaml").read_text(encoding="utf-8").splitlines()) == int(count)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_that_are_named_exist(page: Path) -> None:
    for file, _, name in re.findall(r"`(tests/[\w/]+\.py)(::(\w+))?`", page.read_text(encoding="utf-8")):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") if name else (ROOT / file).exists()
