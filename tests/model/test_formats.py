import re
import time

import pytest

from penstock.emit.sample_texts import FORMATS
from penstock.model.formats import CHECKED, GRAMMAR, UNCHECKED, expression
from tests.formatted import TEXTS, has, is_beyond, near

LONG = 20_000


def _fits(text: str, name: str) -> bool:
    return re.fullmatch(expression(name), text) is not None


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_a_format_is_what_validators_take_for_it(name: str) -> None:
    texts = [*TEXTS[name], *near(name, 2000)]
    assert [text for text in texts if _fits(text, name) != has(text, name)] == []
    assert {_fits(text, name) for text in texts} == {True, False}


def test_a_little_more_is_taken() -> None:
    beyond = {
        "time": "15:30:60+08:00",
        "date-time": "2026-01-02T15:30:60+08:00",
        "duration": "PT1H2S",
        "hostname": "ab--cd",
        "email": "a@ab--cd",
    }
    for name, text in beyond.items():
        assert _fits(text, name)
        assert not has(text, name)
        assert is_beyond(text, name)


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_samples_have_their_format(name: str) -> None:
    assert all(_fits(FORMATS[name](number), name) for number in (1, 2, 59, 60, 300))


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_no_text_takes_long(name: str) -> None:
    started = time.process_time()
    for text in TEXTS[name]:
        for part in {*text, *(text[at : at + 2] for at in range(len(text)))}:
            _fits(text + part * LONG + "\n", name)
            _fits(part * LONG + "\n", name)
    assert time.process_time() - started < 10


def test_all_parts_are_used_and_all_formats_of_json_schema_are_known() -> None:
    used = {part for text in GRAMMAR.values() for part in re.findall("<([a-z0-9-]+)>", text)}
    assert used | CHECKED == GRAMMAR.keys()
    assert FORMATS.keys() == CHECKED | UNCHECKED
