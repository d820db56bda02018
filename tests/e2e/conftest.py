from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running
