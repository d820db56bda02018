"""A schema file on the command line means the topologies that use it."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, places, save

INLINE = "{type: object, properties: {order_id: {type: string}}, required: [order_id]}"
ORDER = '{"type": "object", "properties": {"order_id": {"$ref": "../common/id.json"}}, "required": ["order_id"]}'


@pytest.fixture(autouse=True)
def _shop(penstock: Penstock) -> None:
    del penstock  # which has changed into an empty folder
    save(CLEAN.replace(INLINE, "messages/order.json"), Path("repo/shop/topology.yaml"))
    save(CLEAN, Path("repo/other/topology.yaml"))
    save(ORDER, Path("repo/shop/messages/order.json"))
    save('{"type": "strin"}', Path("repo/shop/common/id.json"))
    Path("repo/.git").mkdir()


@pytest.mark.parametrize("folder", [".", "repo", "repo/shop", "repo/shop/common", "repo/other"])
@pytest.mark.parametrize("name", ["messages/order.json", "common/id.json"])
def test_the_topology_that_uses_it_is_checked(
    penstock: Penstock, monkeypatch: pytest.MonkeyPatch, folder: str, name: str
) -> None:
    path = os.path.relpath(f"repo/shop/{name}", folder)
    monkeypatch.chdir(folder)
    ran = penstock("lint", "--format", "json", path)
    assert (ran.code, places(ran.out), ran.err) == (2, [("REF053", 1, 2)], "")


def test_a_topology_elsewhere_in_the_repository_is_found(penstock: Penstock) -> None:
    save('{"type": "string"}', Path("repo/shop/common/id.json"))
    save('{"type": "object"}', Path("repo/shared/order.schema.yaml"))
    save(CLEAN.replace(INLINE, "../shared/order.schema.yaml"), Path("repo/other/topology.yaml"))
    assert penstock("lint", "repo/shared/order.schema.yaml") == (0, "", "no findings in 1 topology\n")


def test_a_schema_that_no_topology_uses_is_no_fault(penstock: Penstock) -> None:
    save("{}", Path("repo/package.json"))
    assert penstock("lint", "repo/package.json") == (0, "", "penstock: no topology uses repo/package.json\n")


def test_a_schema_and_its_topology_are_checked_once(penstock: Penstock) -> None:
    ran = penstock("lint", "--format", "json", "repo/shop", "repo/shop/messages/order.json")
    assert len(places(ran.out)) == 1


def test_a_schema_of_one_environment_alone(penstock: Penstock) -> None:
    overlay = "environments:\n  dev: {messages: {OrderPlaced: {schema: messages/order.json}}}\n"
    save(CLEAN + overlay, Path("repo/shop/topology.yaml"))
    ran = penstock("lint", "--format", "json", "repo/shop/common/id.json")
    assert places(ran.out) == [("REF053", 1, 2)]
