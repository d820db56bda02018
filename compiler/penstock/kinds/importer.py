"""Reads the topologies that one imports from where they lie in the workspace."""

import os
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.diagnostics import Diagnostic
from penstock.kinds.build import build
from penstock.kinds.crossing import Crossing, Where, waits
from penstock.kinds.importing import Import, Imported, Use, stated_imports
from penstock.model.origin import YamlOrigin
from penstock.model.topology import Topology
from penstock.records import NamedTuple
from penstock.schema import check as check_schema
from penstock.source.schema_file import SchemaFiles
from penstock.source.workspace import find, read

if TYPE_CHECKING:
    from penstock.source.document import Document


class Deployed(NamedTuple):
    """A topology as it is deployed: where it lies, and its environment, if it has that."""

    path: Path
    environment: str | None


class _Other(NamedTuple):
    """Another topology, as far as it goes without its own imports, or the problem; and what these are."""

    topology: Topology | None
    problem: str
    deployed: "Deployed | None" = None
    where: Where = Where()
    file: str = ""
    home: Path = Path()
    imports: Mapping[str, Import] = {}
    borrowed: tuple[Use, ...] = ()


class Importer:
    """Reads imports for one topology, as they are in the same environment if they have that; each is read once."""

    def __init__(self, document: "Document", home: Path, environment: str | None) -> None:
        """Read for a topology that lies in ``home``."""
        self._home = home
        self._environment = environment
        self._where = _where(document.data, environment)
        self._file = _file(document)
        self._others: dict[Path, _Other] = {}

    def __call__(self, path: str) -> Imported:
        """See ``ReadImport``."""
        other = self._other(self._home, path)
        if other.file == self._file:
            return Imported(None, "it is this one, whose components need no alias", Where(), self._where)
        return Imported(other.topology, other.problem, other.where, self._where)

    def way_back(self, path: str) -> list[str]:
        """See ``ReadImport``. Linear: of each topology it is asked once for which others it waits."""
        first = self._other(self._home, path)
        came: dict[str, _Other | None] = {first.file: None}
        pending = [first]
        while pending:
            one = pending.pop()
            for following in self._awaited(one):
                if following.file == self._file:
                    return _names(one, following, came)
                if following.file not in came:
                    came[following.file] = one
                    pending.append(following)
        return []

    def owners(self, path: str) -> list[Deployed]:
        """The topologies whose stacks must be there before that of the one at ``path``, in the order of their deployment."""
        first = self._other(self._home, path)
        order: TopologicalSorter[Deployed] = TopologicalSorter()
        met = {first.file}
        pending = [first]
        while pending:
            one = pending.pop()
            for other in self._awaited(one):
                if one.deployed and other.deployed:
                    order.add(one.deployed, other.deployed)
                if other.file not in met:
                    met.add(other.file)
                    pending.append(other)
        return [each for each in order.static_order() if each != first.deployed]

    def _awaited(self, one: _Other) -> Iterator[_Other]:
        """The topologies whose stacks must be there before that of this one."""
        for use in one.borrowed:
            alias, _, name = use.name.partition("/")
            if alias not in one.imports:
                continue
            path, where, *_ = one.imports[alias]
            other = self._other(one.home, path)
            component = other.topology.components.get(name) if other.topology else None
            if other.topology and component:
                crossing = Crossing(component, other.topology, path, where.over(other.where), one.where, where)
                if waits(crossing, use.how):
                    yield other

    def _other(self, home: Path, path: str) -> _Other:
        whole = Path(os.path.normpath(home / path))
        if whole not in self._others:
            self._others[whole] = self._read(whole)
        return self._others[whole]

    def _read(self, path: Path) -> _Other:
        found = find([path])
        if len(found) != 1:
            return _Other(None, "there is none" if not found else "several topologies lie there")
        written = read(found[0])
        if written.document is None:
            return _Other(None, _problem([Diagnostic.of_fault(one) for one in written.faults]))
        document, faults = _varied(written.document, self._environment)
        if document is None:
            return _Other(None, _problem(faults))
        built = build(document, SchemaFiles(written.home))
        return _Other(
            built.topology,
            "" if built.topology else _problem(built.faults),
            Deployed(found[0], self._environment if self._environment in _environments(document.data) else None),
            _where(document.data, self._environment),
            _file(document),
            written.home,
            stated_imports(document.data, YamlOrigin(document, ((),))),
            built.borrowed,
        )


def _names(one: _Other | None, last: _Other, came: Mapping[str, _Other | None]) -> list[str]:
    way = [last]
    while one is not None:
        way.append(one)
        one = came[one.file]
    return [each.topology.name for each in reversed(way) if each.topology]


def _file(document: "Document") -> str:
    """What tells topologies apart: the file in which one has its name."""
    return os.path.realpath(document.entry(("name",)).source.path)


def _varied(document: "Document", environment: str | None) -> "tuple[Document | None, list[Diagnostic]]":
    data = document.data
    varies = isinstance(data, dict) and ("environments" in data or "parameters" in data)
    if not varies and not document.mentions("${") and not document.mentions("only_in"):
        faults = check_schema(document)
        return (None if faults else document), faults
    from penstock.model.variant import names, vary

    variant = vary(document, environment if environment in names(document) else None)
    return variant.document, variant.diagnostics


def _problem(faults: list[Diagnostic]) -> str:
    first, *others = faults
    more = f", and {len(others)} more" if others else ""
    line = first.span.source.text.count("\n", 0, first.span.start) + 1
    return f"{first.message} ({first.span.source.path}:{line}){more}"


def _where(data: Any, environment: str | None) -> Where:  # noqa: ANN401 - the data of a document
    own = _environments(data).get(environment)
    return Where(own.get("account"), own.get("region")) if isinstance(own, Mapping) else Where()


def _environments(data: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - the data of a document
    own = data.get("environments") if isinstance(data, Mapping) else None
    return own if isinstance(own, Mapping) else {}
