"""The linter's settings of a repository: `penstock.toml`, or `[tool.penstock]` in `pyproject.toml`, at a topology or above it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple
from penstock.source.text import Fault, Source, Span, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWN = "penstock.toml"
SHARED = "pyproject.toml"
_TABLE = "tool.penstock"
_SEVERITIES = ("error", "warning", "info", "off")
_KEYS = ("profile", "select", "ignore", "severity", "baseline")


class Configuration(NamedTuple):
    """What a file of settings says, and where; ``source`` is ``None`` where there is no such file."""

    values: Mapping[str, Any]
    source: Source | None
    faults: list[Fault]

    @property
    def folder(self) -> Path:
        """The folder that the file lies in, from which its paths are read."""
        return Path(self.source.path).parent if self.source else Path()


NONE = Configuration({}, None, [])


def configuration(start: Path, profiles: tuple[str, ...]) -> Configuration:
    """The settings that hold for a topology in folder ``start``: the nearest file at or above it, up to the root of the repository."""
    for folder in _upwards(start):
        own, shared = folder / OWN, folder / SHARED
        if os.path.isfile(own):  # noqa: PTH113 - never raises
            return _read(own, "", profiles)
        if os.path.isfile(shared):  # noqa: PTH113 - never raises
            found = _read(shared, _TABLE, profiles)
            if found.source is not None or found.faults:
                return found
        if os.path.exists(folder / ".git"):  # noqa: PTH110 - never raises
            break
    return NONE


def _upwards(start: Path) -> Iterator[Path]:
    """A folder and those above it, as a user would write them: relative ones as long as they are below the current one."""
    absolute = Path(os.path.abspath(start))  # noqa: PTH100 - links are not followed
    here = Path.cwd()
    for folder in (absolute, *absolute.parents):
        yield folder.relative_to(here) if folder.is_relative_to(here) else folder


def _read(path: Path, table: str, profiles: tuple[str, ...]) -> Configuration:
    source, faults = read_source(path)
    if source is None:
        return Configuration({}, None, faults)
    if table and f"[{table}" not in source.text:
        return NONE
    import tomllib  # most topologies have no settings

    try:
        values: Any = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        return Configuration({}, source, [Fault("CFG001", f"{path} is no TOML: {error}", Span(source, 0, 0))])
    for part in table.split(".") if table else ():
        values = values.get(part, {})
    return Configuration(values, source, list(_wrong(values, source, profiles)))


def _wrong(values: Mapping[str, Any], source: Source, profiles: tuple[str, ...]) -> Iterator[Fault]:
    """Every setting that is not what it should be."""
    for key, value in values.items():
        what = _wanted(key, value, profiles)
        if what:
            yield Fault("CFG002", f"{key!r} {what}", _line_of(source, key), _help(key))


def _wanted(key: str, value: object, profiles: tuple[str, ...]) -> str | None:
    """What is wrong with a setting, in words that follow its name."""
    match key, value:
        case "profile", str() if value in profiles:
            return None
        case "profile", _:
            return f"must be one of {', '.join(profiles)}"
        case (("select" | "ignore"), list()) if all(isinstance(one, str) for one in value):
            return None
        case (("select" | "ignore"), _):
            return 'must be a list of codes, such as ["DLQ", "VIS001"]'
        case "severity", dict() if all(one in _SEVERITIES for one in value.values()):
            return None
        case "severity", _:
            return f"must give codes one of {', '.join(_SEVERITIES)}"
        case "baseline", str():
            return None
        case "baseline", _:
            return "must be the path of a file"
        case _:
            return "is no setting of penstock"


def _help(key: str) -> str | None:
    if key in _KEYS:
        return None
    from difflib import get_close_matches

    near = get_close_matches(key, _KEYS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_KEYS)}"


def _line_of(source: Source, key: str) -> Span:
    """The line that begins with a key; a parser of TOML keeps no places."""
    for number in range(1, source.line_count + 1):
        line = source.line(number)
        if line.lstrip().startswith((key, f'"{key}"')) or line.strip().startswith(f"[{_TABLE}.{key}"):
            start = source.starts[number - 1] + len(line) - len(line.lstrip())
            return Span(source, start, source.starts[number - 1] + len(line.rstrip()))
    return Span(source, 0, 0)
