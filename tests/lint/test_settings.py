"""Which findings are told, and how loudly."""

import pytest

from penstock.diagnostics import Diagnostic, Severity
from penstock.lint.settings import DEFAULT, Settings, choose
from penstock.source.text import Source, Span

SPAN = Span(Source("topology.yaml", "a: 1\n"), 0, 1)


def finding(code: str, severity: Severity = Severity.WARNING) -> Diagnostic:
    return Diagnostic(code, severity, "wrong", SPAN, rule="a-rule")


ALL = [finding("DLQ001", Severity.ERROR), finding("DLQ005"), finding("VIS001"), finding("GRF009", Severity.INFO)]


def told(settings: Settings) -> list[str]:
    return [diagnostic.code for diagnostic in choose(ALL, settings)]


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (DEFAULT, ["DLQ001", "DLQ005", "VIS001"]),
        (Settings(profile="strict"), ["DLQ001", "DLQ005", "VIS001", "GRF009"]),
        (Settings(select=("DLQ",)), ["DLQ001", "DLQ005"]),
        (Settings(select=("DLQ", "GRF")), ["DLQ001", "DLQ005", "GRF009"]),
        (Settings(ignore=("DLQ",)), ["VIS001"]),
        (Settings(ignore=("DLQ",), select=("ALL", "DLQ005")), ["DLQ005", "VIS001"]),
        (Settings(select=("DLQ001",), ignore=("ALL",)), ["DLQ001"]),
        (Settings(ignore=("ALL",)), []),
        (Settings(severity={"DLQ": "off", "DLQ001": "warning"}), ["DLQ001", "VIS001"]),
        (Settings(severity={"GRF": "error"}), ["DLQ001", "DLQ005", "VIS001", "GRF009"]),
    ],
)
def test_the_longest_selector_decides(settings: Settings, codes: list[str]) -> None:
    assert told(settings) == codes


def test_a_finding_is_rated_anew() -> None:
    (one,) = choose([finding("DLQ005")], Settings(severity={"DLQ": "error"}))
    assert one.severity is Severity.ERROR


def test_a_fault_of_the_input_is_no_choice() -> None:
    fault = Diagnostic("SRC005", Severity.ERROR, "empty", SPAN)
    assert choose([fault], Settings(ignore=("ALL",), severity={"SRC005": "off"})) == [fault]
