"""`penstock lint --importers`: whoever imports what is looked at is looked at too."""

from pathlib import Path

import pytest

from penstock.cli.importers import with_importers
from tests.cli.conftest import Penstock
from tests.cli.workspaces import workspace


def add(folder: Path, name: str, text: str) -> Path:
    (folder / name).mkdir()
    path = folder / name / "topology.yaml"
    path.write_text(f"penstock: 1\nname: {name}\n{text}", encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository in which `shop` imports `inventory`."""
    (tmp_path / ".git").mkdir()
    return workspace(tmp_path)


def test_importers_of_importers_are_found_and_nobody_else(tmp_path: Path, shop: Path) -> None:
    owner = tmp_path / "inventory" / "topology.yaml"
    later = add(tmp_path, "later", "imports: {shop: {topology: ../shop}}\n")
    staged = add(tmp_path, "staged", "environments: {prod: {imports: {stock: ../inventory/topology.yaml}}}\n")
    alone = add(tmp_path, "alone", "queues: {q: {}}\n")
    broken = add(tmp_path, "broken", "imports: [../inventory]\n")
    add(tmp_path, "unreadable", "imports: {a: {\n")
    assert set(with_importers([owner])) == {owner, shop, later, staged}
    assert with_importers([alone, broken]) == [alone, broken]


def test_a_change_of_the_owner_is_a_finding_of_the_importer(tmp_path: Path, shop: Path, penstock: Penstock) -> None:
    owner = tmp_path / "inventory" / "topology.yaml"
    owner.write_text(
        owner.read_text(encoding="utf-8").replace("  news: {export: true}", "  news: {}"), encoding="utf-8"
    )
    assert "REF036" not in penstock("lint", owner).out
    ran = penstock("lint", "--importers", owner)
    assert "REF036" in ran.out
    assert str(shop.relative_to(tmp_path)) in ran.out
    assert ran.code == 2
