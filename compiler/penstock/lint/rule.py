"""What a rule is, and what it finds."""

import sys
from collections.abc import Callable, Iterator

from penstock.diagnostics import Edit, Fix, Severity
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Finding(NamedTuple):
    """One fault: its place, what happens to a message, what to do, and the other places that have a part in it."""

    place: Place
    message: str
    help: str | None = None
    related: tuple[tuple[Place, str], ...] = ()
    fix: Fix | None = None


def write(place: Place, text: str, *, safe: bool = True, short: str | None = None) -> Fix | None:
    """The fix that writes ``text``, YAML on one line, at a place; ``None`` where no small edit of the input does that.

    ``short`` is the key that a plain text stands for where a mapping may stand.
    """
    change = place.put(text, short)
    title = f"write `{place.path[-1] if place.path else ''}: {text}`"
    return Fix(title, (Edit(*change),), safe) if change else None


Check = Callable[[Topology], Iterator[Finding]]


class Rule(NamedTuple):
    """A check with its code, its name (which names the fault) and its severity."""

    code: str
    name: str
    severity: Severity
    check: Check

    @property
    def manual(self) -> str:
        """The manual page: the docstring of the rule's module."""
        return sys.modules[self.check.__module__].__doc__ or ""

    @property
    def title(self) -> str:
        """The first line of the manual page."""
        return self.manual.strip().partition("\n")[0]

    @property
    def family(self) -> str:
        """The folder in which the rule stands."""
        return self.check.__module__.split(".")[-2]


def rule(code: str, name: str, severity: Severity) -> Callable[[Check], Rule]:
    """Make a check into a rule."""
    return lambda check: Rule(code, name, severity, check)
