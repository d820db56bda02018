"""The topologies that import others: a change of an owner can be a fault of theirs."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from penstock.source.workspace import around, find, read


def with_importers(files: Iterable[Path]) -> list[Path]:
    """Some topologies, then those of their repositories that import one of them, or one that does; each once."""
    known = {os.path.realpath(file): file for file in files}
    importers = _importers(known.values())
    pending = list(known)
    while pending:
        for importer in importers[pending.pop()]:
            place = os.path.realpath(importer)
            if place not in known:
                known[place] = importer
                pending.append(place)
    return list(known.values())


def _importers(files: Iterable[Path]) -> Mapping[str, list[Path]]:
    """By the place of a topology those that import it, in the repositories of some files."""
    found: dict[str, list[Path]] = defaultdict(list)
    met: dict[str, Path] = {}
    for file in files:
        if os.path.realpath(file) not in met:
            *_, whole = around(file)
            met |= {os.path.realpath(one): one for one in whole}
    for one in met.values():
        for place in _imported(one):
            found[place].append(one)
    return found


def _imported(path: Path) -> Iterator[str]:
    """The places of the topologies that one imports, in any environment; one that cannot be read imports nothing."""
    written = read(path)
    data = written.document.data if written.document else None
    for part in _parts(data):
        for own in _mapping(part.get("imports")).values():
            named = own.get("topology") if isinstance(own, Mapping) else own
            if isinstance(named, str):
                yield from map(os.path.realpath, find([Path(os.path.normpath(written.home / named))]))


def _parts(data: object) -> Iterator[Mapping[str, Any]]:
    """The topology, and what its environments lay over it."""
    topology = _mapping(data)
    yield topology
    yield from map(_mapping, _mapping(topology.get("environments")).values())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
