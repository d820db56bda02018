"""What `penstock lint` can be asked for besides the findings as they are."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, WITHOUT_DLQ, save

SLOW = CLEAN.replace("    visibility_timeout: 3m\n", "    visibility_timeout: 20s  # short\n")
BOTH = SLOW.replace("    dlq: {max_receives: 5}\n", "")


def codes(penstock: Penstock, *arguments: str) -> list[str]:
    ran = penstock("lint", "--format", "json", *arguments)
    return [one["code"] for one in json.loads(ran.out)["diagnostics"]]


class TestChoosing:
    def test_on_the_command_line(self, penstock: Penstock) -> None:
        save(BOTH)
        assert sorted(codes(penstock)) == ["DLQ001", "VIS002"]
        assert codes(penstock, "--select", "VIS") == ["VIS002"]
        assert codes(penstock, "--ignore", "VIS002") == ["DLQ001"]
        assert codes(penstock, "--severity", "DLQ=off", "--severity", "VIS=error") == ["VIS002"]

    def test_in_the_repository(self, penstock: Penstock) -> None:
        save(BOTH)
        save('ignore = ["VIS"]\n', Path("penstock.toml"))
        assert codes(penstock) == ["DLQ001"]
        assert codes(penstock, "--ignore", "DLQ") == ["VIS002"]

    def test_a_severity_decides_whether_a_topology_compiles(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        assert penstock("compile", ".", "-o", "out").code == 1
        save('[tool.penstock]\nseverity = {DLQ001 = "warning"}\n', Path("pyproject.toml"))
        assert penstock("compile", ".", "-o", "out").code == 0

    def test_settings_that_are_wrong(self, penstock: Penstock) -> None:
        save(CLEAN)
        save("ignor = []\n", Path("penstock.toml"))
        ran = penstock("lint")
        assert ran.code == 2
        assert ran.out.startswith("error[CFG002] 'ignor' is no setting of penstock\n --> penstock.toml:1:1\n")

    @pytest.mark.parametrize("arguments", [["--severity", "DLQ=loud"], ["--unsafe-fixes"], ["--baseline", "none.json"]])
    def test_options_that_are_wrong(self, penstock: Penstock, arguments: list[str]) -> None:
        save(CLEAN)
        assert penstock("lint", *arguments).code == 2

    def test_strict_wants_reasons(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ.replace("  intake:", "  intake:  # penstock: ignore[DLQ001]"))
        assert codes(penstock) == []
        assert codes(penstock, "--profile", "strict") == ["SUP002"]

    def test_exit_zero(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        assert penstock("lint", "--exit-zero").code == 0
        save("")
        assert penstock("lint", "--exit-zero").code == 2


class TestFixing:
    def test_safe_fixes(self, penstock: Penstock) -> None:
        save(BOTH)
        ran = penstock("lint", "--fix")
        assert (ran.code, ran.err.splitlines()[0]) == (1, "fixed 1 finding in topology.yaml")
        text = Path("topology.yaml").read_text(encoding="utf-8")
        assert text == BOTH.replace("20s  # short", "1m  # short")

    def test_proposals_too(self, penstock: Penstock) -> None:
        save(BOTH)
        ran = penstock("lint", "--fix", "--unsafe-fixes")
        assert (ran.code, ran.out) == (0, "")
        assert "    dlq: {max_receives: 5}\n" in Path("topology.yaml").read_text(encoding="utf-8")
        again = penstock("lint", "--fix", "--unsafe-fixes")
        assert (again.code, again.err) == (0, "no findings in 1 topology\n")

    def test_a_diff_writes_nothing(self, penstock: Penstock) -> None:
        path = save(BOTH)
        ran = penstock("lint", "--diff")
        assert ran.code == 1
        assert "-    visibility_timeout: 20s  # short\n+    visibility_timeout: 1m  # short\n" in ran.out
        assert path.read_bytes() == BOTH.encode()

    def test_mode_mark_and_line_ends_stay(self, penstock: Penstock) -> None:
        path = save("\ufeff" + SLOW.replace("\n", "\r\n"))
        path.chmod(0o640)
        assert penstock("lint", "--fix").code == 0
        assert path.read_bytes().decode() == "\ufeff" + SLOW.replace("20s", "1m").replace("\n", "\r\n")
        assert path.stat().st_mode & 0o777 == 0o640

    def test_an_unused_comment_goes(self, penstock: Penstock) -> None:
        path = save(CLEAN.replace("  intake:", "  intake:  # penstock: ignore[DLQ001] because of nothing"))
        assert penstock("lint", "--fix").code == 0
        assert path.read_bytes() == CLEAN.encode()


class TestBaseline:
    def test_only_what_is_new_is_told(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        ran = penstock("lint", "--write-baseline", "known.json")
        assert (ran.code, ran.err) == (0, "known.json has 1 finding: from now on only others are told\n")
        assert codes(penstock, "--baseline", "known.json") == []
        save(BOTH)
        assert codes(penstock, "--baseline", "known.json") == ["VIS002"]

    def test_named_in_the_settings(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        save('baseline = "known.json"\n', Path("penstock.toml"))
        assert codes(penstock) == ["DLQ001"]
        penstock("lint", "--write-baseline", "known.json")
        assert codes(penstock) == []

    def test_what_is_gone_is_said(self, penstock: Penstock) -> None:
        save(WITHOUT_DLQ)
        penstock("lint", "--write-baseline", "known.json")
        save(CLEAN)
        ran = penstock("lint", "--baseline", "known.json")
        assert (ran.code, ran.err) == (
            0,
            "no findings in 1 topology (1 of the baseline found no more: write it again)\n",
        )

    def test_no_baseline(self, penstock: Penstock) -> None:
        save(CLEAN)
        save("{}", Path("known.json"))
        ran = penstock("lint", "--baseline", "known.json")
        assert (ran.code, ran.err.startswith("penstock: known.json cannot be used: ")) == (2, True)

    def test_an_unusable_topology_has_none(self, penstock: Penstock) -> None:
        save("")
        assert penstock("lint", "--write-baseline", "known.json").code == 2
        assert not Path("known.json").exists()


@pytest.mark.parametrize("format_", ["sarif", "github", "junit", "gitlab"])
def test_every_form_tells_the_finding(penstock: Penstock, format_: str) -> None:
    save(WITHOUT_DLQ)
    ran = penstock("lint", "--format", format_)
    assert (ran.code, ran.err) == (1, "")
    assert "DLQ001" in ran.out


def test_statistics(penstock: Penstock) -> None:
    save(BOTH)
    assert penstock("lint", "--statistics").out == (
        "     1  error    DLQ001  queue-without-dead-letters\n     1  warning  VIS002  visibility-below-retries\n"
    )
