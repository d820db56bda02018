"""What holds for every test."""

import pytest
from hypothesis import settings

# No test asserts a time, so neither does Hypothesis. With CI set, Hypothesis itself takes fixed examples.
settings.register_profile("default", settings.get_profile("default"), deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="Rewrite examples/*/expected with what is compiled now."
    )


@pytest.fixture
def write_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-golden"))
