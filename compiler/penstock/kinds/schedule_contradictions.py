"""What the Scheduler would do otherwise than it reads."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.schedule import Schedule
from penstock.model.component import Component, Publication
from penstock.model.origin import Place
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """A schedule's payload is one message, sent to each target once; and a function that is invoked is not told which it is."""
    invoked_with: dict[str, Publication] = {}
    for schedule in components.values():
        if not isinstance(schedule, Schedule):
            continue
        first = schedule.publications[0]
        for publication in schedule.publications:
            known = first
            if publication.to in components and components[publication.to].word == "function":
                known = invoked_with.setdefault(publication.to, publication)
            place = Place(publication.origin, ("message",))
            if publication.message != first.message:
                text = f"{schedule} sends {first.message} and {publication.message}, but its payload is one message"
                yield fault("REF012", place, text, "write a schedule for each message")
            elif publication.message != known.message:
                text = f"{schedule} invokes {publication.to!r} with {publication.message}, as another does with {known.message}"
                yield fault("REF012", place, f"{text}: nothing tells them apart", "send one of them through a queue")
