"""Amounts: what is written becomes seconds, bytes and rates, and is shown again as somebody would write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("30s", 30), ("3m", 180), ("4h", 14_400), ("14d", 1_209_600), ("1ms", 1), ("1000ms", 1), ("1001ms", 2)],
)
def test_durations_are_whole_seconds(text: str, seconds: int) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "count"), [("0B", 0), ("256B", 256), ("16KiB", 16_384), ("1MiB", 1 << 20), ("2GiB", 1 << 31)]
)
def test_sizes_are_bytes(text: str, count: int) -> None:
    assert units.size(text) == count


@pytest.mark.parametrize(("text", "per_second"), [("100/s", 100), ("120/m", 2), ("36/h", 0.01)])
def test_rates_are_per_second(text: str, per_second: float) -> None:
    assert units.rate(text) == pytest.approx(per_second)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (90, "90 s"), (180, "3 min"), (3_600, "1 h"), (1_209_600, "14 d"), (86_401, "86401 s")],
)
def test_durations_are_shown_in_the_largest_unit_that_divides_them(seconds: int, shown: str) -> None:
    assert units.show_duration(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(1_000, "1000 bytes"), (16_384, "16 KiB"), (1 << 20, "1 MiB"), (1 << 30, "1 GiB")]
)
def test_sizes_are_shown_in_the_largest_unit_that_divides_them(count: int, shown: str) -> None:
    assert units.show_size(count) == shown


@given(st.integers(0, 10**9))
def test_a_duration_that_is_written_is_read_back(seconds: int) -> None:
    assert units.duration(units.write_duration(seconds)) == seconds
