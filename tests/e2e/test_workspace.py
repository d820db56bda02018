"""An order followed across three stacks: the teams of `examples/workspace`, deployed in the order in which they need each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.cli.output import write
from penstock.dev.embedded import EmbeddedAws
from penstock.pipeline import check, compile_topology
from tests.e2e.system import Compiled, System, until
from tests.topologies import EXAMPLES

pytestmark = pytest.mark.embedded

TEAMS = ("commerce", "inventory", "shipping")


def team(name: str, folder: Path) -> Compiled:
    path = EXAMPLES / "workspace" / name / "topology.yaml"
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    write(folder, compile_topology(path, checked.topology).files)
    return Compiled(checked.topology, folder)


@pytest.fixture(scope="module")
def systems(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, System]]:
    """The three stacks: what the later ones import, the first one exports and publishes as a parameter."""
    folder = tmp_path_factory.mktemp("workspace")
    yield {name: System.of(aws, team(name, folder / name)) for name in TEAMS}
    assert aws.denials() == ()


def kept(system: System, store: str, order: str) -> dict[str, str]:
    """What a team remembers of an order."""
    table = system.stack.physical(f"{store}Table")
    item = system.aws.call("dynamodb", "get_item", TableName=table, Key={"order_id": {"S": order}}).get("Item", {})
    return {name: value["S"] for name, value in item.items()}


def test_an_order_goes_through_all_three(systems: dict[str, System]) -> None:
    commerce = systems["commerce"]
    commerce.send("OrderPlaced", {"order_id": "4711", "sku": "lamp"})
    until(lambda: "parcel" in kept(commerce, "Orders", "4711"), "the parcel is under way")
    assert kept(commerce, "Orders", "4711") == {"order_id": "4711", "place": "A1", "parcel": "parcel-4711"}
    assert kept(systems["inventory"], "Stock", "4711") == {"order_id": "4711", "sku": "lamp", "place": "A1"}
    assert kept(systems["shipping"], "Parcels", "4711")["parcel"] == "parcel-4711"


def test_nothing_is_given_up(systems: dict[str, System]) -> None:
    until(lambda: not any(system.lying() for system in systems.values()), "something still lies in a queue")


def test_the_later_stacks_raise_their_alarms_with_the_first(systems: dict[str, System]) -> None:
    topic = systems["commerce"].stack.physical("AlertsTopic")
    for name in ("inventory", "shipping"):
        alarms = systems[name].aws.call("cloudwatch", "describe_alarms")["MetricAlarms"]
        assert any(alarm["AlarmActions"] == [topic] for alarm in alarms)
