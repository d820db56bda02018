"""Functions with code of the team's own: it runs where it is here, and where it is not that is said and nothing is lost."""

from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

OWN = "has code of the team's own; the topology says that it answers with the messages of a batch that failed (batchItemFailures)"
ONCE = "takes a second copy of a message without a second effect"
NOTES = (
    f"function 'work' {OWN}, {ONCE}, gives what it sends the name of its message",
    f"function 'file' {OWN}, {ONCE}",
)


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two jobs, one of which cannot be done, when both have come to rest."""
    made = compiled("functions", tmp_path_factory.mktemp("functions") / "out", *NOTES)
    system = System.of(aws, made)
    system.send("JobWanted", {"job_id": "possible"})
    until(lambda: "papers" in system.lying(), "the job is under way")
    system.hurry(1)
    system.send("JobWanted", {"job_id": "impossible"})
    until(lambda: system.lying().keys() == {"papers", "jobs-dlq"}, "the other job is under way")
    yield system
    assert aws.denials() == ()


def test_code_that_was_built_runs_and_knows_where_its_store_and_its_queue_are(system: System) -> None:
    assert system.items("done") == [{"job_id": "possible"}]


def test_only_what_it_says_failed_is_given_up(system: System) -> None:
    assert system.lying()["jobs-dlq"] == [({"job_id": "impossible"}, 5)]


def test_what_cannot_run_here_reads_nothing(system: System) -> None:
    assert system.lying()["papers"] == [({"job_id": "possible"}, 0)]
    told = [change.what for change in system.stack.changes if change.logical_id == "FileFunction"]
    assert told == ["does not run, because its code is in a bucket: it reads nothing, and whatever invokes it fails"]
    assert not next(place for place in system.places.queues if place.name == "papers").drained
