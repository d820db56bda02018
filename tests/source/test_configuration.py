"""Where the linter's settings come from, and what is wrong with them."""

from pathlib import Path

import pytest

from penstock.source.configuration import NONE, Configuration, configuration

PROFILES = ("recommended", "strict")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    Path("team/shop").mkdir(parents=True)


def found(start: str = "team/shop") -> Configuration:
    return configuration(Path(start), PROFILES)


def test_none() -> None:
    assert found() == NONE


@pytest.mark.parametrize("where", [".", "team", "team/shop"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("penstock.toml", 'profile = "strict"\n'),
        ("pyproject.toml", '[tool.other]\n[tool.penstock]\nprofile = "strict"\n'),
    ],
)
def test_at_or_above_the_topology(where: str, name: str, text: str) -> None:
    (Path(where) / name).write_text(text, encoding="utf-8")
    assert (found().values, found().faults, found().folder) == ({"profile": "strict"}, [], Path(where))


def test_the_nearest_counts_and_one_without_a_table_is_passed_over() -> None:
    Path("penstock.toml").write_text('ignore = ["DLQ"]\n', encoding="utf-8")
    Path("team/pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    assert found().values == {"ignore": ["DLQ"]}
    Path("team/shop/penstock.toml").write_text('ignore = ["VIS"]\n', encoding="utf-8")
    assert found().values == {"ignore": ["VIS"]}


def test_nothing_above_the_repository_counts(tmp_path: Path) -> None:
    Path("penstock.toml").write_text('ignore = ["DLQ"]\n', encoding="utf-8")
    Path("team/.git").mkdir()
    assert found() == NONE
    assert configuration(tmp_path / "team", PROFILES) == NONE


@pytest.mark.parametrize(
    ("line", "message", "help_"),
    [
        ("profile = 1", "'profile' must be one of recommended, strict", None),
        ('profiel = "strict"', "'profiel' is no setting of penstock", "did you mean 'profile'?"),
        ("zzz = 1", "'zzz' is no setting of penstock", "there are profile, select, ignore, severity, baseline"),
        ('select = "DLQ"', '\'select\' must be a list of codes, such as ["DLQ", "VIS001"]', None),
        ("ignore = [1]", '\'ignore\' must be a list of codes, such as ["DLQ", "VIS001"]', None),
        ('severity = {DLQ = "loud"}', "'severity' must give codes one of error, warning, info, off", None),
        ("baseline = 1", "'baseline' must be the path of a file", None),
    ],
)
def test_what_is_wrong_is_said_at_its_line(line: str, message: str, help_: str | None) -> None:
    Path("penstock.toml").write_text(f"# settings\n{line}\n", encoding="utf-8")
    (fault,) = found().faults
    assert (fault.code, fault.message, fault.help) == ("CFG002", message, help_)
    assert (fault.span.begin.line, fault.span.text) == (2, line)


def test_no_toml() -> None:
    Path("penstock.toml").write_text("profile = \n", encoding="utf-8")
    (fault,) = found().faults
    assert fault.code == "CFG001"
    assert fault.message.startswith("penstock.toml is no TOML: ")


def test_no_text() -> None:
    Path("penstock.toml").write_bytes(b"\xff\xfe")
    assert [fault.code for fault in found().faults] == ["SRC002"]
