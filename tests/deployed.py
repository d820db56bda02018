"""A deployed stack against its template: what the services themselves answer, resource by resource."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from penstock.dev.adapt import references
from penstock.dev.deploy import Stack
from penstock.dev.embedded import ACCOUNT, EmbeddedAws

Data = Mapping[str, Any]
Found = Iterator[tuple[str, object, object]]
"""What is asked, what the template says, and what the service answers.

Not asked is what the emulator's CloudFormation leaves out: the time zone of a schedule, and whether a mapping is enabled, which it
heeds but does not tell.
"""

_ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{id}",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/{id}",
    "AWS::IAM::Role": "iam::{account}:role/{id}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{id}",
    "AWS::Kinesis::Stream": "kinesis:{region}:{account}:stream/{id}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{id}",
    "AWS::S3::Bucket": "s3:::{id}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{id}",
}
"""The ARNs of what a template makes, by what `Ref` of it is; of a queue that is its URL."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack; ``outside`` are the values of the parameters and exports of other stacks."""

    aws: EmbeddedAws
    template: Data
    stack: Stack
    outside: Mapping[str, str] = field(default_factory=dict)

    def missing(self) -> dict[str, str]:
        """The types of what the template has and the stack has not."""
        resources: Data = self.template["Resources"]
        return {name: resources[name]["Type"] for name in resources.keys() - self.stack.resources.keys()}

    def differences(self) -> list[str]:
        """Whatever a service answers otherwise than the template says."""
        return [
            f"{name}: {what} is {found!r}, not {said!r}"
            for name, resource in self.template["Resources"].items()
            if name in self.stack.resources and resource["Type"] in _ASKED
            for what, said, found in _ASKED[resource["Type"]](
                self, self.stack.physical(name), resource.get("Properties", {})
            )
            if said != found
        ]

    def value(self, given: Any) -> Any:  # noqa: ANN401 - any part of a template
        """A part of the template with what its references stand for."""
        match given:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return self._text(text, {})
            case {"Fn::Sub": [text, variables]}:
                return self._text(text, self.value(variables))
            case {"Fn::Select": [index, {"Fn::Split": [delimiter, text]}]}:
                return self.value(text).split(delimiter)[index]
            case {"Fn::ImportValue": name}:
                return self.outside[name]
            case dict():
                return {key: self.value(inner) for key, inner in given.items()}
            case list():
                return [self.value(inner) for inner in given]
            case _:
                return given

    def _text(self, text: str, variables: Data) -> str:
        def named(found: re.Match[str]) -> str:
            return str(variables[found[1]]) if found[1] in variables else self._named(found[1])

        return re.sub(r"\$\{([^!}]+)}", named, text).replace("${!", "${")

    def _named(self, reference: str) -> str:
        name, dot, attribute = reference.partition(".")
        return self._attribute(name, attribute) if dot else self._ref(name)

    def _ref(self, name: str) -> str:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": self.aws.region,
            "AWS::StackName": self.stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template.get("Parameters", {}):
            return self.outside[self.template["Parameters"][name]["Default"]]
        return self.stack.physical(name)

    def _attribute(self, name: str, attribute: str) -> str:
        kind, physical = self.template["Resources"][name]["Type"], self._ref(name)
        own = physical.rpartition("/")[2] if kind == "AWS::SQS::Queue" else physical
        match kind, attribute:
            case "AWS::Kinesis::StreamConsumer", "ConsumerARN":
                raise LookupError(name)
            case "AWS::DynamoDB::Table", "StreamArn":
                table = self.aws.call("dynamodb", "describe_table", TableName=physical)["Table"]
                return str(table["LatestStreamArn"])
            case "AWS::StepFunctions::StateMachine", "Arn":
                return physical
            case "AWS::StepFunctions::StateMachine", "Name":
                return physical.rpartition(":")[2]
            case _, "Arn":
                return "arn:aws:" + _ARNS[kind].format(region=self.aws.region, account=ACCOUNT, id=own)
            case _:
                raise LookupError(f"{kind}.{attribute}")

    def stated(self, properties: Data, *names: str) -> dict[str, Any]:
        """Some properties, as far as the template says them."""
        return {name: self.value(properties[name]) for name in names if properties.get(name) is not None}


