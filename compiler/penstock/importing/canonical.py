"""Resources in a form in which two templates can be compared: what means the same is written the same."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from penstock.importing.sheet import mapping_of
from penstock.template.channels import BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.deliveries import PIPE, RULE, SCHEDULE, SUBSCRIPTION
from penstock.template.machines import definition
from penstock.template.sam import FUNCTION, MACHINE
from penstock.template.values import Attribute, Map, Text, Unknown, plain, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.template.directory import Directory
    from penstock.template.stacks import Resource

INVOKE, KEY, MAPPING = "AWS::Lambda::EventInvokeConfig", "AWS::KMS::Key", "AWS::Lambda::EventSourceMapping"
_JSON = frozenset({"EventPattern", "FilterPolicy", "Input", "Pattern", "RedriveAllowPolicy", "RedrivePolicy"})
_NAMES = {
    "Arn": None,
    "Destination": None,
    "Endpoint": None,
    "EventBusName": "events",
    "EventSourceArn": None,
    "FunctionName": "lambda",
    "KMSMasterKeyId": None,
    "KmsKeyIdentifier": None,
    "KmsMasterKeyId": None,
    "KeyId": None,
    "KmsKeyId": None,
    "KMSMasterKeyID": None,
    "Resource": None,
    "StateMachineArn": "states",
    "Source": None,
    "SourceArn": None,
    "Target": None,
    "TargetArn": None,
    "TopicArn": "sns",
    "deadLetterTargetArn": "sqs",
}
"""Properties that name a resource, in whichever form."""
_DEFINED = frozenset({"Definition", "DefinitionS3Location", "DefinitionString", "DefinitionUri"})
_NEVER: dict[str, frozenset[str]] = {
    FUNCTION: frozenset(["DeadLetterQueue", "EventInvokeConfig", "Events", "Policies", "Role", "FunctionName"]),
    KEY: frozenset({"KeyPolicy"}),
    MACHINE: frozenset({*_DEFINED, "DefinitionSubstitutions", "Events", "Policies", "Role", "RoleArn"}),
    PIPE: frozenset({"RoleArn"}),
    TABLE: frozenset({"PrimaryKey"}),
    TOPIC: frozenset({"Subscription"}),
}
"""What is told elsewhere, or written anew by the compiler."""
_USUAL: dict[str, dict[str, Any]] = {
    BUS: {},
    FUNCTION: {
        "Architectures": ["x86_64"],
        "MemorySize": "128",
        "PackageType": "Zip",
        "Timeout": "3",
        "TracingConfig": {"Mode": "PassThrough"},
    },
    INVOKE: {"MaximumEventAgeInSeconds": "21600", "MaximumRetryAttempts": "2", "Qualifier": "$LATEST"},
    KEY: {
        "EnableKeyRotation": "false",
        "Enabled": "true",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
    },
    MAPPING: {
        "BisectBatchOnFunctionError": "false",
        "Enabled": "true",
        "MaximumBatchingWindowInSeconds": "0",
        "MaximumRecordAgeInSeconds": "-1",
        "MaximumRetryAttempts": "-1",
        "ParallelizationFactor": "1",
    },
    MACHINE: {"StateMachineType": "STANDARD", "TracingConfiguration": {"Enabled": "false"}},
    PIPE: {"DesiredState": "RUNNING"},
    QUEUE: {
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "DelaySeconds": "0",
        "FifoThroughputLimit": "perQueue",
        "MaximumMessageSize": str(1 << 20),
        "MessageRetentionPeriod": "345600",
        "RedriveAllowPolicy": {"redrivePermission": "allowAll"},
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    },
    RULE: {"EventBusName": "default", "State": "ENABLED"},
    SCHEDULE: {"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpressionTimezone": "UTC", "State": "ENABLED"},
    STREAM: {"RetentionPeriodHours": "24", "StreamModeDetails": {"StreamMode": "PROVISIONED"}},
    SUBSCRIPTION: {"FilterPolicyScope": "MessageAttributes", "RawMessageDelivery": "false"},
    TABLE: {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "false"}},
    TOPIC: {"ContentBasedDeduplication": "false"},
}
"""What AWS does where a property is left out, as CloudFormation's reference says."""


_OF_MACHINES = {"Logging": "LoggingConfiguration", "Tracing": "TracingConfiguration", "Type": "StateMachineType"}
_TYPES = {"Binary": "B", "Number": "N", "String": "S"}


