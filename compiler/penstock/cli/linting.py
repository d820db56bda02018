"""What ``penstock lint`` was asked for, and what one run of it found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.cli.report import fail
from penstock.diagnostics import Diagnostic
from penstock.pipeline import Checked, settings_of
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from penstock.lint.settings import Settings

_LEVELS = ("error", "warning", "info", "off")


class Choice(NamedTuple):
    """The options that say what is told and what is done about it."""

    profile: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: Mapping[str, str]
    baseline: Path | None
    write_baseline: Path | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    statistics: bool
    watch: bool
    exit_zero: bool
    importers: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Choice":
        """The options as click hands them over."""
        lists = {name: _codes(options[name]) for name in ("select", "ignore")}
        if options["unsafe_fixes"] and not (options["fix"] or options["diff"]):
            fail("--unsafe-fixes goes with --fix or --diff")
        return cls(**{**options, **lists, "severity": _severities(options["severity"])})

    def configured_baseline(self, files: Sequence[Path]) -> Path | None:
        """The baseline that the settings of the first topology name, if it is there."""
        for file in files[:1]:
            _, configured = settings_of(file)
            name = None if configured.faults else configured.values.get("baseline")
            path = configured.folder / name if name else None
            return path if path and path.exists() else None
        return None


class Run(NamedTuple):
    """What is known of the topologies that were looked at, and of a baseline the entries that are found no more."""

    checked: Sequence[Checked]
    gone: int = 0

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that is told, topology by topology."""
        return [diagnostic for one in self.checked for diagnostic in one.diagnostics]

    @property
    def baseline_note(self) -> str:
        """What is said of a baseline that has more than is found."""
        return f" ({self.gone} of the baseline found no more: write it again)" if self.gone else ""


def settings_for(file: Path, choice: Choice) -> "Settings | None":
    """The settings of a topology's repository with what the command line says over them; ``None`` where it says nothing."""
    stated: dict[str, Any] = {
        name: value
        for name, value in (
            ("profile", choice.profile),
            ("select", choice.select),
            ("ignore", choice.ignore),
            ("severity", choice.severity),
        )
        if value
    }
    if not stated:
        return None
    settings, configured = settings_of(file)
    return None if configured.faults else settings._replace(**stated)


def _codes(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(code.strip() for word in words for code in word.split(",") if code.strip())


def _severities(words: Sequence[str]) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in words)
    for code, level in pairs.items():
        if level not in _LEVELS:
            fail(f"--severity wants CODE=LEVEL with one of {', '.join(_LEVELS)}, not {code}={level}")
    return pairs
