"""What AWS would refuse, or do otherwise than it reads, though every part is valid by itself."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from penstock.diagnostics import Diagnostic, Label
from penstock.model.component import Component
from penstock.model.resolve import fault

_MODULES = {
    "api": "api_contradictions",
    "bus": "channel_contradictions",
    "endpoint": "sink_contradictions",
    "external consumer": "sink_contradictions",
    "function": "function_contradictions",
    "outbox": "outbox_contradictions",
    "queue": "channel_contradictions",
    "saga": "saga_contradictions",
    "schedule": "schedule_contradictions",
    "service": "service_contradictions",
    "store": "store_contradictions",
    "stream": "stream_contradictions",
    "topic": "channel_contradictions",
}
"""Where the contradictions stand that the components of a word can be part of. What a topology does not have is not imported."""


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction between the parts of a component, or between components."""
    yield from _names(components)
    words = {component.word for component in components.values()}
    for module in sorted({_MODULES[word] for word in words & _MODULES.keys()}):
        yield from import_module(f"penstock.kinds.{module}").contradictions(components)
    if any(component.deliveries for component in components.values()):
        from penstock.kinds.reading_contradictions import contradictions as of_deliveries

        yield from of_deliveries(components)


def _names(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """In an account a name belongs to one thing of its kind."""
    seen: dict[tuple[str, str], Component] = {}
    for component in components.values():
        name = getattr(component, "physical_name", None)
        if name is None:
            continue
        twin = seen.setdefault((component.word, name), component)
        if twin is not component:
            first = Label(twin.at("physical_name").span(), f"{twin} has it")
            text = f"two {component.word} components have the physical name {name!r}"
            yield fault("REF013", component.at("physical_name"), text, "give one of them another name", (first,))
