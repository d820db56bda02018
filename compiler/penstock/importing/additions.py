"""What of a component's resource the language can say, and no rule over templates needs: names, code, indexes, variables."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from penstock.importing.sheet import mapping_of
from penstock.model.units import write_duration
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC, mapping
from penstock.template.deliveries import DESTINATION, LOG, SCHEDULE
from penstock.template.sam import FUNCTION
from penstock.template.values import Attribute, Items, Map, is_known, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from penstock.importing.sheet import Sheet
    from penstock.template.stacks import Resource

    _Put = dict[str, Any]

DAY = 86_400
ARCHIVE = "AWS::Events::Archive"
KEY = "AWS::KMS::Key"
MAPPING = "AWS::Lambda::EventSourceMapping"
_HANDLER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*([./][A-Za-z_][A-Za-z0-9_-]*)*[.][A-Za-z_][A-Za-z0-9_]*")
_OLD = {"nodejs": "nodejs22.x", "python3": "python3.11"}
"""The nearest to runtimes that AWS takes no more."""
RUNTIMES = ("python3.11", "python3.12", "python3.13", "python3.14", "nodejs22.x", "nodejs24.x")
_REDRIVE = {"byQueue": "sources", "allowAll": "all", "denyAll": "none"}
_NAMES = {
    BUCKET: "BucketName",
    BUS: "Name",
    QUEUE: "QueueName",
    STREAM: "Name",
    TABLE: "TableName",
    TOPIC: "TopicName",
}


class Adder:
    """Adds to the components of a sheet; ``done`` are the properties that it looked after, by their nodes."""

    def __init__(self, sheet: Sheet, folder: str) -> None:
        """Begin; paths of code are written as they are seen from ``folder``."""
        self.sheet = sheet
        self.folder = folder
        self.done: set[int] = set()
        self.functions = self.kept = 0

    def add(self) -> None:
        """Look at all resources."""
        for resource in self.sheet.translation.directory.resources:
            part = self.sheet.translation.part_of(resource)
            if part is not None and resource.type in _ADDITIONS:
                if resource.type in _NAMES:
                    self._physical_name(resource, part.data)
                if resource.type != KEY:
                    self.tags(resource, part.data)
                _ADDITIONS[resource.type](self, resource, part.data)
            elif resource.type == MAPPING and (entry := self.sheet.entry_of(resource.spot)) is not None:
                self._mapping(resource, entry)
            elif resource.type == ARCHIVE:
                self._archive(resource)

    def said(self, own: Map, key: str) -> None:
        """Note that a property is looked after."""
        self.done.add(id(own.nodes[key][1]))

    def take(self, own: Map, key: str) -> str | None:
        """A property as a text of the language, if it can be one."""
        text = self.sheet.text(own[key]) if key in own else None
        if text is not None:
            self.said(own, key)
        return text

    def _physical_name(self, resource: Resource, data: _Put) -> None:
        own, key = resource.properties, _NAMES[resource.type]
        usual = f"${{AWS.StackName}}-{self.sheet.translation.name_of(resource)}"
        if resource.type == BUS and written(own.get(key)) == usual:
            self.said(own, key)
        elif name := self.take(own, key):
            data["physical_name"] = name.removesuffix(".fifo")

    def tags(self, resource: Resource, data: _Put) -> None:
        """The tags of a resource."""
        own = resource.properties
        said = own.get("Tags")
        pairs: dict[str, str | None] = {}
        if isinstance(said, Items):
            for one in said:
                tag = mapping_of(one, own)
                pairs[written(tag.get("Key")) or ""] = self.sheet.text(tag.get("Value"))
        elif isinstance(said, Map):
            pairs = {key: self.sheet.text(value) for key, value in said.items()}
        known = {key: text for key, text in pairs.items() if key and text is not None}
        if known:
            data["tags"] = known
        if known and len(known) == len(pairs):
            self.said(own, "Tags")

    def queue(self, resource: Resource, data: _Put) -> None:
        """A queue's own encryption, and which queues may name it as theirs for dead letters."""
        own = resource.properties
        if "SqsManagedSseEnabled" in own and is_known(own["SqsManagedSseEnabled"]):
            self.said(own, "SqsManagedSseEnabled")
            if written(own["SqsManagedSseEnabled"]) == "false" and "KmsMasterKeyId" not in own:
                data["encryption"] = {"none": "the template switches it off"}
        allowed = written(mapping(own, "RedriveAllowPolicy").get("redrivePermission"))
        if allowed in _REDRIVE:
            data["redrive_allow"] = _REDRIVE[allowed]
            self.said(own, "RedriveAllowPolicy")

    def topic(self, resource: Resource, data: _Put) -> None:
        """A topic's archive."""
        policy = mapping(resource.properties, "ArchivePolicy")
        days = written(policy.get("MessageRetentionPeriod"))
        if days and days.isdecimal():
            data["archive"] = f"{days}d"
            self.said(resource.properties, "ArchivePolicy")

    def _archive(self, resource: Resource) -> None:
        """A bus's archive of all of its events."""
        own = resource.properties
        part = self.sheet.translation.part_of(self.sheet.translation.directory.find(own.get("SourceArn"), "events"))
        days = written(own.get("RetentionDays")) or ""
        if part is not None and part.route[0] == "buses" and days.isdecimal() and "EventPattern" not in own:
            part.data["archive"] = f"{days}d"
            self.sheet.adopted[id(resource.spot.node)] = part.route
            self._all_said(own, "SourceArn", "RetentionDays")

    def nothing(self, resource: Resource, data: _Put) -> None:
        """What has no more than a name and tags."""

    def stream(self, resource: Resource, data: _Put) -> None:
        """A stream on demand; without a mode a stream has a number of shards."""
        mode = written(resource.properties.part("StreamModeDetails").get("StreamMode"))
        if mode in {"ON_DEMAND", "PROVISIONED"}:
            self.said(resource.properties, "StreamModeDetails")
            if mode == "ON_DEMAND":
                data["capacity"] = "on-demand"

    def table(self, resource: Resource, data: _Put) -> None:
        """A table's keys, indexes and backups."""
        own = resource.properties
        keys = _keys(own)
        if "RANGE" in keys:
            data["sort_key"] = keys["RANGE"]
        types = {
            written(one.get("AttributeName")): written(one.get("AttributeType"))
            for one, _ in own.items_of("AttributeDefinitions")
            if isinstance(one, Map)
        }
        if set(types.values()) <= {"S"} and "AttributeDefinitions" in own:
            self.said(own, "AttributeDefinitions")
        if written(own.get("BillingMode")) == "PAY_PER_REQUEST":
            self.said(own, "BillingMode")
        found = written(own.part("PointInTimeRecoverySpecification").get("PointInTimeRecoveryEnabled"))
        if found in {"true", "false"}:
            data["point_in_time_recovery"] = found == "true"
            self.said(own, "PointInTimeRecoverySpecification")
        indexes = {written(one.get("IndexName")) or "": _index(one) for one in _maps(own, "GlobalSecondaryIndexes")}
        if indexes and "" not in indexes and None not in indexes.values():
            data["indexes"] = indexes
            self.said(own, "GlobalSecondaryIndexes")

    def bucket(self, resource: Resource, data: _Put) -> None:
        """Whether a bucket keeps what is overwritten."""
        status = written(resource.properties.part("VersioningConfiguration").get("Status"))
        if status in {"Enabled", "Suspended"}:
            data["versioning"] = status == "Enabled"
            self.said(resource.properties, "VersioningConfiguration")
        rules = list(_maps(resource.properties.part("LifecycleConfiguration"), "Rules"))
        known = {"Id", "Status", "ExpirationInDays", "AbortIncompleteMultipartUpload"}
        days = written(rules[0].get("ExpirationInDays")) if len(rules) == 1 and rules[0].keys() <= known else None
        if days and days.isdecimal() and written(rules[0].get("Status")) == "Enabled":
            data["lifecycle"] = {"expire_after": f"{days}d"}
            self.said(resource.properties, "LifecycleConfiguration")

    def key(self, resource: Resource, data: _Put) -> None:
        """How often a key is made anew."""
        own = resource.properties
        days = written(own.get("RotationPeriodInDays")) or "365"
        if written(own.get("EnableKeyRotation")) == "true" and days.isdecimal():
            data["rotation"] = write_duration(int(days) * DAY)
            for key in {"RotationPeriodInDays", "EnableKeyRotation"} & own.keys():
                self.said(own, key)

    def function(self, resource: Resource, data: _Put) -> None:
        """A function's code and where it runs."""
        own = resource.properties
        data.pop("code", None)
        self._code(resource, data)
        self._runtime(resource, data)
        several = [written(one) for one, _ in own.items_of("Architectures")]
        if len(several) == 1 and several[0] in {"x86_64", "arm64"}:
            data["architecture"] = several[0]
            self.said(own, "Architectures")
        mode = own.get("Tracing") if isinstance(own.get("Tracing"), str) else own.part("TracingConfig").get("Mode")
        if mode in {"Active", "PassThrough"}:
            data["tracing"] = mode == "Active"
            self.said(own, "Tracing" if "Tracing" in own else "TracingConfig")
        layers = [self.sheet.text(one) for one, _ in own.items_of("Layers")]
        if layers and None not in layers:
            data["layers"] = layers
            self.said(own, "Layers")
        self._network(own, data)
        self._environment(own, data)
        self._logs(resource, data)

    def _runtime(self, resource: Resource, data: _Put) -> None:
        """The runtime, or the nearest to one that is not known; code for any other stays behind."""
        own, said = resource.properties, data.pop("runtime")
        near = next((ours for theirs, ours in _OLD.items() if said.startswith(theirs)), None)
        if said in RUNTIMES or near:
            data["runtime"] = said if said in RUNTIMES else near
            self.said(own, "Runtime")
        elif said:
            for key in ("code", "handler"):
                data.pop(key, None)
        if near and said not in RUNTIMES:
            route = self.sheet.translation.parts[resource.stack, resource.id].route
            self.sheet.note(route, own.spot("Runtime"), f"this version does not know {said}; {near} stands for it")

    def _code(self, resource: Resource, data: _Put) -> None:
        """Where the code is: a path in the template is as it is seen from there."""
        own = resource.properties
        image = written(own.part("Code").get("ImageUri", own.get("ImageUri")))
        if image and "${" not in image:
            data["code"] = {"image": image}
            self._all_said(own, "Code", "ImageUri", "PackageType")
            return
        beside_template = "." if resource.owner and not {"CodeUri", "InlineCode"} & own.keys() else None
        for key in ("CodeUri", "Code"):
            said = own.get(key, beside_template)
            if isinstance(said, str) and "://" not in said:
                beside = os.path.join(os.path.dirname(own.document.source.path), said)  # noqa: PTH118, PTH120
                data["code"] = os.path.relpath(beside, self.folder).replace(os.sep, "/")
            elif isinstance(said, Map) and {"S3Bucket", "S3Key"} <= said.keys():
                bucket, name = (self.sheet.text(said[one]) for one in ("S3Bucket", "S3Key"))
                if bucket and name:
                    data["code"] = {"bucket": bucket, "key": name}
        handler = written(own.get("Handler")) or ""
        if "code" in data and _HANDLER.fullmatch(handler):
            data["handler"] = handler
            self._all_said(own, "Handler", "Code", "CodeUri")
        else:
            data.pop("code", None)

    def _all_said(self, own: Map, *keys: str) -> None:
        for key in keys:
            if key in own:
                self.said(own, key)

    def _network(self, own: Map, data: _Put) -> None:
        vpc = own.part("VpcConfig")
        subnets, groups = (
            [self.sheet.text(one) for one, _ in vpc.items_of(key)] for key in ("SubnetIds", "SecurityGroupIds")
        )
        if subnets and groups and None not in (*subnets, *groups):
            data["vpc"] = {"subnets": subnets, "security_groups": groups}
            self.said(own, "VpcConfig")

    def _environment(self, own: Map, data: _Put) -> None:
        """The variables whose value can be said; the addresses of channels and stores the compiler hands over by itself."""
        variables = own.part("Environment").part("Variables")
        found = {key: self.sheet.text(value) for key, value in variables.items()}
        known = {key: value for key, value in found.items() if value is not None}
        if known:
            data["environment"] = known
        for key in known:
            self.said(variables, key)
        if "Environment" in own and isinstance(own["Environment"], Map):
            self.said(own, "Environment")
            self._all_said(own.part("Environment"), "Variables")

    def _logs(self, resource: Resource, data: _Put) -> None:
        """How long what a function logs is kept, where a log group of it is declared."""
        directory = self.sheet.translation.directory
        self.functions += 1
        named = directory.find(resource.properties.part("LoggingConfig").get("LogGroup"), "logs")
        for group in directory.of("AWS::Logs::LogGroup"):
            own = group.properties
            name = directory.world.settled(own.get("LogGroupName"))
            parts = getattr(name, "parts", (name,))
            its = parts[0] == "/aws/lambda/" and directory.find(parts[-1], "lambda") is resource
            if (
                group is named
                or its
                or written(name) == f"/aws/lambda/{written(resource.properties.get('FunctionName'))}"
            ):
                days = written(own.get("RetentionInDays"))
                if days and days.isdecimal():
                    data["log_retention"] = f"{days}d"
                    self.kept += 1
                for key in {"LogGroupName", "RetentionInDays"} & own.keys():
                    self.said(own, key)
        if "LoggingConfig" in resource.properties and named:
            self.said(resource.properties, "LoggingConfig")

    def _mapping(self, resource: Resource, entry: _Put) -> None:
        """What Lambda looks for in what it reads, and with how many pollers."""
        own = resource.properties
        entry.pop("filter", None)
        found = [_filter(one.get("Pattern")) for one in _maps(own.part("FilterCriteria"), "Filters")]
        if found and None not in found:
            entry["filter"] = found
            self.said(own, "FilterCriteria")
        self._fan_out(own)
        given = own.part("ProvisionedPollerConfig")
        ends = {"min": given.get("MinimumPollers"), "max": given.get("MaximumPollers")}
        numbers = {key: int(str(value)) for key, value in ends.items() if value is not None and str(value).isdecimal()}
        if numbers:
            entry["pollers"] = numbers
            self.said(own, "ProvisionedPollerConfig")

    def _fan_out(self, own: Map) -> None:
        """A reader of a stream with a throughput of its own: the stream says who these are."""
        directory = self.sheet.translation.directory
        settled = directory.world.settled(own.get("EventSourceArn"))
        if not isinstance(settled, Attribute) or settled.name != "ConsumerARN":
            return
        part = self.sheet.translation.part_of(directory.find(settled))
        reader = self.sheet.translation.name_of(directory.find(own.get("FunctionName"), "lambda"))
        if part is not None and part.route[0] == "streams" and reader:
            part.data.setdefault("fan_out", []).append(reader)

    def log(self, resource: Resource, data: _Put) -> None:
        """How long a log group keeps events."""
        days = written(resource.properties.get("RetentionInDays")) or ""
        if days.isdecimal():
            data["retention"] = f"{days}d"
            self.said(resource.properties, "RetentionInDays")

    def schedule(self, resource: Resource, data: _Put) -> None:
        """A schedule's payload, if it is one that the language can say."""
        target = resource.properties.part("Target")
        if "Input" in target and data.get("payload"):
            self.said(target, "Input")
        if not data.get("payload"):
            data.pop("payload", None)


