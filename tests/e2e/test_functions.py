"""Functions with code of the team's own: it runs where it is here, and where it is not that is said and nothing is lost.

Some are kept warm: all that invokes them goes to their alias.
"""

from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two jobs, one of which cannot be done, when both have come to rest."""
    made = compiled("functions", tmp_path_factory.mktemp("functions") / "out", noted=True)
    system = System.of(aws, made)
    system.send("JobWanted", {"job_id": "possible"})
    until(lambda: "papers" in system.lying(), "the job is under way")
    system.hurry(1)
    system.send("JobWanted", {"job_id": "impossible"})
    until(lambda: system.lying().keys() == {"papers", "jobs-dlq"}, "the other job is under way")
    yield system
    assert aws.denials() == ()


def test_code_that_was_built_runs_and_knows_where_its_store_and_its_queue_are(system: System) -> None:
    assert {"job_id": "possible"} in system.items("done")


def test_only_what_it_says_failed_is_given_up(system: System) -> None:
    assert system.lying()["jobs-dlq"] == [({"job_id": "impossible"}, 5)]


def test_what_cannot_run_here_reads_nothing(system: System) -> None:
    assert system.lying()["papers"] == [({"job_id": "possible"}, 0)]
    told = [change.what for change in system.stack.changes if change.logical_id == "FileFunction"]
    assert told == ["does not run, because its code is in a bucket: it reads nothing, and whatever invokes it fails"]
    assert not next(place for place in system.places.queues if place.name == "papers").drained


@pytest.mark.parametrize(
    ("producer", "job", "version"),
    [("shouts", "called", "$LATEST"), ("signs", "hung up", "$LATEST"), ("desk", "asked for", "1")],
)
def test_what_is_kept_warm_is_invoked(system: System, producer: str, job: str, version: str) -> None:
    """By its alias, but where that says what becomes of asynchronous invocations, which the emulator does not look at."""
    system.send("JobWanted", {"job_id": job}, producer)
    until(lambda: {"job_id": job, "version": version} in system.items("done"), f"{job} was not seen", 20)


def test_what_an_alias_says_of_failed_invocations_holds_for_its_function_here(system: System) -> None:
    system.send("JobWanted", {"job_id": "impossible"}, "shouts")
    until(lambda: "listen-failed" in system.lying(), "the failed invocation is under way", 20)


def test_environments_are_kept_of_the_version_that_was_published(system: System) -> None:
    function = system.stack.physical("WorkFunction")
    alias = system.aws.call("lambda", "get_alias", FunctionName=function, Name="live")
    assert alias["FunctionVersion"] == "1"
    kept = system.aws.call("lambda", "get_provisioned_concurrency_config", FunctionName=function, Qualifier="live")
    assert kept["RequestedProvisionedConcurrentExecutions"] == 1
    version = system.aws.call("lambda", "get_function", FunctionName=function, Qualifier="1")["Configuration"]
    assert version["Description"] == "dev"


def test_where_successes_are_told_is_set_up_as_declared(system: System) -> None:
    """The emulator sends no such records, and the run says so; records of failures it sends, and those look alike."""
    function = system.stack.physical("ListenFunction")
    config = system.aws.call("lambda", "get_function_event_invoke_config", FunctionName=function, Qualifier="$LATEST")
    heard = system.stack.physical("HeardQueue").rpartition("/")[2]
    assert config["DestinationConfig"]["OnSuccess"]["Destination"].endswith(f":{heard}")
    told = [change.what for change in system.stack.changes if change.logical_id == "ListenFunctionInvocations"]
    assert any("sends no records of successes" in what for what in told)
