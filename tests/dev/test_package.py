import io
import zipfile
from pathlib import Path

from penstock.dev.package import folder_archive


def test_an_archive_has_the_same_bytes_whatever_the_files_dates(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    before = folder_archive(tmp_path)
    (tmp_path / "a.py").touch()
    assert folder_archive(tmp_path) == before
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        assert archive.namelist() == ["a.py", "inner/b.py"]