def _keys(own: Map) -> dict[str, str]:
    return {
        written(one.get("KeyType")) or "": written(one.get("AttributeName")) or "" for one in _maps(own, "KeySchema")
    }


def _index(one: Map) -> dict[str, Any] | None:
    keys = _keys(one)
    kind = written(one.part("Projection").get("ProjectionType"))
    shown: Any = {"ALL": "all", "KEYS_ONLY": "keys"}.get(kind or "ALL")
    if kind == "INCLUDE":
        shown = [written(name) for name, _ in one.part("Projection").items_of("NonKeyAttributes")]
    if "HASH" not in keys or shown is None:
        return None
    sort = {"sort_key": keys["RANGE"]} if "RANGE" in keys else {}
    return {"key": keys["HASH"], **sort, **({} if shown == "all" else {"projection": shown})}


def _maps(own: Map, key: str) -> Iterator[Map]:
    yield from (one for one, _ in own.items_of(key) if isinstance(one, Map))


def _filter(pattern: object) -> Any:  # noqa: ANN401 - a filter
    """What a mapping looks for in the body of a message or in the data of a record, alone."""
    try:
        found = json.loads(pattern) if isinstance(pattern, str) else pattern
    except ValueError:
        return None
    if not isinstance(found, dict) or len(found) != 1:
        return None
    return found.get("body") or found.get("data")


_ADDITIONS: dict[str, Callable[[Adder, Resource, dict[str, Any]], None]] = {
    BUCKET: Adder.bucket,
    BUS: Adder.nothing,
    DESTINATION: Adder.nothing,
    FUNCTION: Adder.function,
    LOG: Adder.log,
    QUEUE: Adder.queue,
    SCHEDULE: Adder.schedule,
    STREAM: Adder.stream,
    TABLE: Adder.table,
    TOPIC: Adder.topic,
    KEY: Adder.key,
}
