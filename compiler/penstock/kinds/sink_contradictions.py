"""What AWS would refuse of a consumer that is no function, though every part is valid by itself."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.diagnostics import Diagnostic
from penstock.kinds.bus import Bus, is_partners
from penstock.kinds.endpoint import Auth, Endpoint
from penstock.kinds.external_consumer import ExternalConsumer
from penstock.kinds.queue import Queue
from penstock.kinds.stream import Stream
from penstock.kinds.topic import Topic
from penstock.model.component import Component, Delivery
from penstock.model.deployed import MARK
from penstock.model.origin import Place
from penstock.model.resolve import fault
from penstock.model.units import show_duration

_OF_TYPE = {"header": "api-key", "field": "api-key", "token_url": "oauth", "scope": "oauth"}
_OF_SUBSCRIPTION = ("filter", "filter_on", "messages", "raw", "dlq")


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in what is sent out of the account."""
    for component in components.values():
        if isinstance(component, Endpoint):
            yield from _auth(component)
        if isinstance(component, Endpoint | ExternalConsumer):
            for delivery in component.deliveries:
                yield from _delivered(delivery, component, components.get(delivery.source))


def _auth(endpoint: Endpoint) -> Iterator[Diagnostic]:
    """Each type of authorization has settings of its own, and OAuth cannot do without its own."""
    if not isinstance(endpoint.auth, Auth):
        return
    kind = endpoint.auth.type
    for key, wanted in _OF_TYPE.items():
        if endpoint.states("auth", key) and kind != wanted:
            text = f"{endpoint} has `{key}` beside authorization of type {kind}, but it belongs to type {wanted}"
            yield fault("REF040", endpoint.at("auth", key), text, "remove it, or write the other type")
    if kind == "oauth" and endpoint.auth.token_url is None:
        text = f"{endpoint} has OAuth client credentials, but does not say where they get a token"
        yield fault("REF040", endpoint.at("auth"), text, "write `token_url: https://...`")


def _delivered(delivery: Delivery, component: Component, source: Component | None) -> Iterator[Diagnostic]:
    """What the source cannot do for this consumer."""
    match source, component:
        case Topic(), Endpoint():
            yield from _https_retries(delivery, component)
        case Topic(), ExternalConsumer():
            yield from _subscriber(delivery, component, source)
        case Bus(), ExternalConsumer():
            yield from _their_bus(delivery, component, source)
        case ((Queue() | Stream()), ExternalConsumer()) if component.principal is None:
            text = f"{component} reads {source}, but does not say who it is"
            yield fault("REF041", Place(delivery.origin, ("source",)), text, "write its `principal`")
        case _:
            return


def _https_retries(delivery: Delivery, endpoint: Endpoint) -> Iterator[Diagnostic]:
    """SNS's bounds are narrower than EventBridge's, and it waits in whole seconds."""
    place = Place(delivery.origin, ("retries",))
    most, longest = resources.limit("sns.https_max_retries"), resources.limit("sns.https_max_window")
    if (delivery.max_retries or 0) > most:
        text = f"{endpoint} asks for {delivery.max_retries} retries, but SNS makes {most} at most over https"
        yield fault("REF015", place, text, f"write `max_retries: {most}` or less")
    elif (delivery.max_age or 0) > longest:
        text = (
            f"{endpoint} asks for retries for {show_duration(delivery.max_age or 0)}, but SNS ends after 1 h over https"
        )
        help_ = "write `max_age: 1h` or less, or put a queue in between that a function reads"
        yield fault("REF015", place, text, help_)
    elif delivery.max_age and (delivery.max_retries or 0) > delivery.max_age:
        text = f"{endpoint} asks for {delivery.max_retries} retries within {show_duration(delivery.max_age)}, but SNS waits at least 1 s"
        yield fault("REF015", place, text, "write a longer `max_age`, or fewer `max_retries`")


def _subscriber(delivery: Delivery, consumer: ExternalConsumer, topic: Topic) -> Iterator[Diagnostic]:
    place = Place(delivery.origin, ("source",))
    if consumer.endpoint is None and consumer.principal is None:
        text = f"{consumer} reads {topic}, but does not say who it is"
        help_ = "write its `principal`, who then may subscribe, or the `endpoint` that the topic delivers to"
        yield fault("REF041", place, text, help_)
    elif consumer.endpoint is None:
        for key in _OF_SUBSCRIPTION:
            if delivery.origin.states((key,)):
                text = f"{consumer} subscribes to {topic} by itself, so `{key}` is its own to set"
                help_ = "remove it, or write the `endpoint` that the topic shall deliver to"
                yield fault("REF041", Place(delivery.origin, (key,)), text, help_)
    elif not _is(consumer.endpoint, "sqs"):
        text = f"{consumer} is to get messages from {topic} at a bus, but a topic delivers to a queue"
        yield fault("REF041", consumer.at("endpoint"), text, "name a queue of theirs")


def _their_bus(delivery: Delivery, consumer: ExternalConsumer, bus: Bus) -> Iterator[Diagnostic]:
    if consumer.endpoint is None:
        text = f"{consumer} reads {bus}, but does not say to which bus of theirs the events go"
        help_ = "write `endpoint: arn:aws:events:<region>:<account>:event-bus/<name>`"
        yield fault("REF041", Place(delivery.origin, ("source",)), text, help_)
    elif not _is(consumer.endpoint, "events"):
        text = f"{consumer} is to get events from {bus} at a queue, but a bus sends to a bus of another account"
        yield fault("REF041", consumer.at("endpoint"), text, "name a bus of theirs, or put a topic in between")
    elif is_partners(consumer.endpoint):
        text = f"{consumer} is to get events from {bus} at a partner's bus, to which only the partner can send"
        yield fault("REF050", consumer.at("endpoint"), text, "name a bus of their own")


def _is(arn: str, service: str) -> bool:
    """Whether an ARN is of a service; one that only the deployment knows may be."""
    return MARK in arn or arn.split(":")[2] == service
