"""Which service sends to which queue or topic of a template, and with whose right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.template.channels import DEFAULT_BUS, QUEUE, TOPIC, mapping
from penstock.template.connectors import connected
from penstock.template.policies import Sender
from penstock.template.values import Map, Spot, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.directory import Directory
    from penstock.template.stacks import Resource

SNS, EVENTS = "sns.amazonaws.com", "events.amazonaws.com"
ACTIONS = {QUEUE: "sqs:SendMessage", TOPIC: "sns:Publish"}


class Sending(NamedTuple):
    """A service sends to a ``target`` what the template says at ``spot``; ``letters`` if only what it cannot deliver elsewhere."""

    sender: Sender
    target: Resource
    spot: Spot
    letters: bool

    def __str__(self) -> str:
        """Who sends, as findings name it."""
        source = self.sender.source
        name = f" {source.id!r}" if source else ""
        return f"topic{name}" if self.sender.service == SNS else f"rule{name}"


def sendings(directory: Directory) -> Iterator[Sending]:
    """All of them, by rules and by topics. What SAM makes a policy for, and what goes with a role, is left out."""
    joined = {(one.stack, one.destination) for one in connected(directory)}
    for sending in (*_of_subscriptions(directory), *_of_rules(directory)):
        if (sending.target.stack, sending.target.id) not in joined and not sending.target.made:
            yield sending


def _of_subscriptions(directory: Directory) -> Iterator[Sending]:
    for topic in directory.of(TOPIC):
        for own, spot in topic.properties.items_of("Subscription"):
            if isinstance(own, Map):
                yield from _subscribed(own, spot, topic, directory)
    for subscription in directory.of("AWS::SNS::Subscription"):
        own = subscription.properties
        found = directory.find(own.get("TopicArn"), "sns")
        topic_ = found if found and found.type == TOPIC else None
        if subscription.made:
            yield from _letters(own, topic_, directory)
        else:
            yield from _subscribed(own, subscription.spot, topic_, directory)


def _subscribed(own: Map, spot: Spot, topic: Resource | None, directory: Directory) -> Iterator[Sending]:
    target = directory.find(own.get("Endpoint"))
    if target and target.type == QUEUE and written(own.get("Protocol")) == "sqs":
        yield Sending(Sender(SNS, topic), target, spot, letters=False)
    yield from _letters(own, topic, directory)


def _letters(own: Map, topic: Resource | None, directory: Directory) -> Iterator[Sending]:
    policy = mapping(own, "RedrivePolicy")
    target = directory.find(policy.get("deadLetterTargetArn"))
    if target and target.type == QUEUE:
        yield Sending(Sender(SNS, topic), target, own.spot("RedrivePolicy"), letters=True)


def _of_rules(directory: Directory) -> Iterator[Sending]:
    for rule in directory.of("AWS::Events::Rule"):
        sender = Sender(EVENTS, rule, _bus_of(rule))
        for own, spot in rule.properties.items_of("Targets"):
            if not isinstance(own, Map):
                continue
            target = directory.find(own.get("Arn"))
            if target and target.type in ACTIONS and "RoleArn" not in own:
                yield Sending(sender, target, own.spot("Arn") if "Arn" in own else spot, letters=False)
            queue = directory.find(own.part("DeadLetterConfig").get("Arn"))
            if queue and queue.type == QUEUE:
                yield Sending(sender, queue, own.spot("DeadLetterConfig"), letters=True)


def _bus_of(rule: Resource) -> str:
    text = written(rule.properties.get("EventBusName", DEFAULT_BUS)) or "unknown"
    return DEFAULT_BUS if text.endswith(f"/{DEFAULT_BUS}") else text
