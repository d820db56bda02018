"""Reads the topologies that one imports from where they lie in the workspace."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.diagnostics import Diagnostic
from penstock.kinds.build import build
from penstock.kinds.crossing import Where
from penstock.kinds.importing import Imported, ReadImport
from penstock.schema import check as check_schema
from penstock.source.schema_file import SchemaFiles
from penstock.source.workspace import find, read

if TYPE_CHECKING:
    from penstock.source.document import Document


def importer(document: "Document", home: Path, environment: str | None) -> ReadImport:
    """What reads imports for a topology that lies in ``home``, as they are in the same environment if they have that."""
    own = _where(document.data, environment)

    def read_import(path: str) -> Imported:
        found = find([Path(os.path.normpath(home / path))])
        if len(found) != 1:
            problem = "there is none" if not found else "several topologies lie there"
            return Imported(None, problem, Where(), own)
        written = read(found[0])
        if written.document is None:
            return Imported(None, _problem([Diagnostic.of_fault(one) for one in written.faults]), Where(), own)
        other, faults = _varied(written.document, environment)
        if other is None:
            return Imported(None, _problem(faults), Where(), own)
        built = build(other, SchemaFiles(written.home))
        problem = "" if built.topology else _problem(built.faults)
        return Imported(built.topology, problem, _where(other.data, environment), own)

    return read_import


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
    environments = data.get("environments") if isinstance(data, Mapping) else None
    own = environments.get(environment) if isinstance(environments, Mapping) else None
    if not isinstance(own, Mapping):
        return Where()
    return Where(own.get("account"), own.get("region"))
