"""What holds for every test."""

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/dev/", "tests/e2e/", "tests/packaging/", "tests/emit_python/test_embedded")

# No test asserts a time, so neither does Hypothesis. With CI set, Hypothesis itself takes fixed examples.
settings.register_profile("default", settings.get_profile("default"), deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="Rewrite examples/*/expected with what is compiled now."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Measure the coverage of the test processes alone: the programs that they start run as they do for a user."""
    if not config.getoption("numprocesses", None):  # the one that only starts the others hands it on to them
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """Keep the tests of a module together in one process where they share something costly, such as an embedded AWS.

    Not by the groups of pytest-xdist 3.8, which pytest 9.2 does not see.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # it carries no types
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid

    return Scheduling(config, log)


@pytest.fixture
def write_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-golden"))
