"""Code that the team built, as `penstock compile` finds it."""

import zipfile
from pathlib import Path

import pytest

from penstock.emit.own_code import unfit_code
from tests.topologies import complete, topology_of


def told(folder: Path, path: str, handler: str) -> list[tuple[str, str, str]]:
    said = f"queues: {{q: {{}}}}\nconsumers: {{w: {{from: q, code: {path}, handler: {handler}}}}}\n"
    return [(one.code, one.span.text, one.message) for one in unfit_code(topology_of(complete(said)), folder)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module, a package, an extension module and a text in a folder, and the modules in an archive."""
    for name in (
        "dist/app.py",
        "dist/shop/orders.py",
        "dist/shop/__init__.py",
        "dist/fast.cpython-313.so",
        "dist/notes.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    with zipfile.ZipFile(tmp_path / "dist.zip", "w") as archive:
        for name in ("app.py", "shop/orders.py", "notes.txt"):
            archive.writestr(name, "")
    (tmp_path / "broken.zip").write_text("no archive")
    return tmp_path


@pytest.mark.parametrize("path", ["dist", "dist.zip"])
@pytest.mark.parametrize("handler", ["app.handle", "shop.orders.handle", "shop/orders.handle", "shop.handle"])
def test_a_module_that_is_there(folder: Path, path: str, handler: str) -> None:
    assert told(folder, path, handler) == []


def test_an_extension_module_is_one_too(folder: Path) -> None:
    assert told(folder, "dist", "fast.handle") == []


@pytest.mark.parametrize("path", ["dist", "dist.zip"])
@pytest.mark.parametrize(
    ("handler", "module"), [("ap.handle", "ap"), ("shop.money.handle", "shop/money"), ("notes.handle", "notes")]
)
def test_a_module_that_is_not_there(folder: Path, path: str, handler: str, module: str) -> None:
    text = f"function 'w' begins in {handler!r}, but there is no module {module!r} in {path}"
    assert told(folder, path, handler) == [("GEN003", f"handler: {handler}", text)]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("build", "does not exist"),
        ("broken.zip", "is neither a folder nor a .zip"),
        ("dist/app.py", "is neither a folder nor a .zip"),
    ],
)
def test_what_is_no_code(folder: Path, path: str, what: str) -> None:
    assert told(folder, path, "app.handle") == [("GEN002", f"code: {path}", f"the code of function 'w' {what}: {path}")]


def test_what_is_not_here_is_not_looked_for(tmp_path: Path) -> None:
    assert told(tmp_path, "{bucket: builds, key: a.zip}", "app.handle") == []
