"""Files that cannot be read, and names that no file should have: a diagnostic, and never a traceback."""

import os
from pathlib import Path

from tests.cli.conftest import Penstock
from tests.cli.privileges import without_privileges
from tests.cli.topology import CLEAN, WITHOUT_DLQ, places, save


def test_missing(penstock: Penstock) -> None:
    expected = "error[SRC001] there is no file 'my orders.yaml'\n --> my orders.yaml\n"
    assert penstock("lint", "my orders.yaml") == (2, expected, "1 error in 1 topology\n")


def test_a_folder_without_a_topology(penstock: Penstock) -> None:
    Path("empty").mkdir()
    assert penstock("lint", "empty") == (2, "", "penstock: there is no topology.yaml in empty or below it\n")
    assert penstock("lint") == (2, "", "penstock: there is no topology.yaml in the current folder or below it\n")


def test_one_that_may_not_be_read(penstock: Penstock) -> None:
    save(CLEAN).chmod(0)
    Path().chmod(0o755)
    with without_privileges():
        ran = penstock("lint", "--format", "json")
    assert (ran.code, places(ran.out), ran.err) == (2, [("SRC001", 1, 1)], "")


def test_a_folder_that_may_not_be_read(penstock: Penstock) -> None:
    save(CLEAN, Path("secret/topology.yaml"))
    Path("secret").chmod(0)
    Path().chmod(0o755)
    with without_privileges():
        codes = penstock("lint", "secret").code, penstock("lint", "secret/topology.yaml").code
    Path("secret").chmod(0o755)
    assert codes == (2, 2)


def test_a_name_that_no_file_can_have(penstock: Penstock) -> None:
    for name in ("x" * 5000, f"topology.yaml/{'y' * 300}"):
        ran = penstock("lint", "--format", "json", name)
        assert (ran.code, places(ran.out)) == (2, [("SRC001", 1, 1)])


def test_a_name_that_is_no_text(penstock: Penstock) -> None:
    name = os.fsdecode(b"sh\xffp.yaml")
    Path(name).write_text(WITHOUT_DLQ, encoding="utf-8")
    assert penstock("lint", name).code == 1
    assert penstock("lint", name + "s").code == 2


def test_a_name_that_would_paint_the_terminal(penstock: Penstock) -> None:
    ran = penstock("lint", "a\033[31m\nb.yaml")
    assert (ran.code, "\033" in ran.out, len(ran.out.splitlines())) == (2, False, 2)


def test_a_link_that_leads_to_itself(penstock: Penstock) -> None:
    Path("topology.yaml").symlink_to("topology.yaml")
    ran = penstock("lint", "--format", "json", "topology.yaml")
    assert (ran.code, places(ran.out)) == (2, [("SRC001", 1, 1)])
