"""A folder of files that are one topology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.source.joined import Joined
from penstock.source.text import Fault, Span, read_source
from penstock.source.yaml import Document, parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read_folder(files: Iterable[Path]) -> tuple[Joined | None, list[Fault]]:
    """Read and join the files; where one of them is unusable, or two say the same, there are only the faults of all."""
    documents: list[Document] = []
    faults: list[Fault] = []
    for file in files:
        source, found = read_source(file)
        document = None
        if source is not None:
            document, found = parse(source)
        faults += found
        if document is None or found:
            continue
        if isinstance(document.data, dict):
            documents.append(document)
        else:
            faults.append(_no_mapping(document))
    if faults:
        return None, faults
    joined = Joined(documents)
    return (None if joined.faults else joined), joined.faults


def _no_mapping(document: Document) -> Fault:
    span: Span = document.entry(())
    return Fault("SCH003", "this file is no mapping, but part of a topology has sections such as `queues:`", span)
