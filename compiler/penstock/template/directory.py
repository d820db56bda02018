"""Which resource a value means: by a reference, by an ARN, or by a name that a resource is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from penstock.template.routes import is_written_out, routes
from penstock.template.sam import FUNCTION, MACHINE, ROUTE, expand
from penstock.template.values import Attribute, Text, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.stacks import Resource, World

_NAMES = {
    "AWS::DynamoDB::Table": ("dynamodb", "TableName"),
    "AWS::Events::EventBus": ("events", "Name"),
    "AWS::Events::Rule": ("rule", "Name"),
    "AWS::IAM::Role": ("iam", "RoleName"),
    "AWS::Kinesis::Stream": ("kinesis", "Name"),
    "AWS::Logs::LogGroup": ("logs", "LogGroupName"),
    "AWS::S3::Bucket": ("s3", "BucketName"),
    "AWS::SNS::Topic": ("sns", "TopicName"),
    "AWS::SQS::Queue": ("sqs", "QueueName"),
    FUNCTION: ("lambda", "FunctionName"),
    MACHINE: ("states", "StateMachineName"),
}
_SCHEDULE = "AWS::Scheduler::Schedule"
_SERVICES = {type_: service for type_, (service, _) in _NAMES.items()}
_STANDS_FOR = {
    "AWS::Kinesis::StreamConsumer": "StreamARN",
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::Version": "FunctionName",
}
_QUEUE_URL = re.compile(r"https://(?:sqs\.|[^/]*queue\.)[^/]+/[^/]+/(.+)")


class Directory:
    """The resources of a world, with those of SAM as what they stand for, found by what means them."""

    def __init__(self, world: World) -> None:
        """Look at all of them once."""
        self.world = world
        self.resources: list[Resource] = []
        self._by_id: dict[tuple[int, str], Resource] = {}
        self._by_name: dict[tuple[str, str], Resource] = {}
        self._by_type: dict[str, list[Resource]] = {}
        for stack in world.stacks:
            for resource in (*expand(stack), *routes(stack)):
                if resource.type != ROUTE or "Api" not in resource.properties or not is_written_out(resource, stack):
                    self._add(resource)

    def _add(self, resource: Resource) -> None:
        self.resources.append(resource)
        self._by_id.setdefault((resource.stack, resource.id), resource)
        self._by_type.setdefault(resource.type, []).append(resource)
        if resource.type in _NAMES:
            service, key = _NAMES[resource.type]
            if name := written(self.world.settled(resource.properties.get(key))):
                self._by_name[service, name] = resource

    def of(self, *types: str) -> Iterator[Resource]:
        """All of some types."""
        for type_ in types:
            yield from self._by_type.get(type_, ())

    def get(self, stack: int, id_: str) -> Resource | None:
        """The resource of a stack that has an id."""
        return self._by_id.get((stack, id_))

    def has_clock(self, function: Resource) -> bool:
        """Whether some schedule starts a function."""
        return any(self.find(one.properties.part("Target").get("Arn")) is function for one in self.of(_SCHEDULE))

    def find(self, value: Any, service: str | None = None) -> Resource | None:  # noqa: ANN401 - a value of a template
        """The resource that a value means; of a plain name ``service`` says what it is a name of."""
        value = self.world.settled(value)
        if isinstance(value, Attribute):
            return self._resource(value)
        if isinstance(value, Text):
            named = [part for part in value.parts if isinstance(part, Attribute)]
            if named and (found := self._resource(named[-1])):
                return found
        text = written(value)
        return self._named(text, service) if text else None

    def _resource(self, attribute: Attribute) -> Resource | None:
        found = self._by_id.get((attribute.stack, attribute.resource))
        for _ in range(3):  # an alias of a version of a function
            if found is None or found.type not in _STANDS_FOR:
                return found
            found = self.find(found.properties.get(_STANDS_FOR[found.type]), "lambda")
        return found

    def _named(self, text: str, service: str | None) -> Resource | None:
        if url := _QUEUE_URL.fullmatch(text):
            return self._by_name.get(("sqs", url[1]))
        if not text.startswith("arn:"):
            return self._by_name.get((service, text)) if service else None
        fields = text.split(":", 5)
        if len(fields) < 6:  # noqa: PLR2004 - an ARN's fields
            return None
        kind = "rule" if fields[2] == "events" and fields[5].startswith("rule/") else fields[2]
        name = re.split(r"[:/]", fields[5].split("/stream/")[0].removesuffix(":*"))
        if fields[2] == "lambda" and len(name) > 1:
            return self._by_name.get(("lambda", name[1]))
        return self._by_name.get((kind, name[-1])) or self._by_name.get((kind, fields[5]))

    def arn_of(self, resource: Resource, text: str) -> bool:
        """Whether the service in an ARN is that of a resource."""
        return text.split(":")[2:3] == [_SERVICES.get(resource.type, "")]


def service_of(value: object) -> str | None:
    """The service in an ARN that is known that far."""
    text = written(value)
    fields = (text or "").split(":")
    return fields[2] if fields[0] == "arn" and len(fields) > 2 else None  # noqa: PLR2004 - an ARN's fields
