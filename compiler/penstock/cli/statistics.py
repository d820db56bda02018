"""How often each rule speaks."""

from collections import Counter
from collections.abc import Sequence

from penstock.diagnostics import Diagnostic


def statistics(diagnostics: Sequence[Diagnostic]) -> str:
    """A line for each code: how often, how bad, and what it is called; the most frequent first."""
    counted = Counter((one.code, one.severity.value, one.rule or "") for one in diagnostics)
    rows = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join(
        f"{count:>6}  {severity:<7}  {code}  {name}".rstrip() + "\n" for (code, severity, name), count in rows
    )
