from itertools import pairwise, permutations

from penstock.diagnostics import Diagnostic, Label, Severity, ordered
from penstock.source.text import Fault, Source, Span

SOURCE = Source("t.yaml", "a: b\nc: d\n")


def test_an_error_is_worse_than_a_warning() -> None:
    severities = [Severity.INFO, Severity.WARNING, Severity.ERROR]
    assert [severity.value for severity in severities] == ["info", "warning", "error"]
    for lower, higher in pairwise(severities):
        assert lower < higher
        assert lower <= higher
        assert higher > lower
        assert higher >= lower
        assert not higher < lower
    assert max(severities) is Severity.ERROR


def test_a_fault_becomes_an_error_that_says_the_same() -> None:
    first, second = Span(SOURCE, 0, 1), Span(SOURCE, 5, 6)
    fault = Fault("SRC004", "message", second, "help", ((first, "here"),))
    expected = Diagnostic("SRC004", Severity.ERROR, "message", second, "help", (Label(first, "here"),))
    assert Diagnostic.of_fault(fault) == expected
    assert Diagnostic.of_fault(fault, Severity.INFO).severity is Severity.INFO
    assert (expected.fix, expected.rule) == (None, None)


def test_the_order_is_that_of_file_place_and_code() -> None:
    other = Source("s.yaml", SOURCE.text)
    expected = [
        Diagnostic("Z", Severity.INFO, "m", Span(other, 9, 10)),
        Diagnostic("A", Severity.ERROR, "m", Span(SOURCE, 0, 1)),
        Diagnostic("B", Severity.ERROR, "m", Span(SOURCE, 0, 1)),
        Diagnostic("B", Severity.ERROR, "n", Span(SOURCE, 0, 1)),
        Diagnostic("A", Severity.ERROR, "m", Span(SOURCE, 0, 4)),
        Diagnostic("A", Severity.ERROR, "m", Span(SOURCE, 5, 6)),
    ]
    for shuffled in permutations(expected):
        assert ordered(shuffled) == expected
