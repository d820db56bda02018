"""The function that starts a saga's executions where something else than code asks for them.

EventBridge, a pipe, a schedule and a queue cannot give an execution its name, so a second copy of a message would be a second execution.
A function can: it reads what the saga reads, and starts each execution under its message's idempotency key. What a saga's `from` says
holds for the function, with all that is known of deliveries to functions: batches, retries, dead letters.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from penstock.kinds.deliveries import function_deliveries
from penstock.kinds.function import read_function
from penstock.kinds.invocations import failed_queue
from penstock.kinds.queue import delivery_queues
from penstock.model.component import Call, Component
from penstock.model.entry import Entry
from penstock.model.origin import Origin
from penstock.plan.names import shortened
from penstock.records import NamedTuple, replace

if TYPE_CHECKING:
    from collections.abc import Collection

    from penstock.source.editing import Change
    from penstock.source.text import Span
    from penstock.source.yaml import Route

STARTS = "starts"
_NAME_LIMIT = 60
_ASKING = frozenset({"api", "schedule"})


class StarterOrigin(NamedTuple):
    """Where a starter was written: what it reads at the saga, its own settings under ``starter``."""

    saga: Origin

    def _route(self, path: "Route") -> "Route":
        return path if not path or path[0] == "from" else ("starter", *path)

    def span(self, path: "Route") -> "Span":
        """See ``Origin.span``."""
        return self.saga.span(self._route(path))

    def states(self, path: "Route") -> bool:
        """See ``Origin.states``."""
        return self.saga.states(self._route(path))

    def stated(self) -> "Collection[str]":
        """See ``Origin.stated``."""
        return {*self.saga.child("starter").stated(), *({"from"} if self.saga.states(("from",)) else ())}

    def child(self, *path: str | int) -> Origin:
        """See ``Origin.child``."""
        return self.saga.child(*self._route(path))

    def put(self, path: "Route", text: str, short: str | None = None) -> "Change | None":
        """See ``Origin.put``."""
        return self.saga.put(self._route(path), text, short)


def starter_name(saga: str) -> str:
    """The name of a saga's starter."""
    return shortened(f"{saga}-starter", _NAME_LIMIT)


def read_starter(name: str, saga: Entry) -> Iterator[Component]:
    """The starter of a saga and the queues that it writes inline; `needed` drops it where nothing asks for it."""
    own = saga.part("starter")
    given = {key: value for key, value in own.data.items() if value is not None}
    data = {"timeout": own.text("timeout"), **given}
    if "from" in saga.data:
        data["from"] = saga.data["from"]
    entry = Entry.of("consumer-function", data, StarterOrigin(saga.origin))
    tags = saga.pairs("tags")
    function = read_function(starter_name(name), entry, consumes=True)
    start = Call(to=name, word=STARTS, kinds=("saga",), key="from", origin=saga.origin)
    deliveries = function_deliveries(name, entry) if "from" in data else ()
    yield replace(function, deliveries=deliveries, calls=(start,), tags=tags)
    yield from delivery_queues(name, entry, tags)
    yield from failed_queue(function.name, entry.part("async"), tags)


def needed(components: Mapping[str, Component]) -> dict[str, Component]:
    """The components without the starters that nothing asks for, and without their queues."""
    asked = {
        publication.to
        for component in components.values()
        if component.word in _ASKING
        for publication in component.publications
    }
    idle = {
        component.name: component
        for component in components.values()
        if _is_starter(component) and not component.deliveries and component.part_of not in asked
    }
    if not idle:
        return dict(components)
    gone = {redrive.queue for starter in idle.values() for redrive in starter.dead_letters()}
    sagas = {starter.part_of for starter in idle.values()}
    return {
        name: component
        for name, component in components.items()
        if name not in idle and not (name in gone and component.part_of in sagas)
    }


def _is_starter(component: Component) -> bool:
    return any(call.word == STARTS for call in component.calls)


def started_by(component: Component) -> str | None:
    """The saga that a function is the starter of."""
    return next((call.to for call in component.calls if call.word == STARTS), None)


__all__ = ["STARTS", "needed", "read_starter", "started_by", "starter_name"]
