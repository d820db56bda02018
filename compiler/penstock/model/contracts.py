"""The schemas of messages: each made one from all the files that it refers to, and looked at for what is wrong.

A file that a schema refers to is put whole into the schema's own ``$defs``, once, however often and from wherever it is referred to;
so a circle of files is no trouble, and what reads the schema afterwards knows references within it alone. A relative reference is
relative to the file that it stands in. Nothing is ever fetched from a network.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from penstock.diagnostics import Diagnostic, Label, Severity
from penstock.model.origin import Place
from penstock.model.pointers import resolve, step, steps
from penstock.source.schema_file import NO_SCHEMA, SchemaFile
from penstock.source.text import Span

LEADS_NOWHERE = "REF051"
NOT_FETCHED = "REF052"
INVALID = "REF053"
_ABSOLUTE = r"[a-zA-Z][a-zA-Z0-9+.-]*:|//"
_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
_NAMES = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_DIALECTS = frozenset(
    f"json-schema.org/{draft}/schema"
    for draft in ("draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12")
)
_NOT_IN_A_NAME = r"[^A-Za-z0-9_-]+"

ReadSchema = Callable[[str], SchemaFile]
"""Reads a JSON Schema file by its path relative to the topology."""

Route = tuple[str | int, ...]


class _Part:
    """One schema of a contract: a file, or what stands in the topology itself (``name`` is then empty)."""

    def __init__(self, name: str, data: Any, span: Callable[[Route], Span]) -> None:  # noqa: ANN401 - JSON
        self.name = name
        self.data = data
        self.span = span
        self.prefix = ""

    @property
    def id(self) -> object:
        """What the schema calls itself."""
        return self.data.get("$id") if isinstance(self.data, dict) else None

    def pointer(self, fragment: str) -> str | None:
        """The pointer that a fragment is or, if it is an anchor, that of its subschema; ``None`` where there is neither."""
        if fragment and not fragment.startswith("/"):
            found = (step("", *route) for route, one in subschemas(self.data, ()) if one.get("$anchor") == fragment)
            return next(found, None)
        try:
            resolve(self.data, fragment)
        except KeyError:
            return None
        return fragment


class Contracts:
    """The schemas of a topology's messages, and what is wrong with them; a fault that several messages share is told once."""

    def __init__(self, read: ReadSchema) -> None:
        """Read files by ``read``."""
        self.read = read
        self.faults: list[Diagnostic] = []
        self._told: set[str] = set()
        self._checked: set[str] = set()

    def of_file(self, message: str, name: str, place: Place) -> Mapping[str, Any]:
        """The schema in a file that a message names."""
        file = self.file(posixpath.normpath(name), place.span(), f"the schema of message {message!r} cannot be used")
        if file is None:
            return {}
        return self._whole(_Part(posixpath.normpath(name), file.data, file.span))

    def of_mapping(self, schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        """A schema that stands in the topology."""
        part = _Part("", schema, lambda route: Place(place.origin, place.path + route).span())
        self._check(part)
        return self._whole(part)

    def _whole(self, part: _Part) -> Mapping[str, Any]:
        return _Bundle(self, part).schema()

    def file(self, name: str, named: Span, what: str) -> SchemaFile | None:
        """A file that can be used; otherwise a fault, told where the file is wrong or, if there is none, where it is named."""
        file = self.read(name)
        if not file.faults:
            if name not in self._checked:
                self._checked.add(name)
                self._check(_Part(name, file.data, file.span))
            return file
        if not file.found:
            self.tell(NO_SCHEMA, f"{what}: {file.faults[0].message}", named)
        elif name not in self._told:
            self._told.add(name)
            for fault in file.faults:
                found = Diagnostic.of_fault(fault)
                self.faults.append(found._replace(related=(*found.related, Label(named, "the file is used here"))))
        return None

    def tell(self, code: str, message: str, span: Span, help_: str | None = None) -> None:
        """Keep a fault."""
        self.faults.append(Diagnostic(code, Severity.ERROR, message, span, help_))

    def _check(self, part: _Part) -> None:
        """Whether a schema is what JSON Schema takes for one. A schema of a dialect that is not known is not looked at."""
        import jsonschema_rs

        dialect = part.data.get("$schema")
        if dialect is not None and not _is_known(dialect):
            return
        if not jsonschema_rs.meta.is_valid(part.data):
            from penstock.model.invalid_schemas import problems  # imports jsonschema, which a valid schema never needs

            for route, message, help_ in problems(part.data):
                self.tell(INVALID, f"this is no valid JSON Schema: {message}", part.span(route), help_)


def _is_known(dialect: object) -> bool:
    scheme, _, rest = dialect.removesuffix("#").partition("://") if isinstance(dialect, str) else ("", "", "")
    return scheme in {"http", "https"} and rest in _DIALECTS


class _Bundle:
    """One schema on its way to have all that it refers to within it."""

    def __init__(self, contracts: Contracts, root: _Part) -> None:
        self.contracts = contracts
        self.root = root
        self.parts = {root.name: root}
        self.taken = set(root.data.get("$defs") or ()) if isinstance(root.data.get("$defs") or {}, Mapping) else set()
        self.pending: list[_Part] = []

    def schema(self) -> Mapping[str, Any]:
        """The whole."""
        whole = self._rewritten(self.root.data, self.root, ())
        below: dict[str, Any] = {}
        while self.pending:
            part = self.pending.pop()
            data = self._rewritten(part.data, part, ())
            if isinstance(data, dict):  # what it calls itself would be what its references are relative to
                data = {word: value for word, value in data.items() if word not in {"$id", "$schema"}}
            below[steps(part.prefix)[-1]] = data
        return {**whole, "$defs": {**whole.get("$defs", {}), **dict(sorted(below.items()))}} if below else whole

    def _rewritten(self, data: Any, part: _Part, route: Route, *, names: bool = False) -> Any:  # noqa: ANN401 - JSON
        """A copy in which every reference is one within the whole; ``names`` is true where keys are no words of JSON Schema."""
        if isinstance(data, list):
            return [self._rewritten(each, part, (*route, index)) for index, each in enumerate(data)]
        if not isinstance(data, dict) or (route and not names and isinstance(data.get("$id"), str)):
            return data  # a part with an own id is a schema by itself, whose references mean other things
        made = {}
        for word, value in data.items():
            below = (*route, word)
            if not names and word == "$ref" and isinstance(value, str):
                made[word] = self._reference(value, part, below)
            elif not names and word in _VALUES:
                made[word] = value
            else:
                made[word] = self._rewritten(value, part, below, names=not names and word in _NAMES)
        return made

    def _reference(self, reference: str, part: _Part, route: Route) -> str:
        file, _, fragment = reference.partition("#")
        target = self._part(file, part, route)
        if target is None:
            return reference
        pointer = target.pointer(fragment)
        if pointer is not None:
            return f"#{target.prefix}{pointer}"
        where = f"{target.name!r}" if target.name else "the schema"
        near = _nearest(fragment, target)
        help_ = f"did you mean '{file}#{near}'?" if near else None
        message = f"the reference {reference!r} leads nowhere: {where} has no '#{fragment}'"
        self.contracts.tell(LEADS_NOWHERE, message, part.span(route), help_)
        return reference

    def _part(self, file: str, part: _Part, route: Route) -> _Part | None:
        """The schema that a reference is into, taken in if it is new."""
        if not file or file in {part.id, str(part.id).removesuffix("#")}:
            return part
        if re.match(_ABSOLUTE, file) or file.startswith("/"):
            message = f"the reference {file!r} is no relative path: Penstock reads files alone, and fetches nothing"
            help_ = "keep a copy of the schema beside this one, and write its path relative to this file"
            self.contracts.tell(NOT_FETCHED, message, part.span(route), help_)
            return None
        name = posixpath.normpath(posixpath.join(posixpath.dirname(part.name), unquote(file)))
        if name not in self.parts:
            found = self.contracts.file(name, part.span(route), f"the reference {file!r} leads nowhere")
            if found is None:
                return None
            taken = self.parts[name] = _Part(name, found.data, found.span)
            taken.prefix = step("/$defs", self._free(name))
            self.pending.append(taken)
        return self.parts[name]

    def _free(self, name: str) -> str:
        """A name under ``$defs`` that says which file it is."""
        stem = posixpath.basename(name).partition(".")[0]
        plain = re.sub(_NOT_IN_A_NAME, "-", stem).strip("-") or "schema"
        free, number = plain, 2
        while free in self.taken:
            free, number = f"{plain}-{number}", number + 1
        self.taken.add(free)
        return free


def subschemas(data: Any, route: Route, *, names: bool = False) -> Iterator[tuple[Route, Mapping[str, Any]]]:  # noqa: ANN401 - JSON
    """Everything in a schema that may be one itself."""
    if isinstance(data, list):
        for index, each in enumerate(data):
            yield from subschemas(each, (*route, index))
    elif isinstance(data, dict):
        if not names:
            yield route, data
        for word, value in data.items():
            if names or word not in _VALUES:
                yield from subschemas(value, (*route, word), names=not names and word in _NAMES)


def _nearest(fragment: str, part: _Part) -> str | None:
    """The pointer or anchor that may have been meant."""
    from difflib import get_close_matches  # only where something is wrong

    known = [step("", *route) for route, _ in subschemas(part.data, ()) if route]
    anchors = [str(schema["$anchor"]) for _, schema in subschemas(part.data, ()) if "$anchor" in schema]
    return next(iter(get_close_matches(fragment, anchors + known, n=1)), None)