def _queue(one: Deployed, url: str, properties: Data) -> Found:
    found = one.aws.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = (
        "ContentBasedDeduplication",
        "DelaySeconds",
        "FifoQueue",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "VisibilityTimeout",
    )
    for name, said in one.stated(properties, *names).items():
        yield name, str(said).lower(), found.get(name)
    redrive = json.loads(found.get("RedrivePolicy", "null"))
    yield (
        "RedrivePolicy",
        one.value(properties.get("RedrivePolicy")),
        redrive and {**redrive, "maxReceiveCount": int(redrive["maxReceiveCount"])},
    )


def _subscription(one: Deployed, arn: str, properties: Data) -> Found:
    topic, endpoint = one.value(properties["TopicArn"]), one.value(properties["Endpoint"])
    known = one.aws.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    yield (
        "Endpoint",
        True,
        (properties["Protocol"], endpoint) in {(each["Protocol"], each["Endpoint"]) for each in known},
    )
    if properties["Protocol"] not in {
        "sqs",
        "lambda",
    }:  # it waits for somebody's consent, and has no attributes until then
        return
    found = one.aws.call("sns", "get_subscription_attributes", SubscriptionArn=arn)["Attributes"]
    yield "FilterPolicyScope", properties.get("FilterPolicyScope", "MessageAttributes"), found.get("FilterPolicyScope")
    yield (
        "RawMessageDelivery",
        str(properties.get("RawMessageDelivery", False)).lower(),
        found.get("RawMessageDelivery", "false"),
    )
    for name in ("FilterPolicy", "RedrivePolicy"):
        yield name, one.value(properties.get(name)), json.loads(found.get(name) or "null")


