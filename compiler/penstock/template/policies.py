"""Policies of resources and roles: who is admitted to what. Whatever is not known is taken to admit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple
from penstock.template.values import Attribute, Items, Map, Spot, Text, Unknown, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from penstock.template.directory import Directory
    from penstock.template.stacks import Resource

MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
_SOURCE_KEYS = frozenset({"aws:sourcearn"})
POLICIES = {
    "AWS::SQS::Queue": (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SQS::QueueInlinePolicy", "Queue")),
    "AWS::SNS::Topic": (("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")),
}
"""The resources that say who may send to a queue or a topic, and the property that names it."""


_ATTACHED = ("AWS::IAM::Policy", MANAGED_POLICY, "AWS::IAM::RolePolicy")
_NAMED = frozenset(
    f"AWS::{name}"
    for name in (
        *("DynamoDB::Table", "Events::EventBus", "Events::Rule", "Kinesis::Stream", "KMS::Key", "Lambda::Function"),
        *("Logs::LogGroup", "S3::Bucket", "SNS::Topic", "SQS::Queue", "StepFunctions::StateMachine"),
    )
)
"""Resources that a policy means when it names them, and not something else that they know the ARN of."""


class Sender(NamedTuple):
    """A service that sends, and the resource on whose behalf it does (``None`` where that is not known); a rule is of a ``bus``."""

    service: str
    source: Resource | None
    bus: str | None = None


class Statement(NamedTuple):
    """One statement of a policy, and where it stands."""

    said: Map
    spot: Spot

    @property
    def allows(self) -> bool:
        """Whether it is no ``Deny``."""
        return written(self.said.get("Effect")) != "Deny"


def statements(document: object) -> Iterator[Statement]:
    """The statements of a policy document."""
    if isinstance(document, Map):
        for said, spot in document.items_of("Statement"):
            if isinstance(said, Map):
                yield Statement(said, spot)


def policies_of(target: Resource, directory: Directory) -> list[Resource]:
    """The policies of a queue or a topic."""
    found: dict[tuple[int, str], Resource] = {}
    for type_, key in POLICIES[target.type]:
        for policy in directory.of(type_):
            named = (directory.find(one, "sqs") for one, _ in policy.properties.items_of(key))
            if any(one is target for one in named):
                found.setdefault((policy.stack, policy.id), policy)
    return list(found.values())


def reaches_unknown(directory: Directory, target: Resource) -> bool:
    """Whether some policy names a queue or a topic that nobody here knows: it may be this one."""
    for type_, key in POLICIES[target.type]:
        for policy in directory.of(type_):
            if any(directory.find(one, "sqs") is None for one, _ in policy.properties.items_of(key)):
                return True
    return False


def admits(policy: Resource, sender: Sender, action: str, directory: Directory) -> bool:
    """Whether a policy may let a service do something."""
    document = policy.properties.get("PolicyDocument")
    if not isinstance(document, Map):
        return True
    return any(allows(one, sender, action, directory) for one in statements(document))


def allows(one: Statement, sender: Sender, action: str, directory: Directory) -> bool:
    """Whether a statement may let a service do something."""
    said = one.said
    return (
        one.allows
        and ("Action" not in said or _has_action(said, action))
        and _has_principal(said.get("Principal"), sender.service)
        and _has_source(said, sender, directory)
    )


def _words(value: object) -> Iterator[Any]:
    yield from value if isinstance(value, Items) else (value,)


def _has_action(said: Map, action: str) -> bool:
    return any(covers(one, action) for one in _words(said["Action"]))


def covers(pattern: object, action: str) -> bool:
    """Whether the word for an action, which may have wildcards, may mean this one."""
    text = written(pattern)
    return text is None or "${" in text or _matches(text.lower(), action.lower())


def _matches(pattern: str, text: str) -> bool:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts).replace(r"\?", "."), text) is not None


def _has_principal(principal: object, service: str) -> bool:
    if not isinstance(principal, Map):
        return principal is None or written(principal) in {None, "*"} or isinstance(principal, Unknown)
    for kind, names in principal.items():
        for name in _words(names):
            text = written(name)
            if text is None or text == "*" or (kind == "Service" and ("${" in text or text == service)):
                return True
    return False


def _has_source(said: Map, sender: Sender, directory: Directory) -> bool:
    """Whether the conditions on the source may be fulfilled; other conditions are taken to be."""
    return all(
        any(_is_source(value, sender, directory, word) for value in _words(values))
        for word, pairs in said.part("Condition").items()
        if isinstance(pairs, Map)
        for key, values in pairs.items()
        if key.lower() in _SOURCE_KEYS and "not" not in word.lower()
    )


def sources(said: Map) -> Iterator[tuple[Spot, Any]]:
    """On whose behalf a service may come by a statement, and where that stands."""
    conditions = said.part("Condition")
    for word in conditions:
        pairs = conditions.part(word)
        yield from ((pairs.spot(key), pairs[key]) for key in pairs if key.lower() in _SOURCE_KEYS)


def _is_source(value: object, sender: Sender, directory: Directory, word: str) -> bool:
    settled = directory.world.settled(value)
    if sender.source is None or isinstance(settled, Unknown):
        return True
    if isinstance(settled, Attribute):
        named = directory.find(settled)
        return named is None or named is sender.source or named.type != sender.source.type
    text = written(settled)
    if text is None:
        return True
    wild = "like" in word.lower() or word.lower().startswith("arn")
    return _may_mean(text, settled, sender, directory, wild=wild)


def _may_mean(text: str, value: object, sender: Sender, directory: Directory, *, wild: bool) -> bool:
    """Whether a text may be the ARN of a sender's source."""
    if "*" in text or "?" in text:
        if not wild:
            return False
        return sender.bus is None or _fits_rule(text, sender.bus)
    if sender.bus is not None and not _fits_rule(text, sender.bus):
        return False
    if isinstance(value, Text):
        named = directory.find(value)
        return named is None or named.type != _of_type(sender) or named is sender.source
    found = directory.find(text)
    return found is None or found is sender.source


