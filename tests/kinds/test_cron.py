"""Cron expressions: on which days they strike."""

from datetime import date

import pytest

from penstock.kinds.cron import longest_gap, read_cron


def test_fields_are_numbers_names_spans_and_steps() -> None:
    cron = read_cron("cron(0/20 8-10,18 ? JAN,3-4 MON-WED *)")
    assert cron is not None
    assert cron.minutes == frozenset({0, 20, 40})
    assert cron.hours == frozenset({8, 9, 10, 18})
    assert cron.days is None
    assert cron.months == frozenset({1, 3, 4})
    assert cron.weekdays == frozenset({2, 3, 4})


@pytest.mark.parametrize("every", ["rate(5 minutes)", "cron(0 6 L * ? *)", "cron(0 6 ? * 2#1 *)", "cron(0 25 * * ? *)"])
def test_what_says_more_than_numbers_is_not_read(every: str) -> None:
    assert read_cron(every) is None


def test_days_of_the_week_begin_on_sunday() -> None:
    sundays = read_cron("cron(0 6 ? * 1 *)")
    assert sundays is not None
    assert [sundays.strikes_on(date(2026, 3, day)) for day in (28, 29, 30)] == [False, True, False]


def test_months_without_a_day() -> None:
    cron = read_cron("cron(0 6 30 * ? *)")
    assert cron is not None
    assert cron.months_without() == [2]


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("rate(12 hours)", 0.5),
        ("cron(0 6 * * ? *)", 1),
        ("cron(0 6 ? * MON-FRI *)", 7),
        ("cron(0 6 31 * ? *)", 62),
        ("cron(0/5 * * * ? *)", 1 / 24),
        ("at(2030-01-31T03:00:00)", None),
    ],
)
def test_the_longest_gap_is_no_shorter_than_it_can_be(every: str, days: float | None) -> None:
    assert longest_gap(every) == (days if days is None else days * 86_400)
