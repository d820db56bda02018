from pathlib import Path

import pytest

from penstock.dev import DevError
from penstock.dev.build import build


def test_nothing_is_built_where_there_is_no_typescript(tmp_path: Path) -> None:
    build(tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_npm_one_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DevError, match="built with npm, which is not installed"):
        build(tmp_path)
