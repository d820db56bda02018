"""Comments on what a topology does not say of its templates, each at what it is about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode

from penstock.importing.sheet import SECTION_OF
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.deliveries import DESTINATION, LOG, PIPE, RULE, SCHEDULE, SUBSCRIPTION
from penstock.template.sam import FUNCTION, MACHINE, NOTIFICATION, ROUTE
from penstock.template.values import Map, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet
    from penstock.source.yaml import Route
    from penstock.template.stacks import Resource

ARCHIVE, CONSUMER = "AWS::Events::Archive", "AWS::Kinesis::StreamConsumer"
INVOKE, KEY, MAPPING = "AWS::Lambda::EventInvokeConfig", "AWS::KMS::Key", "AWS::Lambda::EventSourceMapping"
LATER = "its value is known only when it is deployed"
NO_WORD = "the language has no word for it"
_POLICY = "the compiler writes it"
_SILENT = frozenset({(FUNCTION, "Role"), (FUNCTION, "Policies"), (PIPE, "RoleArn")})
"""What is told once, at the head of the file."""
_READ: dict[str, frozenset[str]] = {
    type_: frozenset(keys.split())
    for type_, keys in {
        BUS: "EventSourceName DeadLetterConfig",
        DESTINATION: "ConnectionArn InvocationEndpoint HttpMethod InvocationRateLimitPerSecond",
        FUNCTION: "Events EventInvokeConfig DeadLetterConfig DeadLetterQueue PackageType",
        INVOKE: "FunctionName Qualifier DestinationConfig MaximumRetryAttempts MaximumEventAgeInSeconds",
        KEY: "Enabled KeySpec KeyUsage",
        LOG: "LogGroupName",
        MACHINE: "Definition DefinitionString DefinitionUri DefinitionS3Location DefinitionSubstitutions Type StateMachineType "
        "Role RoleArn Policies Events Tracing TracingConfiguration",
        MAPPING: "FunctionName EventSourceArn Queue Stream Enabled StartingPosition BisectBatchOnFunctionError "
        "ParallelizationFactor DestinationConfig MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds ScalingConfig",
        PIPE: "Source Target SourceParameters RoleArn DesiredState",
        QUEUE: "FifoQueue ContentBasedDeduplication FifoThroughputLimit DeduplicationScope RedrivePolicy",
        RULE: "Targets EventPattern EventBusName State ScheduleExpression",
        SCHEDULE: "ScheduleExpression ScheduleExpressionTimezone FlexibleTimeWindow State Target",
        ARCHIVE: "SourceArn RetentionDays ArchiveName",
        "AWS::Events::EventBusPolicy": "EventBusName StatementId Statement Action Principal Condition",
        CONSUMER: "StreamARN ConsumerName",
        STREAM: "",
        SUBSCRIPTION: "TopicArn Endpoint Protocol FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy",
        TABLE: "KeySchema PrimaryKey StreamSpecification TimeToLiveSpecification",
        TOPIC: "FifoTopic ContentBasedDeduplication FifoThroughputScope Subscription",
        BUCKET: "NotificationConfiguration",
    }.items()
}
"""Properties that are expressed, or told of elsewhere, without a place of their own in the topology."""
_WHY = {
    (BUCKET, "BucketEncryption"): "S3 encrypts by itself; a key of one's own is `encryption` of the store",
    (FUNCTION, "Code"): "the team's code is a path, an object of S3 or an image, with a handler",
    (FUNCTION, "CodeUri"): "the team's code is a path, an object of S3 or an image, with a handler",
    (FUNCTION, "InlineCode"): "the compiler generates a handler that calls the team's code in src/",
    (MACHINE, "Logging"): "the compiler writes a log of what fails",
    (MACHINE, "LoggingConfiguration"): "the compiler writes a log of what fails",
    (FUNCTION, "Handler"): "handlers are module.function, and belong to code",
    (FUNCTION, "Tags"): LATER,
    (FUNCTION, "Runtime"): "this version does not know the runtime",
    (
        "variables",
        "",
    ): "of what it uses a function finds the address in PENSTOCK_...; all else the deployment knows",
    (QUEUE, "QueueName"): LATER,
    (TOPIC, "TopicName"): LATER,
    (TABLE, "TableName"): LATER,
    (BUS, "Name"): LATER,
    (STREAM, "Name"): LATER,
    (BUCKET, "BucketName"): LATER,
    (KEY, "KeyPolicy"): _POLICY,
    (KEY, "Tags"): "a key has the topology's `tags`",
    (QUEUE, "Tags"): LATER,
    (TABLE, "Tags"): LATER,
    (TOPIC, "Tags"): LATER,
    (QUEUE, "KmsMasterKeyId"): "a key is one of `keys`, or SQS's own",
    (TABLE, "AttributeDefinitions"): "keys of tables are strings",
    (TABLE, "BillingMode"): "tables are made on demand",
    (TABLE, "ProvisionedThroughput"): "tables are made on demand",
    (TOPIC, "KmsMasterKeyId"): "a key is one of `keys`, or SNS's own",
}
_TARGET = frozenset(["Arn", "Id", "DeadLetterConfig", "RetryPolicy", "SqsParameters", "RoleArn"])
_METHODS = frozenset(["DELETE", "GET", "PATCH", "POST", "PUT"])
_NESTED = "its template is no file here; give it beside this one"
RESOURCES = {
    MACHINE: "write it under `sagas`, with `type: state-machine` and its definition in a file",
    NOTIFICATION: "a bucket tells EventBridge here: say `stream` at the store, and let the receiver read it",
    PIPE: "the language has no such pipe",
    ROUTE: "write a producer with `type: api`",
    RULE: "none of its targets is one of this topology's components, or it has no pattern",
    SCHEDULE: "its target is none of this topology's components",
    SUBSCRIPTION: "its topic or its endpoint is none of this topology's components",
    MAPPING: "its source or its function is none of this topology's components",
    DESTINATION: "no rule here leads to it",
    INVOKE: "its function is none of this topology's",
    "AWS::AmazonMQ::Broker": NO_WORD,
    "AWS::CloudFormation::Stack": _NESTED,
    "AWS::Serverless::Application": _NESTED,
    ARCHIVE: "say `archive` at the bus",
    "AWS::Events::Connection": "say `auth` at the consumer that is called over it",
    "AWS::Events::Endpoint": NO_WORD,
    "AWS::Events::EventBusPolicy": "say `allow` at the bus",
    "AWS::EventsV2::EventBus": NO_WORD,
    "AWS::IoT::TopicRule": NO_WORD,
    "AWS::KinesisFirehose::DeliveryStream": NO_WORD,
    "AWS::MSK::Cluster": NO_WORD,
}
"""Resources of messaging, and what may be done where they became nothing."""
GLUE = frozenset(
    f"AWS::{name}"
    for name in (
        *("IAM::ManagedPolicy", "IAM::Policy", "IAM::Role", "IAM::RolePolicy", "Lambda::Permission"),
        *(
            "Logs::ResourcePolicy",
            "SNS::TopicPolicy",
            "SQS::QueuePolicy",
            "SQS::QueueInlinePolicy",
            "Serverless::Connector",
        ),
    )
)


_STARTS = frozenset({PIPE, RULE, SCHEDULE})
_ABOUT = {CONSUMER: "StreamARN", INVOKE: "FunctionName"}


class Remarks:
    """Tells of resources and properties; ``done`` are the nodes of those that are expressed."""

    def __init__(self, sheet: Sheet, done: set[int]) -> None:
        """Look at what the sheet is now."""
        self.sheet = sheet
        self.done = done | sheet.expressed
        self.holders = {
            id(entry): route
            for route, own in sheet.components()
            for key in ("from", "publishes")
            for entry in own.get(key, ())
        }

    def tell(self) -> None:
        """Tell all there is."""
        aside: Counter[str] = Counter()
        glue: Counter[str] = Counter()
        for resource in self.sheet.translation.directory.resources:
            if (route := self._home(resource)) is not None:
                self._properties(resource, route)
            elif self.sheet.world.is_followed(resource):
                continue
            elif resource.type in RESOURCES:
                self.sheet.note((), resource.spot, f"{resource.type}: {self._why(resource)}{self._route(resource)}")
            elif not resource.made:
                (glue if resource.type in GLUE else aside)[resource.type] += 1
        for stack in self.sheet.world.stacks:
            for name, node in _left_out(stack):
                self.sheet.say(
                    (), f"not expressed: Resources.{name}: it is made only where its condition holds: {node}"
                )
        self.sheet.head += _counted(aside, "of no concern to messaging")
        self.sheet.head += _counted(glue, "written by the compiler")

    def _why(self, resource: Resource) -> str:
        """What may be done for a resource that became nothing."""
        own = resource.properties
        ends = [own.get("Target"), own.part("Target").get("Arn")]
        ends += [one.get("Arn") for one, _ in own.items_of("Targets") if isinstance(one, Map)]
        started = [self.sheet.translation.directory.find(end) for end in ends] if resource.type in _STARTS else []
        for machine in started:
            if machine and machine.type == MACHINE and (route := self.sheet.adopted.get(id(machine.spot.node))):
                return f"say `from` at `{route[1]}`: a function that the compiler writes then starts it"
        return self.sheet.refused.get(id(resource.spot.node)) or RESOURCES[resource.type]

    def _route(self, resource: Resource) -> str:
        """What a producer for a route of an API would say, as far as that is known."""
        if resource.type != ROUTE:
            return ""
        translation, own = self.sheet.translation, resource.properties
        method, path = ((written(own.get(key)) or "") for key in ("Method", "Path"))
        target = translation.name_of(translation.directory.find(own.get("Target"), "lambda"))
        known = method.upper() in _METHODS and path.startswith("/")
        said = f", `route: {method.upper()} {path}`" if known else ""
        return f"{said}, that publishes to `{target}`" if target else said

    def _home(self, resource: Resource) -> Route | None:
        """The component that a resource became, or that reads or sends by it."""
        translation = self.sheet.translation
        if part := translation.part_of(resource):
            return part.route[:2]
        entry = self.sheet.entry_of(resource.spot)
        if entry is not None and id(entry) in self.holders:
            return self.holders[id(entry)]
        if found := self.sheet.adopted.get(id(resource.spot.node)):
            return found
        if resource.type == RULE:
            return next((route for route, _, _ in self._targets(resource) if route), None)
        if resource.type in _ABOUT:
            part = translation.part_of(
                translation.directory.find(resource.properties.get(_ABOUT[resource.type]), "lambda")
            )
            return part.route[:2] if part else None
        return None

    def _targets(self, rule: Resource) -> Iterator[tuple[Route | None, Map, Any]]:
        for one, spot in rule.properties.items_of("Targets"):
            if isinstance(one, Map):
                entry = self.sheet.entry_of(spot)
                yield self.holders.get(id(entry)) or self.sheet.adopted.get(id(rule.spot.node)), one, spot

    def _properties(self, resource: Resource, route: Route) -> None:
        own = resource.properties
        self._inside(route, own, _READ.get(resource.type, frozenset()), resource.type)
        if resource.type == FUNCTION:
            self._inside(route, own.part("Environment").part("Variables"), frozenset(), "variables")
        if resource.type == RULE:
            self._rule(resource)
        if resource.type == SCHEDULE:
            self._inside(route, own.part("Target"), _TARGET)
        if resource.type == INVOKE and "OnSuccess" in own.part("DestinationConfig"):
            self.sheet.note(route, own.part("DestinationConfig").spot("OnSuccess"), "say `on_success` in `async`")
        if resource.type == TOPIC:
            for one, spot in own.items_of("Subscription"):
                if isinstance(one, Map) and id(self.sheet.entry_of(spot)) not in self.holders:
                    self.sheet.note(route, spot, RESOURCES[SUBSCRIPTION])

    def _rule(self, rule: Resource) -> None:
        for home, one, spot in self._targets(rule):
            if home is None:
                self.sheet.note((), spot, "the target is none of this topology's components")
            else:
                self._inside(home, one, _TARGET)

    def _inside(self, route: Route, own: Map, read: frozenset[str], type_: str = "") -> None:
        """Tell of the entries of a mapping that are not expressed, those with the same reason together."""
        told: dict[str, list[Any]] = {}
        for key in own:
            if key not in read and not self._is_said(own, key) and (type_, key) not in _SILENT:
                told.setdefault(_WHY.get((type_, key)) or _WHY.get((type_, "")) or NO_WORD, []).append(own.spot(key))
        for why, spots in told.items():
            self.sheet.note_all(route, spots, why)

    def _is_said(self, own: Map, key: str) -> bool:
        """Whether a property is expressed, itself or by what stands in it."""
        return id(own.nodes[key][1]) in self.done or (key in _BY_PARTS and _touches(own.nodes[key][1], self.done))


_BY_PARTS = frozenset({"BucketEncryption", "SSESpecification", "StreamEncryption"})
"""Properties of which one value says it all."""


def _touches(node: Any, done: set[int]) -> bool:  # noqa: ANN401 - a node
    if id(node) in done:
        return True
    inner = node.value if isinstance(node.value, list) else []
    return any(_touches(one[1] if isinstance(one, tuple) else one, done) for one in inner)


def _left_out(stack: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a stack
    """The resources of messaging that this deployment does not have, and their conditions."""
    section = stack.template.section("Resources")
    for key, node in section.value if isinstance(section, MappingNode) else ():
        if key.value in stack.resources or not isinstance(node, MappingNode):
            continue
        said = {inner.value: value.value for inner, value in node.value}
        if said.get("Type") in SECTION_OF or said.get("Type") in RESOURCES:
            yield str(key.value), str(said.get("Condition", ""))


def _counted(several: Counter[str], what: str) -> Iterator[str]:
    if not several:
        return
    number = several.total()
    named = ", ".join(f"{count}\xa0{type_ or 'without a type'}" for type_, count in sorted(several.items()))
    yield f"{number} other resource{'s are' if number > 1 else ' is'} {what}: {named}."
