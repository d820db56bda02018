"""Texts that have a format, and such as nearly do; and a validator that checks formats with another's implementation."""

import random
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker

from penstock.model.formats import CHECKED

TEXTS = {
    "date": ["2024-02-29", "2026-02-29", "2000-02-29", "1900-02-29", "0000-12-31", "2026-04-31", "2026-1-1", "20260101"],
    "time": ["03:04:05Z", "23:59:59.999z", "03:04:05+01:30", "23:59:60Z", "12:00:60Z", "24:00:00Z", "03:04:05", "03:04Z"],
    "date-time": ["2026-01-02T03:04:05Z", "2026-01-02t03:04:05.1-08:00", "2026-02-30T03:04:05Z", "2026-01-02 03:04:05Z"],
    "duration": ["P1Y2M3DT4H5M6S", "P4W", "PT5M", "P1M", "P", "PT", "P1DT", "P1Y1W", "p1d", "-P1D", "PT0.5S"],
    "uuid": ["00000000-0000-4000-8000-00000000000A", "00000000000040008000000000000001", "urn:uuid:0"],
    "email": ["a.b@c.example", '"a b"@c', "a@[127.0.0.1]", "a@[IPv6:::1]", "a..b@c", "a@", "a@b_c", "\u00fc@c", "@c"],
    "hostname": ["a", "host-1.example", "1.2", "-a", "a_b", "a.", "", "a..b", "b" * 63, "b" * 64, ".".join(["b" * 60] * 5)],
    "ipv4": ["192.0.2.255", "192.0.2.256", "192.0.02.1", "192.0.2", "192.0.2.1/8"],
    "ipv6": ["2001:db8::1", "::", "1:2:3:4:5:6:7:8", "1::2::3", "::1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "1:2:3:4:5:6:7::", "fe80::1%0"],
    "uri": ["https://u:p@h.example:80/a/b?c=d#e", "urn:a:b", "a:", "http://[::1]/", "http://a b", "//a", "a:%zz", "http://[::1::]/"],
}  # fmt: skip
_ORACLES = {
    name: jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid for name in CHECKED
}
CHECKER = FormatChecker(formats=())
for _name, _is_valid in _ORACLES.items():
    CHECKER.checks(_name)(_is_valid)

# What is taken although the format has no room for it: see `penstock.model.formats`.
_BEYOND = {
    "time": re.compile(r".*:60.*[+-]"),
    "date-time": re.compile(r".*:60.*[+-]"),
    "duration": re.compile(r"P[0-9]+Y[0-9]+D|P.*T[0-9]+H[0-9]+S"),
    "hostname": re.compile(r"(?:.*[.])?..--", re.DOTALL),
    "email": re.compile(r".*[@.]..--", re.DOTALL),
}


def validator(schema: Any) -> Draft202012Validator:  # noqa: ANN401 - JSON
    """A validator that checks formats too."""
    return Draft202012Validator(schema, format_checker=CHECKER)


def has(text: str, name: str) -> bool:
    """Whether a text has a format."""
    return _ORACLES[name](text)


def is_beyond(text: str, name: str) -> bool:
    """Whether a text may be taken although it does not have the format."""
    return name in _BEYOND and bool(_BEYOND[name].match(text))


def near(name: str, count: int) -> Iterator[str]:
    """Texts that are one to three characters away from those above."""
    chance = random.Random(name)  # noqa: S311 - the same texts every time
    for _ in range(count):
        text = chance.choice(TEXTS[name])
        for _ in range(chance.choice([1, 1, 2, 3])):
            at = chance.randrange(len(text) + 1)
            added = chance.choice([chance.choice(text or " "), chr(chance.randrange(1, 256)), ""])
            text = text[:at] + added + text[at + chance.randrange(2) :]
        if not is_beyond(text, name):
            yield text
