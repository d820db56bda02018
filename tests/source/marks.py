"""Texts with marked places, and the faults that they should have there."""

import pytest

from penstock.source.yaml import Document, Source, parse

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and the places between them."""
    clean, places = "", []
    for piece in text.split("«"):
        inside, closed, behind = piece.partition("»")
        if closed:
            places.append((len(clean), len(clean) + len(inside)))
        clean += inside + behind
    return clean, places


def check(text: str, *expected: tuple[str, str, str | None], pure: bool) -> Document | None:
    """Exactly these faults (code, message, help) at exactly the marked places."""
    clean, places = marked(text)
    document, faults = parse(Source("t.yaml", clean), pure=pure)
    assert [(fault.code, fault.message, fault.help) for fault in faults] == list(expected)
    assert [(fault.span.start, fault.span.end) for fault in faults] == places
    return document
