r"""JSON Schema's patterns are ECMAScript's; Python's differ in a few places, and some cannot be said at all.

One difference is let pass: ``.`` in Python takes a carriage return and Unicode's line separators as well.
"""

import re
import warnings

# What ECMAScript's \s matches beyond Python's, which is told to stay within ASCII.
SPACES = r"\s\x0b\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def python_pattern(pattern: str) -> str | None:
    """The pattern in Python's words, to be searched with re.ASCII; None where Python has no words for it."""
    translated = "".join(_pieces(pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(translated, re.ASCII)
        except (re.error, Warning, OverflowError, RecursionError):
            return None
    return translated if _means_the_same(pattern) else None


def _pieces(pattern: str) -> list[str]:
    r"""The pattern's characters and escapes; outside of brackets, ``$`` is ``\Z``, as it means only the very end."""
    pieces: list[str] = []
    bracketed = False
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        outside = {"$": r"\Z", r"\s": f"[{SPACES}]", r"\S": f"[^{SPACES}]"}
        pieces.append({r"\s": SPACES}.get(piece, piece) if bracketed else outside.get(piece, piece))
        bracketed = piece == "[" or (bracketed and piece != "]")
    return pieces


def _means_the_same(pattern: str) -> bool:
    r"""Whether all escapes and groups are common to both: ``\A``, ``\Z``, ``(?P<n>``, ``(?i)`` are Python's alone."""
    escapes = set(re.findall(r"\\(.)", pattern, re.DOTALL))
    foreign = set("AZaUNpPck123456789") & escapes
    return not foreign and not re.search(r"\(\?[^:=!<]|\(\?<[^=!]|\[\]|\[\^\]|[*+?}]\+|\{,|\[[^]]*\\S", pattern)
