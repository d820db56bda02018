"""What of some templates is understood: their messaging resources, and the edges over which events travel."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from penstock.pipeline import Checked, check_templates, draft, load
from penstock.template.build import draw
from penstock.template.channels import mapping
from penstock.template.directory import Directory
from penstock.template.inferred import sent
from penstock.template.policies import POLICIES
from penstock.template.sam import FUNCTION, NOTIFICATION, ROUTE
from penstock.template.stacks import Resource, deployments, read_template
from penstock.template.translate import Translation
from penstock.template.values import Attribute, Imported, Map, Text, Unknown, is_known

_DRAWN = frozenset(
    f"AWS::{name}"
    for name in (
        *("DynamoDB::Table", "Events::EventBus", "Kinesis::Stream", "Lambda::Function", "SNS::Topic", "SQS::Queue"),
        *("Serverless::Function", "Serverless::SimpleTable"),
    )
)
_POLICIES = {policy: (key, target) for target, several in POLICIES.items() for policy, key in several}
_UNREAD = frozenset(
    f"AWS::{name}"
    for name in (
        *("AmazonMQ::Broker", "Events::Endpoint", "EventsV2::EventBus", "EventsV2::Subscriber", "IoT::TopicRule"),
        *("KinesisFirehose::DeliveryStream", "MSK::Cluster", "Events::EventBusPolicy", "Events::Archive"),
    )
)
"""Messaging resources of which nothing is read."""
_EVENTS_UNREAD = frozenset({"AlexaSkill", "CloudWatchLogs", "Cognito", "IoTRule", "SelfManagedKafka"})


class Edge(NamedTuple):
    """A way of events: what it is, and its two ends as the template says them."""

    what: str
    source: Any
    target: Any


class Measured(NamedTuple):
    """One template: how many of each there are, and how many of those are understood; of the edges some lead ``outside``; those
    that are ``inferred`` from the rights of functions are not among them."""

    name: str
    components: int
    hops: int
    resources: int
    read: int
    edges: int
    followed: int
    outside: int
    inferred: int
    findings: Counter[str]
    missed: tuple[str, ...]
    imported: bool


def measure(paths: Sequence[Path]) -> Iterator[Measured]:
    """Look at each template alone."""
    for path in paths:
        (checked,) = check_templates([path])
        yield _measured(path, checked)


def _measured(path: Path, checked: Checked) -> Measured:
    findings = Counter(one.code for one in checked.diagnostics)
    template, _ = read_template(path)
    if template is None:
        return Measured(path.name, 0, 0, 1, 0, 0, 0, 0, 0, findings, ("the template",), imported=False)
    drawn = draw(next(iter(deployments([template]))))
    translation = drawn.translation
    resources = [(one, _is_read(one, translation)) for one in translation.world.resources]
    stated = [(one, read) for one, read in resources if read is not None]
    ways = [(edge, _is_followed(edge, translation.directory)) for edge in edges(translation.directory)]
    missed = [f"{one.type} {one.id}" for one, read in stated if not read]
    missed += [f"{edge.what}" for edge, followed in ways if not followed]
    return Measured(
        path.name,
        len(drawn.components),
        len(drawn.connections),
        len(stated),
        sum(bool(read) for _, read in stated),
        len(ways),
        sum(followed for _, followed in ways),
        sum(followed and _leads_outside(edge, translation.directory) for edge, followed in ways),
        sum(1 for _ in sent(translation.directory)),
        findings,
        tuple(missed),
        imported=_is_imported(path),
    )


def _is_imported(path: Path) -> bool:
    """Whether a topology can be made of a template, which is one when it is read again."""
    imported, _ = draft([path], Path())
    if imported is None:
        return False
    with TemporaryDirectory() as folder:
        file = Path(folder, "topology.yaml")
        file.write_text(imported.text, encoding="utf-8")
        return load(file).topology is not None


def _is_read(resource: Resource, translation: Translation) -> bool | None:
    """Whether a messaging resource is understood; ``None`` for any other."""
    if resource.type in _DRAWN:
        return (resource.stack, resource.id) in translation.parts
    if resource.type in _POLICIES:
        key, target = _POLICIES[resource.type]
        named = [translation.directory.find(one, "sqs") for one, _ in resource.properties.items_of(key)]
        return bool(named) and all(one is not None and one.type == target for one in named)
    if resource.type in _UNREAD:
        return False
    several = list(_edges_of(resource))
    if resource.type in _EDGES:
        return bool(several) and all(_is_followed(edge, translation.directory) for edge in several)
    return None


def _is_followed(edge: Edge, directory: Directory) -> bool:
    """Whether both ends are known: as resources here, or as what is plainly made elsewhere."""
    ends = [(directory.find(end), directory.world.settled(end)) for end in (edge.source, edge.target)]
    return all(found is not None or _is_elsewhere(said) for found, said in ends) and edge.what not in _EVENTS_UNREAD


def _leads_outside(edge: Edge, directory: Directory) -> bool:
    return edge.source != "clock" and any(directory.find(end, "events") is None for end in (edge.source, edge.target))


def _is_elsewhere(said: object) -> bool:
    """Whether a value means something outside: a parameter, an import, an address or an ARN."""
    return isinstance(said, Unknown | Imported | Text) or (is_known(said) and said is not None)


def edges(directory: Directory) -> Iterator[Edge]:
    """All ways of events that the templates state."""
    for resource in directory.resources:
        yield from _edges_of(resource)
        for name, event in resource.properties.part("Events").items():
            kind = event.get("Type") if isinstance(event, Map) else None
            if kind in _EVENTS_UNREAD:
                yield Edge(str(kind), name, resource.id)


def _edges_of(resource: Resource) -> Iterator[Edge]:
    own, what, here = resource.properties, resource.type, Attribute(resource.stack, resource.id, "")
    if what in _EDGES:
        source, target = _EDGES[what]
        yield Edge(what, own.get(source) if source else "clock", own.get(target) or own.part(target).get("Arn"))
    elif what == "AWS::Events::Rule":
        for one, _ in own.items_of("Targets"):
            yield Edge(what, own.get("EventBusName", "default"), one.get("Arn") if isinstance(one, Map) else None)
    elif what == "AWS::Scheduler::Schedule":
        yield Edge(what, "clock", own.part("Target").get("Arn"))
    elif what == "AWS::SQS::Queue" and "RedrivePolicy" in own:
        yield Edge("redrive", here, mapping(own, "RedrivePolicy").get("deadLetterTargetArn"))
    elif what == FUNCTION and "DeadLetterConfig" in own:
        yield Edge("dead letters", here, own.part("DeadLetterConfig").get("TargetArn"))
    elif what == "AWS::Lambda::EventInvokeConfig":
        for end in own.part("DestinationConfig").values():
            yield Edge("destination", here, end.get("Destination") if isinstance(end, Map) else None)


_EDGES = {
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn", "FunctionName"),
    "AWS::Pipes::Pipe": ("Source", "Target"),
    "AWS::SNS::Subscription": ("TopicArn", "Endpoint"),
    NOTIFICATION: ("Bucket", "Target"),
    ROUTE: ("", "Target"),
}
