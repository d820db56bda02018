"""Names of components out of logical ids, in the language's spelling."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from penstock.plan.names import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z0-9]+")
_NUMBER = re.compile(r"N(n*[0-9].*)")
ROLES = {
    "buses": ("bus",),
    "consumers": ("function", "log", "endpoint-destination"),
    "keys": ("key",),
    "producers": ("schedule",),
    "queues": ("queue",),
    "sagas": ("saga",),
    "stores": ("table", "bucket"),
    "streams": ("stream",),
    "topics": ("topic",),
}
"""What the compiler puts behind a component's name in its logical id."""


def spelt(text: str) -> str:
    """A text as a component's name.

    >>> spelt("OrderIntakeDLQ"), spelt("ShopN2Queue"), spelt("arn:x/My_Topic")
    ('order-intake-dlq', 'shop-2-queue', 'arn-x-my-topic')
    """
    words = []
    for piece in re.split(r"[^A-Za-z0-9]+", text):
        for word in _WORD.findall(piece):
            number = _NUMBER.fullmatch(word)
            words.append((number[1] if number else word).lower())
    name = "-".join(words)
    if not name[:1].isalpha():
        name = f"n-{name}" if name else "unnamed"
    return shortened(name, LONGEST)


def bare(section: str, id_: str) -> str:
    """The name without what the compiler puts behind it, so that what is compiled has the logical id that it had."""
    name = spelt(id_)
    if section == "producers":
        name = name.rpartition("-from-")[2]
    for role in ROLES.get(section, ()):
        rest = name.removesuffix(f"-{role}")
        if rest not in {name, "default"}:
            return rest
    return name


def chosen(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A name for each section and logical id: the bare one, unless another component would have the same."""
    several = list(dict.fromkeys(wanted))
    bares = {one: bare(*one) for one in several}
    whole = {one: spelt(one[1]) for one in several}
    often = Counter(bares.values())
    names = {one: bares[one] if often[bares[one]] == 1 else whole[one] for one in several}
    taken = Counter(names.values())
    return {one: name if taken[name] == 1 else whole[one] for one, name in names.items()}
