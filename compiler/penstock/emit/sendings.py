"""What sends a function's messages, in whatever language: the functions for one message and for many, and how much one call takes."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from penstock import resources
from penstock.emit.python_code import Names, python_name
from penstock.emit.python_types import ChannelKind, FunctionStub, PublishStub
from penstock.records import NamedTuple

ONE_BY_ONE = "Send to all channels in the topology's order; the first that fails ends it"
"""What is said of a function for all channels of a message."""
BATCHES: Mapping[str, object] = {
    f"{word}_{what}": resources.limit(limit)
    for word, what, limit in (
        ("queue", "count", "sqs.max_batch"),
        ("queue", "bytes", "sqs.max_message"),
        ("topic", "count", "sns.max_batch"),
        ("topic", "bytes", "sns.max_message"),
        ("stream", "count", "kinesis.max_batch"),
        ("stream", "bytes", "kinesis.max_record_raised"),
        ("bus", "count", "eventbridge.max_batch"),
        ("bus", "bytes", "eventbridge.max_message"),
    )
}
"""How many entries, and bytes of all of them, one call takes; the sum may be what one message may have."""


class ChannelSending(NamedTuple):
    """The functions that send one message, and many, to one channel."""

    name: str
    many: str | None
    target: PublishStub


class Sending(NamedTuple):
    """What sends a message: to each of its channels and, where there are several, to all of them, one and many."""

    message: str
    name: str | None
    many: str | None
    channels: list[ChannelSending]


def sendings(stub: FunctionStub, names: Mapping[str, list[str]], several: Mapping[str, list[str]]) -> Iterator[Sending]:
    """What sends each message, with the ``names`` of what sends one and of what sends ``several``."""
    for message, group in groupby(ordered(stub), key=lambda each: each.message):
        targets = list(group)
        together = len(targets) > 1
        single, many = names[message], several.get(message, [])
        channels = [
            ChannelSending(name, many[together:][at] if many else None, target)
            for at, (name, target) in enumerate(zip(single[together:], targets, strict=True))
        ]
        yield Sending(
            message,
            single[0] if together else None,
            many[0] if together and many else None,
            channels,
        )


def publish_names(
    stub: FunctionStub, named: Callable[[str, str], str] = python_name, to: str = "_to"
) -> dict[str, list[str]]:
    """The functions' names by message: where a message has several channels, the one for all comes first.

    ``named`` joins the verb and what it is about, and also the name and the channel.
    """
    names = Names()
    found: dict[str, list[str]] = {}
    for message, group in groupby(ordered(stub), key=lambda each: each.message):
        channels = [each.channel for each in group]
        name = named("publish", message)
        found[message] = [names.new(name)]
        if len(channels) > 1:
            found[message] += [names.new(named(f"{name}{to}", channel)) for channel in channels]
    return found


def batch_names(
    stub: FunctionStub, named: Callable[[str, str], str] = python_name, to: str = "_to", end: str = "_batch"
) -> dict[str, list[str]]:
    """The names of the functions that send many messages, as ``publish_names``; there are none for what starts a saga."""
    single = publish_names(stub, named, to)
    names = Names(frozenset(name for group in single.values() for name in group))
    starting = {each.message for each in stub.publishes if each.kind is ChannelKind.SAGA}
    return {
        message: [names.new(f"{name}{end}") for name in group]
        for message, group in single.items()
        if message not in starting
    }


def ordered(stub: FunctionStub) -> list[PublishStub]:
    """Messages by name; the channels of a message stay in the topology's order."""
    return sorted(stub.publishes, key=lambda each: each.message)
