"""`penstock compile`: what it writes, what it leaves alone, and what it refuses."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.cli import output
from tests.cli.conftest import Penstock
from tests.cli.privileges import without_privileges
from tests.cli.topology import CLEAN, WITHOUT_DLQ, files_below, save

TWO = (
    CLEAN
    + "  clerk: {timeout: 10s, from: {source: desk, max_concurrency: 10, batch: {size: 10, partial_failures: true}}}\n"
)
TWO = TWO.replace("queues:\n", "queues:\n  desk: {visibility_timeout: 3m, dlq: {max_receives: 5}}\n").replace(
    "to: intake}", "to: intake}, PLACE"
)
TWO = TWO.replace(
    "publishes: {message: OrderPlaced, to: intake}, PLACE",
    "publishes: [{message: OrderPlaced, to: intake}, {message: OrderPlaced, to: desk}]",
)
"""The topology with a second function."""

OUT = Path("out")
LOGIC = Path("src/worker_logic.py")
COPY = Path("out/functions/worker/worker_logic.py")


@pytest.fixture
def compiled(penstock: Penstock) -> Penstock:
    """The command line in a folder where the topology has been compiled to out/."""
    save(CLEAN)
    assert penstock("compile", ".", "-o", "out").code == 0
    return penstock


def test_says_what_it_wrote_on_stderr(penstock: Penstock) -> None:
    save(CLEAN)
    ran = penstock("compile", "topology.yaml", "-o", "out")
    count = len(files_below(OUT))
    expected = (
        "created src/worker_logic.py: write there what the function does\n"
        "created tests/test_worker.py: write there what more you expect of it\n"
        f"wrote {count} files to out\n"
    )
    assert ran == (0, "", expected)


def test_output_is_what_the_manifest_lists(compiled: Penstock) -> None:
    del compiled
    manifest = json.loads(Path("out/.penstock.json").read_text(encoding="utf-8"))
    assert sorted([*manifest["files"], ".penstock.json"]) == sorted(files_below(OUT))


def test_twice_the_same_bytes_and_files_that_stay_are_not_touched(compiled: Penstock) -> None:
    before = files_below(OUT), [path.stat().st_mtime_ns for path in sorted(OUT.rglob("*"))]
    assert compiled("compile", ".", "-o", "out").code == 0
    assert (files_below(OUT), [path.stat().st_mtime_ns for path in sorted(OUT.rglob("*"))]) == before


def test_everybody_may_read_what_the_umask_lets_them(penstock: Penstock) -> None:
    save(CLEAN)
    before = os.umask(0o022)
    try:
        penstock("compile", ".", "-o", "out")
    finally:
        os.umask(before)
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [OUT, *OUT.rglob("*"), LOGIC]}
    assert modes == {(True, 0o755), (False, 0o644)}


class TestWhatStays:
    def test_the_teams_file_is_left_alone_and_what_no_longer_fits_is_said(self, compiled: Penstock) -> None:
        before = LOGIC.read_bytes()
        save(CLEAN.replace("OrderPlaced", "OrderShipped"))
        ran = compiled("compile", ".", "-o", "out")
        assert ran.code == 0
        called = "`handle_order_shipped(message: OrderShipped)` is missing, which the handler calls"
        assert f"note: src/worker_logic.py: {called}" in ran.err
        assert "`handle_order_placed` is called by no handler any more" in ran.err
        assert LOGIC.read_bytes() == before

    @pytest.mark.parametrize(
        ("text", "code"), [(WITHOUT_DLQ, 1), ("", 2), (CLEAN.replace("to: intake", "to: intak"), 2)]
    )
    def test_a_topology_that_is_refused_leaves_the_old_output(self, compiled: Penstock, text: str, code: int) -> None:
        before = files_below(OUT)
        save(text)
        assert compiled("compile", ".", "-o", "out").code == code
        assert files_below(OUT) == before

    def test_a_disk_that_refuses_half_way_leaves_the_old_output(
        self, compiled: Penstock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = files_below(OUT)
        rename = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if target.match("out/template.yaml") and path.match("new/*"):
                raise OSError(28, "No space left on device")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
        save(TWO)
        ran = compiled("compile", ".", "-o", "out")
        assert (ran.code, ran.err.splitlines()[-1]) == (2, "penstock: out: No space left on device")
        assert files_below(OUT) == before
        assert sorted(path.name for path in OUT.iterdir()) == [".penstock.json", "functions", "template.yaml", "tests"]

    def test_files_of_the_user_are_kept(self, compiled: Penstock) -> None:
        notes = save("mine", OUT / "notes.txt")
        deep = save("mine too", OUT / "functions/worker/data.json")
        os.mkfifo(OUT / "pipe")
        save(TWO)
        assert compiled("compile", ".", "-o", "out").code == 0
        assert notes.read_text(encoding="utf-8") == "mine"
        assert deep.read_text(encoding="utf-8") == "mine too"
        assert (OUT / "pipe").is_fifo()

    def test_files_no_longer_generated_are_removed(self, penstock: Penstock) -> None:
        save(TWO)
        penstock("compile", ".", "-o", "out")
        cache = save("", OUT / "functions/clerk/__pycache__/handler.cpython-311.pyc")
        save(CLEAN)
        assert penstock("compile", ".", "-o", "out", "--check").out.count("left over: out/functions/clerk/") > 1
        assert penstock("compile", ".", "-o", "out").code == 0
        assert not cache.parents[1].exists()
        assert penstock("compile", ".", "-o", "out", "--check").code == 0

    def test_a_file_of_the_user_keeps_the_folder_of_a_function_that_is_gone(self, penstock: Penstock) -> None:
        save(TWO)
        penstock("compile", ".", "-o", "out")
        notes = save("mine", OUT / "functions/clerk/notes.txt")
        save(CLEAN)
        penstock("compile", ".", "-o", "out")
        assert [path.name for path in notes.parent.iterdir()] == ["notes.txt"]


class TestCodeOfTheTeamsOwn:
    OWN = TWO.replace("clerk: {", "clerk: {code: dist, handler: app.handle, ")

    def test_the_template_names_it_from_where_it_stands(self, penstock: Penstock) -> None:
        save(self.OWN)
        save("", Path("dist/app.py"))
        ran = penstock("compile", ".", "-o", "out/deep")
        assert ran.code == 0, ran
        assert "      Code: ../../dist\n" in (OUT / "deep/template.yaml").read_text(encoding="utf-8")
        assert not (OUT / "deep/functions/clerk").exists()
        assert not Path("src/clerk_logic.py").exists()
        save(f"{self.OWN}stacks: {{spread: 2}}\n")
        assert penstock("compile", ".", "-o", "out/deep").code == 0
        (nested,) = [text for text in files_below(OUT).values() if b"Handler: app.handle" in text]
        assert b"      Code: ../../../dist\n" in nested

    def test_what_is_not_built_is_not_compiled(self, penstock: Penstock) -> None:
        save(self.OWN)
        ran = penstock("compile", ".", "-o", "out")
        assert (ran.code, ran.err.splitlines()[-1]) == (2, "penstock: not compiled: what is shown above cannot be used")
        assert "error[GEN002] the code of function 'clerk' does not exist: dist" in ran.out + ran.err
        assert not OUT.exists()


class TestWhatIsRefused:
    def test_a_folder_with_files_of_somebody_else(self, penstock: Penstock) -> None:
        save(CLEAN)
        save("theirs", OUT / "thesis.txt")
        ran = penstock("compile", ".", "-o", "out")
        text = "penstock: out holds files that penstock did not write; name a new or an empty folder\n"
        assert ran == (2, "", text)
        assert files_below(Path()).keys() == {"topology.yaml", "out/thesis.txt"}

    def test_the_folder_of_the_topology(self, penstock: Penstock) -> None:
        save(CLEAN)
        assert penstock("compile", ".", "-o", ".").code == 2
        assert files_below(Path()).keys() == {"topology.yaml"}

    def test_hidden_files_do_not_make_a_folder_somebody_elses(self, penstock: Penstock) -> None:
        save(CLEAN)
        keep = save("", OUT / ".gitkeep")
        assert penstock("compile", ".", "-o", "out").code == 0
        assert keep.exists()

    def test_a_file_of_the_user_where_a_generated_one_would_be(self, compiled: Penstock) -> None:
        mine = save("mine", OUT / "functions/clerk/handler.py")
        before = files_below(OUT)
        save(TWO)
        ran = compiled("compile", ".", "-o", "out")
        text = "penstock: out/functions/clerk/handler.py is not a file that penstock wrote; move it out of the way\n"
        assert ran == (2, "", text)
        assert files_below(OUT) == before
        assert mine.read_text(encoding="utf-8") == "mine"
        assert not Path("src/clerk_logic.py").exists()

    def test_a_manifest_that_names_files_elsewhere_removes_none(self, compiled: Penstock) -> None:
        victim = save("precious", Path("victim.txt"))
        manifest = OUT / ".penstock.json"
        names = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        for stray in ("../victim.txt", str(victim.resolve()), "", 7):
            manifest.write_text(json.dumps({"files": [*names, stray]}), encoding="utf-8")
            assert compiled("compile", ".", "-o", "out").code == 0
        assert victim.read_text(encoding="utf-8") == "precious"

    @pytest.mark.parametrize("text", ["", "[]", '{"files": 5}', "\0"])
    def test_a_manifest_that_is_broken_is_written_anew(self, compiled: Penstock, text: str) -> None:
        before = files_below(OUT)
        save(text, OUT / ".penstock.json")
        assert compiled("compile", ".", "-o", "out").code == 0
        assert files_below(OUT) == before

    def test_a_file_as_output(self, penstock: Penstock) -> None:
        save(CLEAN)
        save("a file", OUT)
        ran = penstock("compile", ".", "-o", "out")
        assert ran.code == 2
        assert "Directory 'out' is a file" in ran.err
        assert OUT.read_text(encoding="utf-8") == "a file"

    @pytest.mark.parametrize("folder", ["src", "src/out", "./src/../src", "tests"])
    def test_the_folder_of_the_teams_code(self, penstock: Penstock, folder: str) -> None:
        save(CLEAN)
        ran = penstock("compile", ".", "-o", folder)
        assert ran.code == 2
        assert "where the team's own code is; name another folder" in ran.err
        assert not Path("src").exists()
        assert not Path("tests").exists()

    @pytest.mark.parametrize("output", ["out", "out/new"])
    def test_a_folder_that_may_not_be_written(self, compiled: Penstock, output: str) -> None:
        before = files_below(OUT)
        save(TWO)
        for folder, mode in ((Path(), 0o755), (Path("src"), 0o777), (Path("tests"), 0o777), (OUT, 0o555)):
            folder.chmod(mode)
        with without_privileges():
            ran = compiled("compile", ".", "-o", output)
        assert (ran.code, ran.err.splitlines()[-1]) == (2, f"penstock: {output}: Permission denied")
        assert files_below(OUT) == before

    def test_a_folder_below_a_file(self, penstock: Penstock) -> None:
        save(CLEAN)
        save("", OUT)
        ran = penstock("compile", ".", "-o", "out/deeper")
        assert (ran.code, ran.err.splitlines()[-1]) == (2, "penstock: out/deeper: Not a directory")

    def test_several_topologies(self, penstock: Penstock) -> None:
        save(CLEAN, Path("b/topology.yaml"))
        save(CLEAN, Path("a/topology.yml"))
        text = "penstock: . means 2 topologies, name one of them: a/topology.yml, b/topology.yaml\n"
        assert penstock("compile", ".", "-o", "out") == (2, "", text)

    def test_no_topology(self, penstock: Penstock) -> None:
        assert penstock("compile", ".", "-o", "out") == (
            2,
            "",
            "penstock: there is no topology.yaml in . or below it\n",
        )


class TestWhereItIsWritten:
    def test_inside_the_folder_of_the_topology_it_is_not_found_again(self, compiled: Penstock) -> None:
        assert compiled("lint", "out").code == 2
        assert compiled("lint").err == "no findings in 1 topology\n"

    def test_the_current_folder(self, penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
        save(CLEAN)
        OUT.mkdir()
        monkeypatch.chdir("out")
        assert penstock("compile", "..", "-o", ".").code == 0
        assert penstock("compile", "../topology.yaml", "-o", ".", "--check").code == 0
        assert Path("template.yaml").samefile("../out/template.yaml")

    def test_an_absolute_path_gives_the_same(self, compiled: Penstock, tmp_path: Path) -> None:
        assert compiled("compile", tmp_path, "-o", tmp_path / "new" / "absolute").code == 0
        assert files_below(tmp_path / "new" / "absolute") == files_below(OUT)

    def test_a_link_to_a_folder_stays_a_link(self, penstock: Penstock) -> None:
        save(CLEAN)
        Path("real").mkdir()
        OUT.symlink_to("real")
        assert penstock("compile", ".", "-o", "out").code == 0
        save(TWO)
        assert penstock("compile", ".", "-o", "out").code == 0
        assert OUT.is_symlink()
        assert Path("real/functions/clerk/handler.py").is_file()

    def test_names_with_spaces_and_umlauts(self, penstock: Penstock) -> None:
        save(CLEAN, Path("my töpology/topology.yaml"))
        assert penstock("compile", "my töpology", "-o", "my ôutput").err.endswith("files to my ôutput\n")
        assert penstock("compile", "my töpology", "-o", "my ôutput", "--check").code == 0


class TestCheck:
    def test_equal_is_silent(self, compiled: Penstock) -> None:
        assert compiled("compile", ".", "-o", "out", "--check") == (0, "", "")

    def test_reports_each_file_and_writes_nothing(self, compiled: Penstock) -> None:
        save("changed", OUT / "template.yaml")
        (OUT / "functions/worker/handler.py").unlink()
        LOGIC.unlink()
        before = files_below(Path())
        ran = compiled("compile", ".", "-o", "out", "--check")
        assert ran.code == 1
        assert ran.out.splitlines() == [
            "missing: out/functions/worker/handler.py",
            "differs: out/template.yaml",
            "missing: src/worker_logic.py",
        ]
        expected = "out is not what topology.yaml compiles to; `penstock compile topology.yaml -o out` writes it"
        assert ran.err == f"penstock: {expected}\n"
        assert files_below(Path()) == before

    def test_an_output_that_is_not_there_is_missing(self, penstock: Penstock) -> None:
        save(CLEAN)
        ran = penstock("compile", ".", "-o", "out", "--check")
        assert (ran.code, "missing: out/template.yaml\n" in ran.out) == (1, True)
        assert not OUT.exists()


class TestTheTeamsCode:
    def test_logic_is_created_once_and_copied(self, compiled: Penstock) -> None:
        assert COPY.read_bytes() == LOGIC.read_bytes()
        text = "# ours\r\ndef handle_order_placed(message):\r\n\tpass\r\n"
        save(text, LOGIC)
        assert compiled("compile", ".", "-o", "out", "--check").out == f"differs: {COPY}\n"
        assert compiled("compile", ".", "-o", "out").err == f"wrote {len(files_below(OUT))} files to out\n"
        assert LOGIC.read_bytes() == COPY.read_bytes() == text.encode()

    def test_logic_that_was_emptied_stays_empty(self, compiled: Penstock) -> None:
        save("", LOGIC)
        compiled("compile", ".", "-o", "out")
        assert LOGIC.read_bytes() == COPY.read_bytes() == b""

    def test_other_modules_go_to_every_function(self, compiled: Penstock) -> None:
        save("RATE = 1\n", Path("src/money.py"))
        save("", Path("src/rates/__init__.py"))
        save("junk", Path("src/__pycache__/money.py"))
        save("junk", Path("src/.venv/lib/thing.py"))
        save(TWO)
        assert compiled("compile", ".", "-o", "out").code == 0
        team = [name for name in files_below(OUT) if name.endswith(("money.py", "rates/__init__.py", "thing.py"))]
        assert team == [
            f"functions/{name}/{file}" for name in ("clerk", "worker") for file in ("money.py", "rates/__init__.py")
        ]

    def test_hidden_folders_above_the_topology_hide_nothing(self, penstock: Penstock) -> None:
        save(CLEAN, Path(".hidden/__pycache__/topology.yaml"))
        save("RATE = 1\n", Path(".hidden/__pycache__/src/money.py"))
        penstock("compile", ".hidden/__pycache__/topology.yaml", "-o", "out")
        assert Path("out/functions/worker/money.py").is_file()

    @pytest.mark.parametrize("name", ["handler.py", "messages.py", "wire/__init__.py"])
    def test_a_module_with_the_name_of_a_generated_one_is_refused(self, compiled: Penstock, name: str) -> None:
        before = files_below(OUT)
        save("MINE = 1\n", Path("src") / name)
        ran = compiled("compile", ".", "-o", "out")
        module = name.partition("/")[0].removesuffix(".py")
        assert ran.code == 2
        assert "GEN001" in ran.out
        assert f"src/{name}:1:1" in ran.out
        assert f"the team's module '{module}' has the name of the generated functions/worker/{module}.py" in " ".join(
            ran.out.split()
        )
        assert ran.err == "penstock: not compiled: what is shown above cannot be used\n"
        assert files_below(OUT) == before

    def test_a_module_that_is_no_text_is_refused_at_the_byte(self, compiled: Penstock) -> None:
        Path("src/money.py").write_bytes(b'NAME = 1\nX = "\xff"\n')
        ran = compiled("compile", ".", "-o", "out")
        assert (ran.code, "SRC002" in ran.out, "src/money.py:2:6" in ran.out) == (2, True, True)


def test_errors_are_shown_and_nothing_is_written(penstock: Penstock) -> None:
    save(WITHOUT_DLQ)
    ran = penstock("compile", ".", "-o", "out")
    assert ran.code == 1
    assert "DLQ001" in ran.out
    assert ran.err == "penstock: not compiled: the errors above come first\n"
    assert files_below(Path()).keys() == {"topology.yaml"}


def test_warnings_are_shown_and_do_not_prevent_it(penstock: Penstock) -> None:
    save(CLEAN.replace("max_receives: 5", "max_receives: 2"))
    ran = penstock("compile", ".", "-o", "out")
    assert (ran.code, "DLQ005" in ran.out) == (0, True)
    assert OUT.is_dir()


def test_a_process_that_is_killed_half_way_leaves_a_folder_that_can_be_written(penstock: Penstock) -> None:
    save(CLEAN)
    assert min(output.MANIFEST, "functions/a.py", "template.yaml") == output.MANIFEST
    save(json.dumps({"files": ["template.yaml"]}), OUT / output.MANIFEST)
    save("{}", OUT / ".penstock-k1ll3d" / "new" / "template.yaml")
    assert penstock("compile", ".", "-o", "out").code == 0
    assert penstock("compile", ".", "-o", "out", "--check").code == 0


def test_a_service_that_runs_elsewhere_gets_what_it_sends_with(penstock: Penstock) -> None:
    save(CLEAN.replace('{type: external, principal: "111122223333", ', "{type: service, "))
    assert penstock("compile", ".", "-o", "out").code == 0
    folder = OUT / "publishers" / "shop"
    assert sorted(path.name for path in folder.iterdir()) == [
        "batches.py",
        "messages.py",
        "publish.py",
        "senders.py",
        "wire.py",
    ]
    asked = {"AWS_DEFAULT_REGION": "eu-central-1", "PATH": os.environ["PATH"]}
    run = [sys.executable, "-c", "import publish; print(publish.publish_order_placed_batch.__doc__)"]
    told = subprocess.run(run, cwd=folder, env=asked, capture_output=True, text=True, check=True, timeout=60).stdout
    assert told == "Send many to queue 'intake'.\n"
    template = (OUT / "template.yaml").read_text(encoding="utf-8")
    assert '"PENSTOCK_QUEUE_INTAKE"' in (folder / "publish.py").read_text(encoding="utf-8")
    assert "PENSTOCK_QUEUE_INTAKE for service 'shop'" in template
