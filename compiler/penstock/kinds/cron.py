"""Cron expressions of EventBridge Scheduler: on which days they strike, and when.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from datetime import date

from penstock.kinds.schedule import shortest_gap
from penstock.records import NamedTuple

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAYS_OF = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Numbers = frozenset[int]
_HOUR = 3_600
_DAY = 24 * _HOUR
_READ = 5
"""How many fields are read: the year, which comes last, is not."""


class Cron(NamedTuple):
    """What the fields of an expression mean; ``None`` for any. Weekdays are counted from Sunday, which is 1."""

    minutes: Numbers | None
    hours: Numbers | None
    days: Numbers | None
    months: Numbers | None
    weekdays: Numbers | None

    def strikes_on(self, day: date) -> bool:
        """Whether it strikes on a day."""
        return (
            (self.days is None or day.day in self.days)
            and (self.months is None or day.month in self.months)
            and (self.weekdays is None or day.isoweekday() % 7 + 1 in self.weekdays)
        )

    def months_without(self) -> list[int]:
        """The months in which none of its days exists, leap years apart."""
        if self.days is None:
            return []
        months = self.months or range(1, len(_DAYS_OF) + 1)
        return [month for month in sorted(months) if min(self.days) > _DAYS_OF[month - 1]]


def read_cron(every: str) -> Cron | None:
    """The meaning of an expression; ``None`` of what is no cron expression, and of one that says more than numbers, such as `L`."""
    fields = every.removeprefix("cron(").removesuffix(")").split()
    if not every.startswith("cron(") or len(fields) < _READ:
        return None
    limits = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (1, 7, _WEEKDAYS))
    try:
        return Cron(*(_numbers(field, *limit) for field, limit in zip(fields, limits, strict=False)))
    except ValueError:
        return None


def longest_gap(every: str) -> int | None:
    """At most so many seconds lie between two times of a schedule; ``None`` for one that strikes once, or is not understood."""
    if every.startswith("rate("):
        return shortest_gap(every)
    cron = read_cron(every)
    if cron is None:
        return None
    gaps = ((cron.months, 366), (cron.days, 62), (cron.weekdays, 7), (cron.hours, 1))
    return next((days * _DAY for field, days in gaps if field is not None), _HOUR)


def _numbers(field: str, least: int, most: int, names: tuple[str, ...]) -> Numbers | None:
    if field in {"*", "?"}:
        return None
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if not match:
            raise ValueError(part)
        first = least if match[1] == "*" else _number(match[1], names)
        alone = match[1] != "*" and not match[3]
        last = _number(match[2], names) if match[2] else first if alone else most
        found.update(range(first, last + 1, max(int(match[3] or 1), 1)))
    if not found or min(found) < least or max(found) > most:
        raise ValueError(field)
    return frozenset(found)


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)
