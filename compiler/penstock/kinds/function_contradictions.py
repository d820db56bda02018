"""What Lambda would refuse of a function."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.diagnostics import Diagnostic, Label
from penstock.kinds.code import IMAGE_HAS_ITS_OWN
from penstock.kinds.function import Function
from penstock.model.component import Component, Delivery
from penstock.model.origin import Place
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in the settings of functions."""
    for component in components.values():
        if isinstance(component, Function) and not component.imported:
            yield from _warm(component)
            yield from _handover(component, components)
            for delivery in component.deliveries:
                yield from _pollers(delivery, component)
                if delivery.source in components and components[delivery.source].word in {"queue", "stream"}:
                    yield from _too_many_filters(delivery, component)
            if component.existing is None:
                yield from _code(component)


def _handover(function: Function, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Lambda sends records to no FIFO queue and no FIFO topic."""
    target = components.get(function.handover.to) if function.handover else None
    if target and getattr(target, "fifo", None):
        text = f"{function} cannot send its records to FIFO {target}: Lambda sends them to standard queues and topics alone"
        yield fault("REF028", function.at("async", "on_success"), text, "name a standard queue or topic")


def _warm(function: Function) -> Iterator[Diagnostic]:
    """What exists is kept warm by its owner; and what is kept warm is a part of what may run at once."""
    warm, most = function.provisioned, function.reserved
    if warm is None:
        return
    place = function.at("concurrency", "provisioned")
    if function.existing:
        text = f"{function.name!r} exists already, so `concurrency.provisioned` has no effect: it is its owner's to say"
        yield fault("REF030", place, text, "remove `provisioned`, or `existing`")
    elif most is not None and warm > most:
        reserved = Label(function.at("concurrency", "reserved").span(), "no more may run")
        text = f"{function} keeps {warm} environments warm, but only {most} may run at once: Lambda refuses that"
        yield fault("REF020", place, text, f"write `provisioned: {most}` or less, or a higher `reserved`", (reserved,))


def _code(function: Function) -> Iterator[Diagnostic]:
    """Generated code has a handler, an image has its own, and of all other code the team must say it."""
    if function.code is None:
        if function.handler is not None:
            text = f"{function} has a `handler`, but its code is generated, and has one"
            help_ = "say with `code` where the team's own code is, or remove `handler`"
            yield fault("REF017", function.at("handler"), text, help_)
    elif function.code.image is None:
        if function.handler is None:
            text = f"{function} has code of the team's own, but no `handler`: Lambda would not know what to call"
            yield fault("REF018", function.at("code"), text, "write `handler: module.function`")
    else:
        image = Label(function.at("code").span(), "the image brings it")
        for key in IMAGE_HAS_ITS_OWN:
            if getattr(function, key):
                text = f"{function} has `{key}` beside a container image: Lambda refuses a function with both"
                yield fault("REF019", function.at(key), text, f"remove `{key}`", (image,))


def _pollers(delivery: Delivery, function: Function) -> Iterator[Diagnostic]:
    if delivery.pollers is None:
        return
    least, most = delivery.pollers
    place = Place(delivery.origin, ("pollers",))
    if least > most:
        text = f"{function} wants at least {least} pollers and at most {most}"
        yield fault("REF043", place, text, "write a `max` that is not below `min`")
    if delivery.max_concurrency is not None:
        text = f"{function} has `pollers` and `max_concurrency` for one queue, but Lambda takes one of them"
        yield fault("REF043", place, text, "remove `max_concurrency`: a poller runs 10 invocations at once")


def _too_many_filters(delivery: Delivery, function: Function) -> Iterator[Diagnostic]:
    most = resources.limit("lambda.max_filters")
    if len(delivery.filters) > most:
        text = f"{function} has {len(delivery.filters)} filters for one source, but Lambda takes {most} at most"
        yield fault(
            "REF044",
            Place(delivery.origin, ("filter",)),
            text,
            "merge some of them: a list of values means any of them",
        )