def _mapping(one: Deployed, uuid: str, properties: Data) -> Found:
    found = one.aws.call("lambda", "get_event_source_mapping", UUID=uuid)
    source = properties["EventSourceArn"]
    consumer = source.get("Fn::GetAtt", [""])[0] if isinstance(source, dict) else ""
    if consumer in one.missing():  # without a throughput of its own a reader reads the stream as all others do
        source = one.template["Resources"][consumer]["Properties"]["StreamARN"]
    yield "EventSourceArn", one.value(source), found["EventSourceArn"]
    function = one.value(properties["FunctionName"])
    yield "FunctionName", function.rpartition(":")[2], found["FunctionArn"].rpartition(":")[2]
    names = ("BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "StartingPosition")
    for name, said in one.stated(properties, *names).items():
        yield name, said, found.get(name)
    if "FilterCriteria" in properties:
        yield "FilterCriteria", one.value(properties["FilterCriteria"]), found.get("FilterCriteria")


def _rule(one: Deployed, name: str, properties: Data) -> Found:
    bus = one.value(properties["EventBusName"]).rpartition(":event-bus/")[2]
    where = {"EventBusName": bus}
    rule = name.rpartition("/")[2].rpartition("|")[2]
    found = one.aws.call("events", "describe_rule", Name=rule, **where)
    yield "EventPattern", one.value(properties["EventPattern"]), json.loads(found["EventPattern"])
    yield "State", properties["State"], found["State"]
    yield "EventBusName", bus, found["EventBusName"].rpartition(":event-bus/")[2]
    targets = one.aws.call("events", "list_targets_by_rule", Rule=rule, **where)["Targets"]
    said = [one.value(target) for target in properties["Targets"]]
    yield "Targets", sorted(said, key=lambda each: str(each["Id"])), sorted(targets, key=lambda each: str(each["Id"]))


def _function(one: Deployed, name: str, properties: Data) -> Found:
    found = one.aws.call("lambda", "get_function_configuration", FunctionName=name)
    own = () if "Code" not in properties or isinstance(properties["Code"], dict) else ("Handler", "Runtime")
    for key, said in one.stated(
        properties, "Timeout", "MemorySize", "Role", *own
    ).items():  # another code stands in for one elsewhere
        yield key, said, found.get(key)
    environment = one.value(properties.get("Environment", {}).get("Variables", {}))
    yield "Environment", environment, found.get("Environment", {}).get("Variables", {})


def _invocations(one: Deployed, _: str, properties: Data) -> Found:
    name = one.value(properties["FunctionName"])
    whole = "$LATEST"  # what a function that is kept warm says of its alias, too: the embedded run goes past that
    found = one.aws.call("lambda", "get_function_event_invoke_config", FunctionName=name, Qualifier=whole)
    for key, said in one.stated(properties, "MaximumRetryAttempts", "MaximumEventAgeInSeconds").items():
        yield key, said, found.get(key)
    failed = one.value(properties.get("DestinationConfig", {})).get("OnFailure")
    yield "OnFailure", failed, found.get("DestinationConfig", {}).get("OnFailure") or None


def _pipe(one: Deployed, name: str, properties: Data) -> Found:
    found = one.aws.call("pipes", "describe_pipe", Name=name)
    for key, said in one.stated(properties, "Source", "Target", "RoleArn", "DesiredState").items():
        yield key, said, found.get(key)


def _schedule(one: Deployed, name: str, properties: Data) -> Found:
    where = one.stated(properties, "GroupName")
    found = one.aws.call("scheduler", "get_schedule", Name=name.rpartition("/")[2].rpartition("|")[2], **where)
    for key, said in one.stated(properties, "ScheduleExpression", "State").items():
        yield key, said, found.get(key)
    for key, said in one.stated(properties["Target"], "RoleArn", "RetryPolicy", "DeadLetterConfig").items():
        yield f"Target.{key}", said, found["Target"].get(key)


def _topic(one: Deployed, arn: str, properties: Data) -> Found:
    found = one.aws.call("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
    yield "FifoTopic", str(properties.get("FifoTopic", False)).lower(), found.get("FifoTopic", "false")


def _bus(one: Deployed, name: str, properties: Data) -> Found:
    found = one.aws.call("events", "describe_event_bus", Name=name)
    yield "Name", one.value(properties["Name"]), found["Name"]


def _stream(one: Deployed, name: str, properties: Data) -> Found:
    found = one.aws.call("kinesis", "describe_stream_summary", StreamName=name)["StreamDescriptionSummary"]
    if "RetentionPeriodHours" in properties:
        yield "RetentionPeriodHours", properties["RetentionPeriodHours"], found["RetentionPeriodHours"]
    if "ShardCount" in properties:
        yield "ShardCount", properties["ShardCount"], found["OpenShardCount"]


def _table(one: Deployed, name: str, properties: Data) -> Found:
    found = one.aws.call("dynamodb", "describe_table", TableName=name)["Table"]
    yield "KeySchema", properties["KeySchema"], found["KeySchema"]
    said = properties.get("StreamSpecification", {}).get("StreamViewType")
    yield "StreamViewType", said, found.get("StreamSpecification", {}).get("StreamViewType")
    indexes = {index["IndexName"] for index in found.get("GlobalSecondaryIndexes", ())}
    yield "Indexes", {index["IndexName"] for index in properties.get("GlobalSecondaryIndexes", ())}, indexes


def _queue_policy(one: Deployed, _: str, properties: Data) -> Found:
    for url in one.value(properties["Queues"]):
        found = one.aws.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        yield "Sids", _sids(one, properties), [each["Sid"] for each in json.loads(found["Policy"])["Statement"]]


def _topic_policy(one: Deployed, _: str, properties: Data) -> Found:
    for arn in one.value(properties["Topics"]):
        found = one.aws.call("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
        yield "Sids", _sids(one, properties), [each["Sid"] for each in json.loads(found["Policy"])["Statement"]]


def _sids(one: Deployed, properties: Data) -> list[str]:
    """The statements of a policy: plain HTTP is let in on this machine, and nothing is said of what the emulator has not."""
    missing = one.missing().keys()
    statements = [each for each in properties["PolicyDocument"]["Statement"] if not missing & set(references(each))]
    return [each["Sid"] for each in statements if each["Sid"] != "RefusePlainHttp"]


_ASKED: dict[str, Callable[[Deployed, str, Data], Found]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::Kinesis::Stream": _stream,
    "AWS::Lambda::EventInvokeConfig": _invocations,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Lambda::Function": _function,
    "AWS::Pipes::Pipe": _pipe,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
}
