"""``penstock import``: what it prints and writes, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.template.test_own_output import EXAMPLES

TEMPLATE = """Resources:
  OrdersQueue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
"""
TOPOLOGY = """# Made of shop.yaml by `penstock import`. What could not be expressed stands in comments.
# A template does not say what travels: describe the messages, and what the functions publish, effect and use.

penstock: 1
name: shop

queues:
  orders: {visibility_timeout: 1m}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_a_topology_is_printed(penstock: Penstock, shop: Path) -> None:
    assert penstock("import", shop) == (0, TOPOLOGY, "")
    assert penstock("import", shop, shop).out == TOPOLOGY
    assert "\nname: orders\n" in penstock("import", shop, "--name", "orders").out


def test_a_file_is_written_and_none_that_stands_there(penstock: Penstock, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "topology.yaml"
    assert penstock("import", shop, "-o", path) == (0, "", f"wrote {path}\n")
    assert path.read_text(encoding="utf-8") == TOPOLOGY
    path.write_text("mine\n", encoding="utf-8")
    ran = penstock("import", shop, "-o", path)
    assert (ran.code, ran.out, ran.err) == (2, "", f"penstock: {path} stands there already; --force writes over it\n")
    assert path.read_text(encoding="utf-8") == "mine\n"
    assert penstock("import", shop, "-o", path, "--force").code == 0
    assert path.read_text(encoding="utf-8") == TOPOLOGY
    assert [one.name for one in path.parent.iterdir()] == ["topology.yaml"]


def test_a_path_of_code_is_as_it_is_seen_from_the_file(penstock: Penstock, tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    function = "{Type: AWS::Lambda::Function, Properties: {Code: ../dist, Handler: app.run, Runtime: python3.13}}"
    (tmp_path / "infra" / "shop.yaml").write_text(f"Resources: {{Work: {function}}}", encoding="utf-8")
    assert "code: dist," in penstock("import", "infra/shop.yaml").out
    penstock("import", "infra/shop.yaml", "-o", "infra/topology.yaml")
    assert "code: ../dist," in (tmp_path / "infra" / "topology.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "error[SRC005] template 'given.yaml' is empty\n --> given.yaml"),
        (b"# no more\n", "error[SRC005] template 'given.yaml' is empty\n --> given.yaml:1:1"),
        (b"Resources:\n\tA: 1\n", "error[SRC003] a tab is used for indentation\n --> given.yaml:2:1"),
        (b"\xff\x00\x81", "error[SRC002] 'given.yaml' is not UTF-8"),
        (b"a: 1\n", "error[CFN001] 'given.yaml' declares no resources\n --> given.yaml:1:1"),
        (b"penstock: 1\nname: a\n", "error[CFN001] 'given.yaml' is a topology, not a template\n --> given.yaml:1:1"),
        (TEMPLATE.encode(), "error[CFN003] 'OrdersQueue' is a resource of"),
    ],
)
def test_what_cannot_be_imported_is_told_and_nothing_written(
    penstock: Penstock, shop: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "given.yaml").write_bytes(content)
    ran = penstock("import", shop, "given.yaml", "-o", "topology.yaml")
    assert (ran.code, ran.err) == (2, "penstock: not imported: the templates cannot be used\n")
    assert told in ran.out
    assert "penstock: 1`" not in ran.out
    assert not (tmp_path / "topology.yaml").exists()


def test_what_differs_is_explained(penstock: Penstock, shop: Path, tmp_path: Path) -> None:
    ran = penstock("import", shop, "--explain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "topology 'shop', compiled and held against its templates: of 1 resources of messaging 1 is the same"
    )
    told = json.loads(penstock("import", shop, "--explain", "--format", "json", "-o", tmp_path / "topology.yaml").out)
    assert told["resources"] == [
        {
            "type": "AWS::SQS::Queue",
            "template": "OrdersQueue",
            "compiled": "OrdersQueue",
            "component": "orders",
            "differences": [],
        }
    ]
    assert (tmp_path / "topology.yaml").read_text(encoding="utf-8") == TOPOLOGY


def test_what_was_compiled_can_be_imported_and_compiled_again(penstock: Penstock, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "orders" / "expected", tmp_path / "old")
    assert penstock("import", "old/template.yaml", "-o", "topology.yaml").code == 0
    assert "error[" not in penstock("lint").out
    assert penstock("compile", ".", "-o", "build").code == 0
    assert (tmp_path / "build" / "template.yaml").is_file()


def test_usage(penstock: Penstock, shop: Path) -> None:
    assert penstock("import").code == 2
    assert "no name of a topology" in penstock("import", shop, "--name", "My Shop").err
    assert "is a folder" in penstock("import", ".").out
    assert penstock("import", shop, "-o", shop / "x" / "topology.yaml").code == 2
