"""The example `returns` on the embedded AWS: flows without a conductor, each to its end, and what was done undone.

The emulator has no integration of an API with a bus, so the events are put on the bus as the route would.
"""

from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

RETURNS = {"fine": ("lamp", "broken"), "closed": ("sofa", "broken"), "whim": ("vase", "changed-mind")}
"""By order: the article, and why it comes back. The card of the order `closed` takes nothing back."""


def ended(system: System) -> list[str]:
    return sorted(item["order_id"] for item in system.items("open-returns") if item["ended"])


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    given = compiled("../../examples/returns", tmp_path_factory.mktemp("returns") / "out")
    system = System.of(aws, given, visibility=None)
    for order, (article, reason) in RETURNS.items():
        request = {"return_id": f"r-{order}", "order_id": order, "article": article, "reason": reason}
        system.send("ReturnRequested", request, "site")
    until(lambda: len(ended(system)) == len(RETURNS), "not every flow has ended")
    yield system
    assert aws.denials() == ()


def test_what_was_done_is_undone_where_a_later_step_fails(system: System) -> None:
    assert {item["article"]: item["pieces"] for item in system.items("stock")} == {"lamp": 1, "sofa": 0}


def test_every_flow_ends(system: System) -> None:
    assert ended(system) == sorted(RETURNS)


def test_nothing_is_given_up(system: System) -> None:
    assert system.lying() == {}