class Canon:
    """Writes the values of one side; ``names`` are the ids of resources on the other side, by stack and id."""

    def __init__(
        self, directory: Directory, names: Mapping[tuple[int, str], str], parameters: Mapping[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.names = names
        self.parameters = parameters or {}

    def properties(self, resource: Resource) -> dict[str, Any]:
        """The properties of a resource, without what is usual; those of SAM by the names that CloudFormation has for them."""
        own, type_ = resource.properties, resource.type
        found = {key: self.value(key, inner) for key, inner in own.items() if key not in _NEVER.get(type_, ())}
        usual = _USUAL.get(type_, {})
        if type_ == FUNCTION:
            _function(own, found)
        elif type_ == MAPPING:
            source = self.directory.find(own.get("EventSourceArn"))
            usual = {**usual, "BatchSize": "10" if source is not None and source.type == QUEUE else "100"}
            found = {key: inner for key, inner in found.items() if key not in {"Queue", "Stream"}}
        elif type_ == TABLE:
            _table(own, found)
        elif type_ == MACHINE:
            self._machine(resource, found)
        elif type_ == INVOKE:
            ends = found.get("DestinationConfig")
            both = ends.items() if isinstance(ends, dict) else ()
            kept = {key: {"Destination": end["Destination"]} for key, end in both if "Destination" in end}
            found["DestinationConfig"] = kept or None
        if isinstance(found.get("Tags"), list):
            tags = [one for one in found["Tags"] if isinstance(one, dict) and "Key" in one]
            found["Tags"] = {str(one["Key"]): one.get("Value") for one in tags}
        return {key: inner for key, inner in found.items() if inner != usual.get(key) and inner not in ({}, [], None)}

    def _machine(self, resource: Resource, found: dict[str, Any]) -> None:
        """A definition, wherever it stands; its log is the compiler's."""
        for theirs, ours in _OF_MACHINES.items():
            if theirs in found:
                found[ours] = found.pop(theirs)
        if isinstance(log := found.get("LoggingConfiguration"), dict):
            found["LoggingConfiguration"] = {key: inner for key, inner in log.items() if key != "Destinations"}
        if known := definition(resource, self.directory.world):
            found["Definition"] = self.value("", known.said)

    def value(self, key: str, value: Any) -> Any:  # noqa: ANN401 - a value of a template
        """A value: a resource by its id, whatever of it is meant; JSON as what it says; a number as its text."""
        if key in _JSON and isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return value
        if isinstance(value, dict):
            return {name: self.value(name, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(key, inner) for inner in value]
        if key in _NAMES and (found := self.directory.find(value, _NAMES[key])):
            return self._named(found)
        text = self._text(self.directory.world.settled(value))
        return text.replace("${AWS.Partition}:states:::", "aws:states:::") if key == "Resource" else text

    def _named(self, resource: Resource) -> str:
        return f"${{{self.names.get((resource.stack, resource.id), resource.id)}}}"

    def _text(self, value: object) -> Any:  # noqa: ANN401 - a scalar
        parts = value.parts if isinstance(value, Text) else (value,)
        said = []
        for part in parts:
            if isinstance(part, Attribute):
                name = self.names.get((part.stack, part.resource), part.resource)
                said.append(f"${{{name}{f'.{part.name}' if part.name else ''}}}")
            elif isinstance(part, Unknown):
                said.append(str(written(Unknown(self.parameters.get(part.name, part.name)))))
            else:
                said.append(str(written(plain(part))) if part is not None else "")
        return "".join(said)

    def targets(self, rule: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
        """What a rule leads to, and its properties with those of that one target."""
        whole = self.properties(rule)
        whole.pop("Targets", None)
        for one, _ in rule.properties.items_of("Targets"):
            target = self.value("", mapping_of(one, rule.properties))
            yield (
                str(target.pop("Arn", "")),
                whole | {f"Target.{key}": inner for key, inner in target.items() if key not in {"Id", "RoleArn"}},
            )


def _table(own: Map, found: dict[str, Any]) -> None:
    """The keys of a table of SAM's, too; of attributes the order says nothing."""
    key = own.part("PrimaryKey")
    if "KeySchema" not in found:
        name = written(key.get("Name")) or "id"
        found["KeySchema"] = [{"AttributeName": name, "KeyType": "HASH"}]
        found["AttributeDefinitions"] = [
            {"AttributeName": name, "AttributeType": _TYPES.get(written(key.get("Type")) or "String", "S")}
        ]
    attributes = found.get("AttributeDefinitions")
    if isinstance(attributes, list):
        found["AttributeDefinitions"] = sorted(attributes, key=str)


def _function(own: Map, found: dict[str, Any]) -> None:
    if "CodeUri" in found:
        found["Code"] = found.pop("CodeUri")
    if isinstance(found.get("Tracing"), str):
        found["TracingConfig"] = {"Mode": found.pop("Tracing")}
    if isinstance(found.get("Code"), str) and "://" not in found["Code"]:
        folder = os.path.dirname(own.document.source.path)  # noqa: PTH120 - never raises
        found["Code"] = os.path.abspath(os.path.join(folder, found["Code"]))  # noqa: PTH100, PTH118
