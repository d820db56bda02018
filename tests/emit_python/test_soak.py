"""Under faults of every sort each effect is had once, poison is in the dead-letter queue and nowhere else, and nothing is lost."""

from pathlib import Path

import pytest

from tests.emit_python.soaking import LANGUAGES, soak


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_and_nothing_is_done_twice(tmp_path: Path, language: str) -> None:
    soaked = soak(tmp_path, 18, language=language)
    assert soaked.left == 0
    assert soaked.effects == {str(at): 1 for at in range(18)}
    assert soaked.dead == sorted(soaked.poison)
    assert soaked.told == {"MessageError: items: should have at least 1 items"}
    assert soaked.faults == 9
    assert soaked.sent == 18 + 6 + 3
    assert soaked.lost == 0