def _of_type(sender: Sender) -> str:
    return sender.source.type if sender.source else ""


def _fits_rule(text: str, bus: str) -> bool:
    """Whether an ARN has the form of a rule's: with the bus in it, unless that is the account's own."""
    fields = text.split(":", 5)
    if len(fields) < 6 or not fields[5].startswith("rule/"):  # noqa: PLR2004 - an ARN's fields
        return "*" in text or "${" in fields[-1][:5]
    rest = fields[5].removeprefix("rule/")
    if "*" in rest.partition("/")[0]:
        return True
    return ("/" in rest) == (bus != "default")


def role_statements(role: Resource, directory: Directory) -> list[Statement] | None:
    """What a role of the template may do; ``None`` where a part of it stands elsewhere."""
    found = list(_of_role(role, directory))
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def is_readable(role: Resource, directory: Directory) -> bool:
    """Whether all that allows a role something stands in the template in words that name what they mean.

    A policy for a role that nobody here knows may be one for this role; a custom resource may have the ARN of anything.
    """
    for policy in directory.of(*_ATTACHED):
        named = [*policy.properties.items_of("Roles"), *policy.properties.items_of("RoleName")]
        if any(directory.find(one, "iam") is None for one, _ in named):
            return False
        if not isinstance(policy.properties.get("PolicyDocument"), Map):
            return False
    for one in role_statements(role, directory) or ():
        ends = (directory.find(value) for value in _words(one.said.get("Resource")))
        if one.allows and ("NotAction" in one.said or any(end and end.type not in _NAMED for end in ends)):
            return False
    return True


def _of_role(role: Resource, directory: Directory) -> Iterator[Statement | None]:
    """The same, with ``None`` for each part that stands elsewhere."""
    own = role.properties
    for one, _ in own.items_of("ManagedPolicyArns"):
        policy = directory.find(one)
        if policy is None or policy.type != MANAGED_POLICY:
            yield None
        else:
            yield from statements(policy.properties.get("PolicyDocument"))
    for one, _ in own.items_of("Policies"):
        if isinstance(one, Map) and isinstance(one.get("PolicyDocument"), Map):
            yield from statements(one["PolicyDocument"])
        else:
            yield None
    yield from _attached(directory, lambda one: directory.find(one, "iam") is role)


def _attached(directory: Directory, means: Callable[[object], bool]) -> Iterator[Statement]:
    """What the policies say that are attached to a role by themselves."""
    for policy in directory.of(*_ATTACHED):
        named = [*policy.properties.items_of("Roles"), *policy.properties.items_of("RoleName")]
        if any(means(one) for one, _ in named):
            yield from statements(policy.properties.get("PolicyDocument"))


def function_statements(function: Resource, directory: Directory) -> Iterator[Statement]:
    """What the template says that a function may do; there may be more elsewhere. SAM's policy templates are not among it."""
    own = function.properties
    if "Role" in own:
        role = directory.find(own["Role"], "iam")
        if role is not None and role.type == "AWS::IAM::Role":
            yield from (one for one in _of_role(role, directory) if one is not None)
        return
    for one, _ in own.items_of("Policies"):
        policy = directory.find(one)
        if isinstance(one, Map):
            yield from statements(one)
        elif policy is not None and policy.type == MANAGED_POLICY:
            yield from statements(policy.properties.get("PolicyDocument"))
    made = f"${{{function.id}Role}}"  # SAM makes the role
    yield from _attached(directory, lambda one: written(one) == made)


def sam_policies(function: Resource) -> Iterator[tuple[str, Map, Spot]]:
    """The policy templates of SAM that a function has: name, parameters and place."""
    if "Role" not in function.properties:
        for one, spot in function.properties.items_of("Policies"):
            for name, parameters in one.items() if isinstance(one, Map) else ():
                if isinstance(parameters, Map):
                    yield name, parameters, spot


def may_do(said: Iterable[Statement], action: str, target: Resource, directory: Directory) -> bool:
    """Whether statements may let a role do something with a resource."""
    for one in said:
        if not one.allows or "NotAction" in one.said or ("Action" in one.said and not _has_action(one.said, action)):
            continue
        for resource in _words(one.said.get("Resource")):
            text = written(directory.world.settled(resource)) or "*"
            named = directory.find(resource)
            if named is target or named is None or "*" in text:
                return True
    return False
