"""Durations, sizes and rates, as the language writes them and as findings show them.

Inside the compiler a duration is a whole number of seconds, a size a whole number of bytes and a rate a number per second; text in
units exists only at the two edges.
"""

from functools import cache

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def is_duration(text: str) -> bool:
    """Whether a text is a duration."""
    number = text.rstrip("mshd")
    return number.isdecimal() and text[len(number) :] in {"ms", *_SECONDS}


@cache
def duration(text: str) -> int:
    """Seconds in a duration such as ``30s`` or ``14d``; ``ms`` are rounded up to a whole second."""
    if text.endswith("ms"):
        return -(-int(text[:-2]) // 1_000)
    return int(text[:-1]) * _SECONDS[text[-1]]


def milliseconds(text: str) -> int:
    """Milliseconds in a duration."""
    return int(text[:-2]) if text.endswith("ms") else duration(text) * 1_000


@cache
def size(text: str) -> int:
    """Bytes in a size such as ``256KiB``."""
    number = text.rstrip("BKMGi")
    return int(number) * _BYTES[text[len(number) :]]


@cache
def rate(text: str) -> float:
    """Events per second in a rate such as ``100/s`` or ``2000/m``."""
    count, _, unit = text.partition("/")
    return int(count) / _SECONDS[unit]


def show_duration(seconds: int) -> str:
    """A duration in the largest unit that divides it: ``90 s``, ``3 min``, ``14 d``."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def write_duration(seconds: int) -> str:
    """A duration as the language writes it: ``90s``, ``3m``, ``14d``."""
    return show_duration(seconds).replace("min", "m").replace(" ", "")


def show_size(count: int) -> str:
    """A size in the largest unit that divides it: ``256 KiB``."""
    for unit in ("GiB", "MiB", "KiB"):
        if count and count % _BYTES[unit] == 0:
            return f"{count // _BYTES[unit]} {unit}"
    return f"{count} bytes"
