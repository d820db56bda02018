"""A folder `topology/` as one topology: which paths mean it, what is told of it, and what it compiles to."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, ORDERS, WITHOUT_DLQ, files_below, places, save

ONE = "no findings in 1 topology\n"


def split(text: str, folder: Path = Path("topology"), *, ending: str = "yaml") -> None:
    """Each section of a topology in a file of its own; what stands on one line at the top in another."""
    head, *sections = re.split(r"^(?=[a-z]+:$)", text, flags=re.MULTILINE)
    save(head, folder / f"shop.{ending}")
    for section in sections:
        save(section, folder / f"{section.partition(':')[0]}.{ending}")


@pytest.mark.parametrize("ending", ["yaml", "yml"])
@pytest.mark.parametrize(
    "paths",
    [(), (".",), ("topology",), ("topology/",), ("topology/queues.{}",), ("topology/queues.{}", "topology/shop.{}")],
)
def test_every_path_to_it_means_the_whole_once(penstock: Penstock, ending: str, paths: tuple[str, ...]) -> None:
    split(CLEAN, ending=ending)
    assert penstock("lint", *(path.format(ending) for path in paths)) == (0, "", ONE)


def test_it_is_found_below_and_beside_others(penstock: Penstock) -> None:
    split(CLEAN, Path("a/topology"))
    save(CLEAN, Path("b/topology.yaml"))
    assert penstock("lint") == (0, "", "no findings in 2 topologies\n")


@pytest.mark.parametrize("path", [".", "queues.yaml"])
def test_it_is_found_from_inside(penstock: Penstock, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    split(WITHOUT_DLQ)
    monkeypatch.chdir("topology")
    ran = penstock("lint", path)
    assert " --> queues.yaml:2:3\n" in ran.out
    assert ran.err == "1 error in 1 topology\n"


def test_neither_hidden_files_nor_other_ones_nor_folders_belong_to_it(penstock: Penstock) -> None:
    split(CLEAN)
    for name in (".hidden.yaml", "notes.txt", "below/more.yaml"):
        save("penstock: 2\n", Path("topology", name))
    assert penstock("lint") == (0, "", ONE)


def test_a_file_beside_it_is_another_topology(penstock: Penstock) -> None:
    split(CLEAN)
    save(CLEAN)
    assert penstock("lint").err == "no findings in 2 topologies\n"
    ran = penstock("compile", ".", "-o", "out")
    assert ran == (2, "", "penstock: . means 2 topologies, name one of them: topology.yaml, topology\n")


def test_a_missing_key_is_missing_in_the_whole_only(penstock: Penstock) -> None:
    split(CLEAN.replace("name: shop\n", ""))
    ran = penstock("lint")
    assert ran.code == 2
    assert "error[SCH004] the topology has no 'name'" in ran.out
    assert ran.out.count("error[") == 1


def test_what_is_wrong_is_told_in_its_own_file(penstock: Penstock) -> None:
    split(CLEAN.replace("visibility_timeout", "visibilty_timeout").replace("timeout: 10s", "timeout: 10 s"))
    ran = penstock("lint", "--format", "json")
    assert [one["file"] for one in json.loads(ran.out)["diagnostics"]] == [
        "topology/consumers.yaml",
        "topology/queues.yaml",
    ]
    assert places(ran.out) == [("SCH003", 3, 14), ("SCH001", 3, 5)]


def test_every_unusable_file_is_told_of(penstock: Penstock) -> None:
    split(CLEAN)
    for name, text in (("broken", "queues: {"), ("empty", ""), ("list", "- a\n")):
        save(text, Path("topology", f"{name}.yaml"))
    ran = penstock("lint")
    assert ran.code == 2
    assert re.findall(r"error\[\w+\]", ran.out) == ["error[SRC003]", "error[SRC005]", "error[SCH003]"]


def test_one_name_in_two_files_is_told_with_both_places(penstock: Penstock) -> None:
    split(CLEAN)
    save("queues:\n  intake: {}\n", Path("topology/z.yaml"))
    assert penstock("lint") == (
        2,
        """\
error[REF002] 'intake' names two things
 --> topology/z.yaml:2:3
  |
2 |   intake: {}
  |   ^^^^^^
  |
 ::: topology/queues.yaml:2:3
  |
2 |   intake:
  |   ------ it stands here too
  |
  = help: give one of them another name
""",
        "1 error in 1 topology\n",
    )


def test_one_name_of_two_kinds_in_two_files_too(penstock: Penstock) -> None:
    split(CLEAN)
    save("topics:\n  intake: {}\n", Path("topology/z.yaml"))
    ran = penstock("lint", "--format", "json")
    (diagnostic,) = json.loads(ran.out)["diagnostics"]
    assert diagnostic["message"] == "'intake' names two things, topic and queue"
    assert [diagnostic["file"], diagnostic["related"][0]["file"]] == ["topology/queues.yaml", "topology/z.yaml"]


def test_a_comment_holds_for_its_own_file(penstock: Penstock) -> None:
    split(WITHOUT_DLQ.replace("  intake:\n", "  intake:  # penstock: ignore[DLQ001] because a test\n"))
    assert penstock("lint") == (0, "", ONE)
    save("# penstock: ignore[DLQ001] because a test\ntags: {a: b}\n", Path("topology/z.yaml"))
    assert "warning[SUP001]" in penstock("lint").out


def test_it_compiles_to_what_one_file_compiles_to(penstock: Penstock) -> None:
    """The team's code and schemas lie beside the folder, as they lie beside the file."""
    text = (ORDERS / "topology.yaml").read_text(encoding="utf-8")
    head, *sections = re.split(r"^(?=[a-z]+:(?: #.*)?$)", text, flags=re.MULTILINE)
    assert len(sections) > 5
    for number, part in enumerate([*sections, head]):
        save(part, Path(f"topology/{number}.yaml"))
    for path in ORDERS.iterdir():
        if path.name in {"src", "schemas", "messages"}:
            Path(path.name).symlink_to(path)
    ran = penstock("compile", ".", "-o", "out")
    assert ran.code == 0, ran.out + ran.err
    assert files_below(Path("out")) == files_below(ORDERS / "expected")
    assert penstock("compile", "topology", "-o", "out", "--check").code == 0
    save("tags: {team: z}\n", Path("topology/z.yaml"))
    assert "differs: out/template.yaml\n" in penstock("compile", ".", "-o", "out", "--check").out
