"""`penstock lint`: which topologies it looks at, what it prints, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, ORDERS, WITHOUT_DLQ, save

WARNING = CLEAN.replace("max_receives: 5", "max_receives: 2")
UNUSABLE = CLEAN.replace("to: intake}", "to: intak}")
ONE = "no findings in 1 topology\n"


def found(penstock: Penstock, *paths: str) -> list[str]:
    """The files in which the findings are that the JSON output lists."""
    return [one["file"] for one in json.loads(penstock("lint", "--format", "json", *paths).out)["diagnostics"]]


class TestWhereItLooks:
    def test_without_a_path_in_the_current_folder(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        save(WITHOUT_DLQ, Path("below/topology.yaml"))
        assert found(penstock) == ["topology.yaml"]

    def test_without_one_there_in_the_folders_below_in_their_order(self, penstock: Penstock) -> None:
        for name in ("b/deep/er/topology.yaml", "a/topology.yml", "c/topology.yaml"):
            save(WITHOUT_DLQ, Path(name))
        assert found(penstock) == ["a/topology.yml", "b/deep/er/topology.yaml", "c/topology.yaml"]
        assert found(penstock, "b") == ["b/deep/er/topology.yaml"]

    @pytest.mark.parametrize("folder", [".git", ".hidden", "node_modules", "__pycache__", "build", "dist", "venv"])
    def test_not_in_hidden_folders_and_those_of_tools(self, penstock: Penstock, folder: str) -> None:
        save(WITHOUT_DLQ, Path(folder, "topology.yaml"))
        save(CLEAN, Path("shop/topology.yaml"))
        assert penstock("lint") == (0, "", ONE)
        assert found(penstock, folder) == [f"{folder}/topology.yaml"]

    def test_not_in_links_to_folders_which_may_go_round(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ, Path("shop/topology.yaml"))
        Path("again").symlink_to("shop")
        Path("round").symlink_to(".")
        assert found(penstock) == ["shop/topology.yaml"]

    def test_not_for_files_of_other_names_unless_they_are_named(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ, Path("shop.yaml"))
        assert penstock("lint").code == 2
        assert found(penstock, "shop.yaml") == ["shop.yaml"]

    def test_each_once_however_it_is_named(self, penstock: Penstock, tmp_path: Path) -> None:
        save(WITHOUT_DLQ, Path("shop/topology.yaml"))
        Path("link.yaml").symlink_to("shop/topology.yaml")
        paths = ["shop", "shop/topology.yaml", "./shop/../shop", str(tmp_path / "shop"), "link.yaml", "."]
        assert found(penstock, *paths) == ["shop/topology.yaml"]

    def test_in_the_order_given(self, penstock: Penstock) -> None:
        for name in ("a.yaml", "b.yaml", "c.yaml"):
            save(WITHOUT_DLQ, Path(name))
        assert found(penstock, "c.yaml", "a.yaml", "b.yaml") == ["c.yaml", "a.yaml", "b.yaml"]

    def test_in_all_of_them_even_if_one_cannot_be_used(self, penstock: Penstock) -> None:
        save("", Path("a.yaml"))
        save(WITHOUT_DLQ, Path("b.yaml"))
        Path("empty").mkdir()
        ran = penstock("lint", "a.yaml", "empty", "b.yaml")
        assert ran.code == 2
        assert ran.out.count("error[") == 2
        expected = "2 errors in 2 topologies\npenstock: there is no topology.yaml in empty or below it\n"
        assert ran.err == expected

    def test_at_paths_with_spaces_as_they_were_given(self, penstock: Penstock, tmp_path: Path) -> None:
        save(WITHOUT_DLQ, Path("our shop/topology.yaml"))
        assert found(penstock, "our shop") == ["our shop/topology.yaml"]
        assert found(penstock, str(tmp_path / "our shop")) == [str(tmp_path / "our shop/topology.yaml")]


class TestHowItEnds:
    @pytest.mark.parametrize(
        ("text", "code", "summary"),
        [
            (CLEAN, 0, "no findings in 1 topology\n"),
            (WARNING, 1, "1 warning in 1 topology\n"),
            (WITHOUT_DLQ, 1, "1 error in 1 topology\n"),
            (UNUSABLE, 2, "1 error in 1 topology\n"),
        ],
    )
    def test_alone(self, penstock: Penstock, text: str, code: int, summary: str) -> None:
        save(text)
        ran = penstock("lint")
        assert (ran.code, ran.err) == (code, summary)
        assert (ran.out == "") == (code == 0)
        assert penstock("lint", "--format", "json").code == code

    def test_several_end_like_the_worst(self, penstock: Penstock) -> None:
        for name, text in {"clean": CLEAN, "warning": WARNING, "error": WITHOUT_DLQ, "bad": UNUSABLE}.items():
            save(text, Path(f"{name}.yaml"))
        assert penstock("lint", "clean.yaml", "warning.yaml").code == 1
        ran = penstock("lint", "warning.yaml", "bad.yaml", "error.yaml", "clean.yaml")
        assert (ran.code, ran.err) == (2, "2 errors, 1 warning in 4 topologies\n")

    def test_the_example_is_clean(self, penstock: Penstock) -> None:
        assert penstock("lint", ORDERS) == (0, "", ONE)


class TestJson:
    def test_of_a_clean_topology(self, penstock: Penstock) -> None:
        save(CLEAN)
        assert penstock("lint", "--format", "json") == (0, '{\n  "version": 1,\n  "diagnostics": []\n}\n', "")

    def test_of_no_topology_is_json_too(self, penstock: Penstock) -> None:
        ran = penstock("lint", "--format", "json")
        assert (ran.code, json.loads(ran.out)) == (2, {"version": 1, "diagnostics": []})
        assert ran.err == "penstock: there is no topology.yaml in the current folder or below it\n"

    def test_says_what_the_text_says(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        ran = penstock("lint", "--format", "json")
        assert (ran.code, ran.err) == (1, "")
        assert json.loads(ran.out) == {
            "version": 1,
            "diagnostics": [
                {
                    "code": "DLQ001",
                    "rule": "queue-without-dead-letters",
                    "severity": "error",
                    "message": "queue 'intake' has no dead-letter queue: a message that always fails is received again "
                    "and again for 4 d, then deleted",
                    "help": "write `dlq: {max_receives: 5}`, or `dlq: {none: why}` if that loss is wanted",
                    "file": "topology.yaml",
                    "begin": {"line": 12, "column": 3},
                    "end": {"line": 12, "column": 9},
                    "related": [],
                    "fix": {
                        "title": "write `dlq: {max_receives: 5}`",
                        "safe": False,
                        "edits": [
                            {
                                "file": "topology.yaml",
                                "begin": {"line": 13, "column": 27},
                                "end": {"line": 13, "column": 27},
                                "replacement": "\n    dlq: {max_receives: 5}",
                            }
                        ],
                    },
                }
            ],
        }
        assert penstock("lint", "--format", "json") == ran


class TestComments:
    def test_one_at_the_queue_accepts_its_finding(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ.replace("  intake:", "  intake:  # penstock: ignore[DLQ001] because the shop sends again"))
        assert penstock("lint") == (0, "", ONE)

    def test_one_above_the_queue_does_too(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ.replace("  intake:", "  # penstock: ignore[DLQ001] because the shop sends again\n  intake:"))
        assert penstock("lint") == (0, "", ONE)

    def test_one_that_accepts_nothing_is_a_finding(self, penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        save(CLEAN.replace("  intake:", "  intake:  # penstock: ignore[DLQ001] because the shop sends again"))
        ran = penstock("lint")
        assert (ran.code, ran.err) == (1, "1 warning in 1 topology\n")
        assert ran.out == UNUSED

    def test_one_cannot_accept_that_the_topology_is_unusable(self, penstock: Penstock) -> None:
        save(UNUSABLE.replace("producers:", "producers:  # penstock: ignore[REF001] because"))
        assert penstock("lint").code == 2


UNUSED = """\
warning[SUP001] this comment ignores DLQ001, but DLQ001 is not found here
  --> topology.yaml:12:12
   |
12 |   intake:  # penstock: ignore[DLQ001] because the shop sends again
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: remove the comment [--fix]
"""


def test_a_topology_may_come_through_a_pipe() -> None:
    if not Path("/dev/stdin").exists():
        pytest.skip("this system has no /dev/stdin")
    command = [sys.executable, "-m", "penstock", "lint", "/dev/stdin"]
    ran = subprocess.run(command, input=WITHOUT_DLQ, capture_output=True, check=False, text=True)
    assert (ran.returncode, "--> /dev/stdin:12:3" in ran.stdout) == (1, True)
