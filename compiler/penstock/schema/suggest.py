"""What somebody meant who wrote something that is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CUTOFF = 0.75


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, `visibility_timeout` for `visibilityTimeout`; None if none is near enough."""
    from difflib import get_close_matches  # most topologies are valid

    forms = {_plain(name): name for name in known}
    plain = _plain(word)
    if plain in forms:
        return forms[plain]
    found = get_close_matches(plain, forms, n=1, cutoff=_CUTOFF)
    return forms[found[0]] if found else None


def misspelt(key: str, value: Iterable[str], known: Collection[str]) -> str | None:
    """The unknown one of the keys that were written which was probably meant to be `key`."""
    return next((word for word in value if word not in known and nearest(word, (key,))), None)


def _plain(word: str) -> str:
    return _HUMP.sub("_", word[:100]).lower().replace("-", "_").replace(" ", "_")


def component_name(word: str) -> str:
    """A word as a component's name is written: `Order_Queue` becomes `order-queue`."""
    dashed = re.sub(r"[^a-z0-9]+", "-", _HUMP.sub("-", word).lower())
    return dashed.strip("-").lstrip("0123456789-")


def message_name(word: str) -> str:
    """A word as a message's name is written: `order-placed` becomes `OrderPlaced`."""
    words = re.findall(r"[A-Za-z0-9]+", word)
    return "".join(part[:1].upper() + part[1:] for part in words).lstrip("0123456789")
