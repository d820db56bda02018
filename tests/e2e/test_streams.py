"""Records through two streams: an event source mapping each, and a put by a function between them.

The emulator's mappings heed neither the bound of the retries nor `bisect` nor the queue of failed batches, so nothing here
fails: what becomes of a failed record is shown by `tests/emit_python/test_handlers.py` and `tests/hops/test_streams.py`.
"""

from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

SENT = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "3"), ("b", "2")]
VIEWS = [f"{visitor}-{number}" for visitor, number in SENT]


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Views of two visitors, each followed through both streams."""
    system = System.of(aws, compiled("streams", tmp_path_factory.mktemp("streams") / "out"), visibility=None)
    for visitor, number in SENT:
        system.send("PageViewed", {"view_id": f"{visitor}-{number}", "visitor": visitor}, "site")
    until(lambda: len(system.journal().get("profile", ())) == len(SENT), "records are under way")
    yield system
    assert aws.denials() == ()


def test_every_record_passes_both_streams(system: System) -> None:
    assert system.journal()["rate"] == VIEWS
    for view in VIEWS:
        assert system.passed(view) == [
            "ratings > profile: handled VisitorRated 1",
            "views > rate: handled PageViewed 1",
        ]


def test_the_records_of_a_partition_key_stay_in_order(system: System) -> None:
    seen = system.journal()["profile"]
    for visitor in ("a", "b"):
        own = [line.split(" ")[1] for line in seen if line.startswith(f"{visitor} ")]
        assert own == [view for view in VIEWS if view.startswith(visitor)]


def test_nothing_is_given_up(system: System) -> None:
    assert system.lying() == {}
