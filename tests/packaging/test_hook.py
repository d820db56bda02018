"""The pre-commit hook is valid, looks at exactly the files of topologies, and works when pre-commit installs it."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.topology import CLEAN, WITHOUT_DLQ, save

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"

Hook = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pattern() -> re.Pattern[str]:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    return re.compile(hook["files"])


def test_pre_commit_accepts_the_manifest() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", HOOKS], check=True)


@pytest.mark.parametrize(
    "path",
    [
        "topology.yaml",
        "shop/topology.yml",
        "topology/queues.yaml",
        "shop/topology/all.yml",
        "shop/messages/order_placed.schema.json",
        "events/order.json",
        "order.schema.yaml",
    ],
)
def test_files_of_topologies_are_looked_at(pattern: re.Pattern[str], path: str) -> None:
    assert pattern.search(path)


@pytest.mark.parametrize(
    "path", ["template.yaml", "my-topology.yaml", "topology.yaml.bak", "topology/src/x.yaml", "my-topology/x.yaml"]
)
def test_other_files_are_not(pattern: re.Pattern[str], path: str) -> None:
    assert not pattern.search(path)


def git(*arguments: str | Path, folder: Path) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds what will be committed of this one: pre-commit installs hooks from commits alone."""
    folder = tmp_path_factory.mktemp("published")
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT).split("\0")
    for name in listed:
        if (ROOT / name).is_file() and not name.startswith(("tests/", "examples/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git("init", "--quiet", folder=folder)
    git("add", ".", folder=folder)
    git("commit", "--quiet", "--message", "All", folder=folder)
    return folder


@pytest.fixture
def hook(published: Path, tmp_path: Path) -> Hook:
    """Run pre-commit with the hook over all files of a repository; dependencies are borrowed, so that nothing is fetched."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "COLUMNS": "100",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as the value of the option: isolation is off
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PRE_COMMIT_HOME": str(published.parent / "pre-commit"),
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }

    def run(*changed: str, **files: str) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            save(text, tmp_path / (name if name.endswith((".yaml", ".json")) else f"{name}/topology.yaml"))
        git("init", "--quiet", folder=tmp_path)
        git("add", ".", folder=tmp_path)
        command = [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(published),
            "penstock-lint",
            "--color=never",
            *(("--files", *changed) if changed else ("--all-files",)),
        ]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    return run


FINDING = """\
- hook id: penstock-lint
- exit code: 1

error[DLQ001] queue 'intake' has no dead-letter queue: a message that always fails is received again
              and again for 4 d, then deleted
  --> stock/topology.yaml:12:3
   |
12 |   intake:
   |   ^^^^^^
   |
   = help: write `dlq: {max_receives: 5}`, or `dlq: {none: why}` if that loss is wanted
           [--unsafe-fixes]
1 error in 2 topologies
"""


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_installs_it_and_a_clean_topology_passes(hook: Hook) -> None:
    ran = hook(shop=CLEAN)
    assert re.search(r"^lint messaging topologies\.+Passed$", ran.stdout, re.MULTILINE), ran.stdout + ran.stderr
    assert ran.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_shows_a_finding_and_fails(hook: Hook) -> None:
    ran = hook(shop=CLEAN, stock=WITHOUT_DLQ)
    assert FINDING in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_skips_it_where_no_topology_is_committed(hook: Hook) -> None:
    assert "(no files to check)Skipped" in hook().stdout


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_checks_a_folder_of_files_as_one_topology(hook: Hook) -> None:
    head, queues, consumers = re.split(r"^(?=queues:|consumers:)", WITHOUT_DLQ, flags=re.MULTILINE)
    folder = "stock/topology"
    ran = hook(**{f"{folder}/shop.yaml": head, f"{folder}/queues.yaml": queues, f"{folder}/workers.yaml": consumers})
    assert " --> stock/topology/queues.yaml:2:3\n" in ran.stdout, ran.stdout + ran.stderr
    assert "1 error in 1 topology\n" in ran.stdout
    assert ran.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_checks_the_topology_whose_schema_is_committed(hook: Hook) -> None:
    schema = '{"type": "object", "properties": {"order_id": {"type": "strin"}}}'
    topology = CLEAN.replace(
        "{type: object, properties: {order_id: {type: string}}, required: [order_id]}", "messages/order.json"
    )
    ran = hook(
        "shop/messages/order.json",
        "package.json",
        **{"shop/messages/order.json": schema, "package.json": "{}"},
        shop=topology,
    )
    assert "error[REF053] this is no valid JSON Schema: 'strin' is no type" in ran.stdout, ran.stdout + ran.stderr
    assert " --> shop/messages/order.json:1:" in ran.stdout
    assert ran.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="installs what git knows")
def test_pre_commit_checks_those_that_import_what_is_committed(hook: Hook) -> None:
    owner = CLEAN.replace("name: shop", "name: stock")
    guest = (
        "penstock: 1\nname: guest\nimports: {stock: ../stock}\n"
        "producers: {p: {type: function, publishes: {message: stock/OrderPlaced, to: stock/intake}}}\n"
    )
    ran = hook("stock/topology.yaml", stock=owner, guest=guest)
    assert " --> guest/topology.yaml:" in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 1
