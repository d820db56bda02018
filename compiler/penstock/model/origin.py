"""Where the parts of a topology were written.

A front end hands every component an origin; a rule asks the component for a place by field and never learns which kind of file stands
behind it. Places are resolved to spans only when something is reported.
"""

from typing import TYPE_CHECKING, Any, Protocol

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from penstock.source.document import Document
    from penstock.source.editing import Change
    from penstock.source.schema_file import SchemaFile
    from penstock.source.text import Span
    from penstock.source.yaml import Route


class Origin(Protocol):
    """Where a component, a connection or a part of one was written."""

    def span(self, path: "Route") -> "Span":
        """What carets mark for the field at ``path``; for a field that is not written, the nearest thing around it."""
        ...

    def states(self, path: "Route") -> bool:
        """Whether the input says anything at ``path``, itself or by a default of the topology."""
        ...

    def stated(self) -> "Collection[str]":
        """The fields of which ``states`` is true."""
        ...

    def child(self, *path: str | int) -> "Origin":
        """The origin of a part."""
        ...

    def put(self, path: "Route", text: str, short: str | None = None) -> "Change | None":
        """The edit of the input after which ``text`` stands at ``path``, or ``None`` where this kind of input has none.

        ``short`` is the field that stands for a part which is written as a plain text.
        """
        ...


class YamlOrigin(NamedTuple):
    """A place in a topology file: the component's own route first, then the routes of the defaults that were merged under it."""

    document: "Document"
    routes: tuple["Route", ...]

    def span(self, path: "Route") -> "Span":
        """See ``Origin.span``: the first layer that states the field wins."""
        for route in self.routes:
            if self.document.has(route + path):
                return self.document.entry(route + path)
        return self.document.entry(self.routes[0] + path)

    def states(self, path: "Route") -> bool:
        """See ``Origin.states``."""
        for route in self.routes:  # noqa: SIM110 - asked of every setting of every component
            if self.document.has(route + path):
                return True
        return False

    def stated(self) -> "Collection[str]":
        """See ``Origin.stated``."""
        return {field for route in self.routes for field in _fields(self.document.data, route)}

    def child(self, *path: str | int) -> "YamlOrigin":
        """See ``Origin.child``."""
        return YamlOrigin(self.document, tuple([route + path for route in self.routes]))

    def put(self, path: "Route", text: str, short: str | None = None) -> "Change | None":
        """See ``Origin.put``: what is written stands at the component itself, whatever its defaults say."""
        return self.document.put(self.routes[0] + path, text, short)


def _fields(data: Any, route: "Route") -> "Collection[str]":  # noqa: ANN401 - the data of a document
    for name in route:
        try:
            data = data[name]
        except (KeyError, IndexError, TypeError):
            return ()
    return data if isinstance(data, dict) else ()


class FileOrigin(NamedTuple):
    """A place in a JSON or YAML file that a topology names."""

    file: "SchemaFile"
    route: "Route" = ()

    def span(self, path: "Route") -> "Span":
        """See ``Origin.span``."""
        return self.file.span(self.route + path)

    def states(self, path: "Route") -> bool:
        """See ``Origin.states``."""
        whole = self.route + path
        return not whole or whole[-1] in _fields(self.file.data, whole[:-1])

    def stated(self) -> "Collection[str]":
        """See ``Origin.stated``."""
        return _fields(self.file.data, self.route)

    def child(self, *path: str | int) -> "FileOrigin":
        """See ``Origin.child``."""
        return FileOrigin(self.file, self.route + path)

    def put(self, path: "Route", text: str, short: str | None = None) -> None:
        """See ``Origin.put``: the file is not the topology's own."""
        del path, text, short


class Elsewhere(NamedTuple):
    """The origin of something that another topology declares: what it states is stated there, and findings stand where it is named."""

    owner: Origin
    place: "Place"

    def span(self, path: "Route") -> "Span":
        """See ``Origin.span``: where it is named."""
        del path
        return self.place.span()

    def states(self, path: "Route") -> bool:
        """See ``Origin.states``."""
        return self.owner.states(path)

    def stated(self) -> "Collection[str]":
        """See ``Origin.stated``."""
        return self.owner.stated()

    def child(self, *path: str | int) -> "Elsewhere":
        """See ``Origin.child``."""
        return Elsewhere(self.owner.child(*path), self.place)

    def put(self, path: "Route", text: str, short: str | None = None) -> None:
        """See ``Origin.put``: another team's file is not ours to edit."""
        del path, text, short


class Selected(NamedTuple):
    """The origin of a part whose fields stand among those of its owner, some by another name: ``fields`` is what each is called there."""

    owner: Origin
    fields: "Mapping[str, str]"

    def _there(self, path: "Route") -> "Route":
        return (self.fields.get(str(path[0]), path[0]), *path[1:]) if path else path

    def span(self, path: "Route") -> "Span":
        """See ``Origin.span``."""
        return self.owner.span(self._there(path))

    def states(self, path: "Route") -> bool:
        """See ``Origin.states``."""
        return self.owner.states(self._there(path))

    def stated(self) -> "Collection[str]":
        """See ``Origin.stated``."""
        return {field for field in self.fields if self.states((field,))}

    def child(self, *path: str | int) -> Origin:
        """See ``Origin.child``."""
        return self.owner.child(*self._there(path))

    def put(self, path: "Route", text: str, short: str | None = None) -> "Change | None":
        """See ``Origin.put``."""
        return self.owner.put(self._there(path), text, short)


class Place(NamedTuple):
    """A field of something that was written, not yet looked up."""

    origin: Origin
    path: "Route"

    def child(self, *path: str | int) -> "Place":
        """The place of a part of the field."""
        return Place(self.origin, self.path + path)

    def span(self) -> "Span":
        """The place in the text."""
        return self.origin.span(self.path)

    def put(self, text: str, short: str | None = None) -> "Change | None":
        """The edit after which ``text`` stands here."""
        return self.origin.put(self.path, text, short)
