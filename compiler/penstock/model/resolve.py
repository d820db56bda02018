"""Name resolution: every name that a component uses becomes the thing it names, or a finding with what may have been meant."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from penstock.diagnostics import Diagnostic, Label, Severity
from penstock.model.component import Access, Call, Component, Connection, Delivery, Publication, Reference
from penstock.model.origin import Place
from penstock.model.topology import Message

READABLE = ("topic", "bus", "queue", "stream", "store")
SENDABLE = ("topic", "bus", "queue", "stream", "function", "saga", "store")
_BY_SAGAS = ("topic", "bus", "queue")
_STARTED = frozenset({"api", "schedule"})
"""What starts a saga by its starter, for it cannot give an execution its name."""
_MOST_SEARCHES = 25


def fault(
    code: str, place: Place, message: str, help_: str | None = None, related: tuple[Label, ...] = ()
) -> Diagnostic:
    """An error of resolution at a place."""
    return Diagnostic(code, Severity.ERROR, message, place.span(), help_, related)


def _nearest(name: str, known: Collection[str], similarity: float = 0.6) -> str | None:
    from difflib import get_close_matches  # a topology whose names are right pays nothing for it

    return next(iter(get_close_matches(name, known, n=1, cutoff=similarity)), None)


class Resolver:
    """The names of one topology."""

    def __init__(self, components: Mapping[str, Component], messages: Mapping[str, Message]) -> None:
        """Resolve against these."""
        self.components = components
        self.messages = messages
        self.faults: list[Diagnostic] = []
        self._likely_stores: dict[str, bool] = {}

    def connections(self) -> Iterator[Connection]:
        """Every edge whose two ends exist."""
        for component in self.components.values():
            for reference in component.references:
                self._reference(reference)
            for mention in component.mentions:
                if mention.message.rpartition("/")[2] not in self.messages:
                    self._unknown_message(mention.message, mention.place)
            yield from self._deliveries(component)
            yield from self._publications(component)
            for access in component.accesses:
                yield from self._access(component, access)
            for call in component.calls:
                yield from self._call(component, call)

    def find(self, name: str, place: Place, kinds: tuple[str, ...], what: str) -> Component | None:
        """The component of that name, if its kind will do; else a fault, which says ``what`` follows from it."""
        found = self.components.get(name)
        if found is None:
            candidates = [other.name for other in self.components.values() if other.word in kinds]
            self._unknown(name, candidates, place, what)
            return None
        if found.word not in kinds:
            wanted = " or ".join(_article(kind) for kind in kinds)
            text = f"{name!r} is {_article(found.word)}, but {wanted} is needed here"
            self.faults.append(fault("REF003", place, text, _direction(found.word, kinds)))
            return None
        return found

    def known(self, name: str, place: Place, what: str) -> None:
        """A fault unless there is a component of that name; ``what`` follows from it."""
        if name not in self.components:
            self._unknown(name, self.components, place, what)

    def _reference(self, reference: Reference) -> None:
        self.find(reference.name, reference.place, reference.kinds, f"{_article(reference.kinds[0])} is needed here")

    def _deliveries(self, component: Component) -> Iterator[Connection]:
        seen: dict[tuple[str, str | None], Delivery] = {}
        for delivery in component.deliveries:
            place = Place(delivery.origin, ("source",))
            self._known_messages(delivery)
            twin = seen.setdefault((delivery.source, delivery.id), delivery)
            if twin is not delivery:
                text = f"{component} reads {delivery.source!r} twice"
                other = self.components.get(delivery.source)
                help_ = "merge the two entries" + (", or give each an `id`" if other and other.is_read_by_rules else "")
                first = Label(Place(twin.origin, ("source",)).span(), "first read here")
                self.faults.append(fault("REF006", place, text, help_, (first,)))
                continue
            source = self.find(delivery.source, place, READABLE, f"{component} cannot read it")
            if source is not None:
                yield Connection(source=source, target=component, settings=delivery)

    def _known_messages(self, delivery: Delivery) -> None:
        for index, name in enumerate(delivery.messages or ()):
            if name not in self.messages:
                self._unknown_message(name, Place(delivery.origin, ("messages", index)))

    def _unknown(self, name: str, known: Collection[str], place: Place, what: str) -> None:
        """A name that nothing has, with the nearest one that something has."""
        near = self._meant(name, known)
        help_ = f"did you mean {near!r}?" if near else None
        self.faults.append(fault("REF001", place, f"nothing is named {name!r}: {what}", help_))

    def _meant(self, name: str, known: Collection[str]) -> str | None:
        """The nearest known name, for the first faults; each search goes through all names, so a thousand of them would take minutes."""
        return _nearest(name, known) if len(self.faults) < _MOST_SEARCHES else None

    def _unknown_message(self, name: str, place: Place) -> None:
        near = self._meant(name, self.messages)
        help_ = f"did you mean {near!r}?" if near else "declare it under `messages:`"
        self.faults.append(fault("REF005", place, f"no message is named {name!r}", help_))

    def _publications(self, component: Component) -> Iterator[Connection]:
        seen: dict[tuple[str, str], Publication] = {}
        for publication in component.publications:
            twin = seen.setdefault((publication.message, publication.to), publication)
            if twin is publication:
                yield from self._publication(component, publication)
                continue
            text = f"{component} publishes {publication.message} to {publication.to!r} twice"
            first = Label(Place(twin.origin, ()).span(), "first written here")
            self.faults.append(fault("REF006", Place(publication.origin, ()), text, "leave one of them", (first,)))

    def _publication(self, component: Component, publication: Publication) -> Iterator[Connection]:
        if publication.message not in self.messages:
            self._unknown_message(publication.message, Place(publication.origin, ("message",)))
        place = Place(publication.origin, ("to",))
        kinds = _BY_SAGAS if component.word == "saga" else SENDABLE
        target = self.find(publication.to, place, kinds, f"{component} cannot send to it")
        if target is None:
            return
        if target.word == "saga" and component.word in _STARTED:
            target = self.components[getattr(target, "starter", "")]
        if any(delivery.source == component.name for delivery in target.deliveries):
            text = f"the edge from {component} to {target} is stated at both ends"
            self.faults.append(fault("REF004", place, text, "leave it at one of them"))
        yield Connection(source=component, target=target, settings=publication)

    def _access(self, component: Component, access: Access) -> Iterator[Connection]:
        place = Place(access.origin, ())
        if access.optional and access.store not in self.components:
            if self._means_a_store(access.store):
                self._unknown(access.store, self._stores, place, f"{component} cannot have an effect on it")
            return
        target = self.find(access.store, place, ("store",), f"{component} cannot use it")
        if target is not None:
            yield Connection(source=component, target=target, settings=access)

    def _call(self, component: Component, call: Call) -> Iterator[Connection]:
        if call.message is not None and call.message not in self.messages:
            self._unknown_message(call.message, Place(call.origin, ("message",)))
        place = Place(call.origin, (call.key,) if call.key else ())
        target = self.find(call.to, place, call.kinds, f"{component} cannot use it")
        if target is None:
            return
        if call.message and target.word == "queue":
            sent = Publication(message=call.message, to=call.to, origin=call.origin)
            yield Connection(source=component, target=target, settings=sent)
        else:
            yield Connection(source=component, target=target, settings=call)

    @cached_property
    def _stores(self) -> list[str]:
        return [component.name for component in self.components.values() if component.word == "store"]

    def _means_a_store(self, words: str) -> bool:
        """Whether words about the outside world are rather the name of a store, with a typing error.

        Each text is compared with every store, so this is not linear; a topology has few such texts.
        """
        if words not in self._likely_stores:
            self._likely_stores[words] = _nearest(words, self._stores, similarity=0.85) is not None
        return self._likely_stores[words]


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


_READ_FROM = {
    "email": "a topic",
    "endpoint": "a bus, a topic, a queue or a stream",
    "external consumer": "a bus, a topic, a queue or a stream",
    "log": "a bus",
    "service": "a queue",
}
"""What those may read who are sent nothing themselves."""


def _direction(word: str, kinds: tuple[str, ...]) -> str | None:
    """What to write where somebody turned an edge round."""
    if kinds == READABLE and word in {"function", "api", "external producer", "outbox", "schedule", "service"}:
        return "what is sent is written by the sender: use its `publishes:`"
    if kinds == SENDABLE and word in _READ_FROM:
        return f"send to {_READ_FROM[word]}, which the {word} reads with `from:`"
    return None
