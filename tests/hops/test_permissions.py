"""The static proof of least privilege: what a template allows is what its hops need, each once, and nothing else.

What is needed is said here a second time, from the topology alone; what is allowed is read from the compiled template.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings

from penstock.emit.cloudformation import template as text_of
from penstock.graph.flow import stated_flow
from penstock.hops.delivering import subscription_id
from penstock.hops.lowering import lower
from penstock.kinds import (
    Api,
    Bucket,
    Bus,
    Database,
    Endpoint,
    External,
    ExternalConsumer,
    Function,
    Key,
    Log,
    Outbox,
    Queue,
    Saga,
    Schedule,
    Service,
    Stream,
    Table,
    Topic,
    Workload,
)
from penstock.kinds.alarms import mail_id
from penstock.kinds.api import rest_id
from penstock.kinds.api_auth import Authorizer, authorizer_id
from penstock.model.component import CHILD, Call, Component, Connection, Delivery, Publication
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.statement import ON_EVERYTHING
from penstock.plan.values import GetAtt, ImportValue, Ref, Sub
from tests.strategies import Generated, topologies
from tests.templates import Template, of_type, read
from tests.topologies import complete, example, topology_of

ACCOUNT = Ref("AWS::AccountId")
LOGS = Sub("logs.${AWS::Region}.amazonaws.com")
SEND_WITH_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
TABLE_ACTIONS = {
    "read": {"BatchGetItem", "GetItem", "Query"},
    "write": {"BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"},
    "idempotency": {"DeleteItem", "GetItem", "PutItem", "UpdateItem"},
}


class Allowed(NamedTuple):
    """One action on one resource that one principal may do, under one condition. In a role's policy the role is the principal."""

    principal: str
    action: str
    resource: str
    condition: str


def allowed(principal: object, action: str, resource: object, condition: object = None) -> Allowed:
    return Allowed(repr(principal), action, repr(resource), repr(condition))


# What the template says


def statements(template: Template) -> Iterator[tuple[object, Any]]:
    """Every statement of every policy, with the role whose policy it is. ``*`` in a key's policy is this key."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        assert len(role.get("Policies", ())) <= 1
        for policy in role.get("Policies", ()):
            yield from ((GetAtt(name, "Arn"), statement) for statement in policy["PolicyDocument"]["Statement"])
    yield from apart(template)
    yield from ((None, statement) for statement in of_resources(template))
    for name, key in of_type(template, "AWS::KMS::Key").items():
        for statement in key["KeyPolicy"]["Statement"]:
            assert statement["Resource"] == "*"
            yield None, {**statement, "Resource": GetAtt(name, "Arn")}


def of_resources(template: Template) -> Iterator[Any]:
    """The statements of the policies that hang on channels and log groups."""
    for type_ in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for policy in of_type(template, type_).values():
            yield from policy["PolicyDocument"]["Statement"]
    for policy in of_type(template, "AWS::Kinesis::ResourcePolicy").values():
        yield from policy["ResourcePolicy"]["Statement"]
    for policy in of_type(template, "AWS::Logs::ResourcePolicy").values():
        yield from json.loads(policy["PolicyDocument"].text)["Statement"]
    for policy in of_type(template, "AWS::Events::EventBusPolicy").values():
        yield policy["Statement"]


def apart(template: Template) -> Iterator[tuple[object, Any]]:
    """The statements of policies that stand apart from the roles which have them, and of those that people take."""
    for policy in of_type(template, "AWS::IAM::Policy").values():
        (holder,) = policy["Roles"]
        yield from ((GetAtt(holder.target, "Arn"), statement) for statement in policy["PolicyDocument"]["Statement"])
    for name, policy in of_type(template, "AWS::IAM::ManagedPolicy").items():
        yield from ((Ref(name), statement) for statement in policy["PolicyDocument"]["Statement"])


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def said(template: Template) -> Counter[Allowed]:
    found = Counter(
        allowed(role or statement["Principal"], action, resource, statement.get("Condition"))
        for role, statement in statements(template)
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    )
    for consent in of_type(template, "AWS::Lambda::Permission").values():
        principal = {"Service": consent["Principal"]}
        found[allowed(principal, consent["Action"], consent["FunctionName"], consent["SourceArn"])] += 1
    return found


# What the topology needs


def needed(topology: Topology) -> set[Allowed]:
    found = set(by_itself(topology))
    for connection in topology.connections:
        found |= set(by_hop(connection, topology))
    found |= set(by_offloading(topology))
    keys = {repr(key_arn(key.name)): repr(address(key)) for key in topology.of(Key)}
    found = {one._replace(resource=keys.get(one.resource, one.resource)) for one in found}
    return found - set(left_to_owners(found, topology))


def left_to_owners(found: set[Allowed], topology: Topology) -> Iterator[Allowed]:
    """What is said by policies of what exists already: those of channels and keys, and of roles of functions."""
    theirs = [component for component in topology.components.values() if component.existing]
    places = {repr(address(component)) for component in theirs}
    roles = {repr(role(function)) for function in theirs if isinstance(function, Function)}
    own_roles = {repr(role(component)) for component in topology.components.values()} - roles
    own_roles |= {repr(Ref(logical_id(queue.name, "QueueRedrive"))) for queue in topology.of(Queue)}
    own_roles |= {repr(one) for connection in topology.connections for one in delivery_roles(connection)}
    for one in found:
        by_resource = one.resource in places and one.principal not in own_roles
        if one.principal in roles or (by_resource and one.action != "lambda:InvokeFunction"):
            yield one


def delivery_roles(connection: Connection) -> Iterator[GetAtt]:
    """The roles that a delivery may have of its own."""
    if isinstance(connection.settings, Delivery):
        for own in ("RuleRole", "PipeRole"):
            yield GetAtt(subscription_id(connection, own), "Arn")


def by_itself(topology: Topology) -> Iterator[Allowed]:
    """What is no hop's: own logs, administration of keys, alarms, and EventBridge's own use of a bus's key."""
    yield from by_functions_and_keys(topology)
    for saga in topology.of(Saga):
        for action in LOG_DELIVERY:
            yield allowed(role(saga), f"logs:{action}", "*")
        for action in TRACES if saga.tracing else ():
            yield allowed(role(saga), f"xray:{action}", "*")
    yield from by_consent(topology)
    yield from (one for service in topology.of(Service) for one in by_running(service))
    for log in topology.of(Log):
        if log.encryption.key:
            group = (
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/events/${AWS::StackName}/"
            )
            context = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": Sub(group + log.name)}}
            for action in ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"):
                yield allowed({"Service": LOGS}, f"kms:{action}", key_arn(log.encryption.key), context)
    yield from by_channels(topology)
    yield from by_alarms(topology)
    yield from by_authorizers(topology)


LOG_DELIVERY = (
    *("CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies"),
    *("GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"),
)
TRACES = ("GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments")


def by_saga(connection: Connection) -> Iterator[Allowed]:
    """A saga invokes functions and starts others, and is started or answered; which of them the topology says."""
    source, target, call = connection.source, connection.target, connection.settings
    machine = GetAtt(logical_id(target.name, "Saga"), "Arn")
    if isinstance(source, Saga) and isinstance(target, Function):
        yield allowed(role(source), "lambda:InvokeFunction", invoked(target))
    elif isinstance(call, Call) and call.word == CHILD:
        here = "${AWS::Partition}:{service}:${AWS::Region}:${AWS::AccountId}"
        name = "${" + logical_id(target.name, "Saga") + ".Name}"
        executions = f"arn:{here.replace('{service}', 'states')}:execution:{name}:*"
        ends = f"arn:{here.replace('{service}', 'events')}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
        yield allowed(role(source), "states:StartExecution", machine)
        for action in ("DescribeExecution", "StopExecution"):
            yield allowed(role(source), f"states:{action}", Sub(executions))
        for action in ("DescribeRule", "PutRule", "PutTargets"):
            yield allowed(role(source), f"events:{action}", Sub(ends))
    elif isinstance(call, Call) and call.word == "resumes":
        for action in ("Failure", "Heartbeat", "Success"):
            yield allowed(role(source), f"states:SendTask{action}", machine)
    else:
        yield allowed(role(source), "states:StartExecution", machine)


def by_channels(topology: Topology) -> Iterator[Allowed]:
    """What channels need by themselves: logs of deliveries, the way back from dead letters, and EventBridge's use of a bus's key."""
    for topic in topology.of(Topic):
        yield from by_logging(topic)
    for queue in topology.of(Queue):
        if queue.redrive_from:
            yield from by_redriving(topology.components[queue.redrive_from], queue, topology)
    for bus in topology.of(Bus):
        if bus.encryption.key:
            events = {"Service": "events.amazonaws.com"}
            arn = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/"
            arn += bus.partner or bus.physical_name or f"${{AWS::StackName}}-{bus.name}"
            context = {"StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": Sub(arn)}}
            own = key_arn(bus.encryption.key)
            yield allowed(events, "kms:DescribeKey", own, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
            again = ("kms:ReEncryptFrom", "kms:ReEncryptTo") if bus.archive else ()
            yield from (allowed(events, action, own, context) for action in (*SEND_WITH_KEY, *again))
            yield from by_bus_log(bus, own)
        if dlq := topology.dead_letter_queue(bus.redrive):
            events = {"Service": "events.amazonaws.com"}
            yield allowed(events, "sqs:SendMessage", address(dlq), {"ArnEquals": {"aws:SourceArn": address(bus)}})
            yield from service_with_key("events.amazonaws.com", dlq)


def by_bus_log(bus: Bus, own: GetAtt) -> Iterator[Allowed]:
    """EventBridge encrypts what it logs, and the service that delivers logs decrypts it."""
    logs = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    context = {"StringLike": {"kms:EncryptionContext:SourceArn": logs}}
    if bus.logging:
        yield allowed({"Service": "events.amazonaws.com"}, "kms:GenerateDataKey", own, context)
        deliverer = {"Service": "delivery.logs.amazonaws.com"}
        yield from (allowed(deliverer, action, own, context) for action in SEND_WITH_KEY)


def by_redriving(source: Component, queue: Queue, topology: Topology) -> Iterator[Allowed]:
    """Whoever moves messages back takes them from the one queue and gives them to the other."""
    policy = Ref(logical_id(queue.name, "QueueRedrive"))
    moves = ("CancelMessageMoveTask", "ListMessageMoveTasks", "StartMessageMoveTask")
    for action in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage", *moves):
        yield allowed(policy, f"sqs:{action}", address(source))
    yield allowed(policy, "sqs:SendMessage", address(queue))
    for key in keys_inside(source, topology):
        yield allowed(policy, "kms:Decrypt", key_arn(key))  # the queue's own key lets them decrypt, too
    yield from caller_with_key(policy, queue)


def by_logging(topic: Topic) -> Iterator[Allowed]:
    """SNS writes the log of deliveries into the two groups of the topic."""
    for group in ("TopicDeliveries", "TopicFailures") if topic.delivery_logging else ():
        for action in ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutMetricFilter", "PutRetentionPolicy"):
            yield allowed(role(topic), f"logs:{action}", GetAtt(logical_id(topic.name, group), "Arn"))


def by_alarms(topology: Topology) -> Iterator[Allowed]:
    """CloudWatch publishes to the topics that are told, and uses the keys of both."""
    for severity, receiver in topology.alarms.receivers.items():
        if receiver.arn:
            continue
        told, key = Ref(mail_id(severity, topology)), receiver.key
        if receiver.topic:
            topic = topology.components[receiver.topic]
            told, key = address(topic), key_of(topic)
        principal = {"Service": "cloudwatch.amazonaws.com"}
        yield allowed(principal, "sns:Publish", told, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
        if key:
            yield from (allowed(principal, action, key_arn(key)) for action in SEND_WITH_KEY)


def by_authorizers(topology: Topology) -> Iterator[Allowed]:
    """A function that decides who may call is asked by its authorizers alone."""
    for api in topology.of(Api):
        if isinstance(api.auth, Authorizer):
            asked = topology.components.get(api.auth.function)
            place = f"${{{rest_id(api)}}}/authorizers/${{{authorizer_id(rest_id(api), api.auth, topology)}}}"
            source = Sub(f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{place}")
            gateway = {"Service": "apigateway.amazonaws.com"}
            yield allowed(gateway, "lambda:InvokeFunction", address(asked) if asked else api.auth.function, source)


def by_functions_and_keys(topology: Topology) -> Iterator[Allowed]:
    """What those need by themselves that the stack makes."""
    for function in topology.of(Function):
        if function.existing:
            continue
        logs = GetAtt(logical_id(function.name, "FunctionLogs"), "Arn")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield allowed(role(function), action, logs)
        yield from by_giving_up(function, topology)
        yield from by_surroundings(function)
    for key in topology.of(Key):
        if not key.existing:
            root = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
            yield allowed({"AWS": root}, "kms:*", key_arn(key.name))


def by_surroundings(function: Function) -> Iterator[Allowed]:
    """Traces for X-Ray, and the network interfaces that Lambda makes with the function's role."""
    if function.tracing:
        for action in ("PutTelemetryRecords", "PutTraceSegments"):
            yield allowed(role(function), f"xray:{action}", "*")
    if function.network:
        interfaces = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
        for action in ("DescribeNetworkInterfaces", "DescribeSubnets"):
            yield allowed(role(function), f"ec2:{action}", "*")
        for action in ("Assign", "Unassign"):
            yield allowed(role(function), f"ec2:{action}PrivateIpAddresses", interfaces)
        for action in ("Create", "Delete"):
            yield allowed(role(function), f"ec2:{action}NetworkInterface", interfaces)


def by_consent(topology: Topology) -> Iterator[Allowed]:
    """What owners of channels allow others."""
    for channel in topology.components.values():
        if not isinstance(channel, Topic | Bus | Queue | Stream):
            continue
        for who, actions, keyed in (
            (channel.allowance.publish, [ACTIONS[type(channel)]], SEND_WITH_KEY),
            (channel.allowance.subscribe, CONSENTS[type(channel)], ("kms:Decrypt",)),
        ):
            if not who:
                continue
            named = [one if "arn:" in one else Sub(f"arn:${{AWS::Partition}}:iam::{one}:root") for one in who]
            principal = {"AWS": named if len(named) > 1 else named[0]}
            place, condition = address(channel), None
            if isinstance(channel, Bus) and keyed is not SEND_WITH_KEY:
                rules = "*" if channel.is_default else f"${{{logical_id(channel.name, 'Bus')}}}/*"
                place = Sub(f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{rules}")
                condition = {"StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"}}
            yield from (allowed(principal, action, place, condition) for action in actions)
            with_key = isinstance(channel, Queue | Stream) or (isinstance(channel, Topic) and keyed is SEND_WITH_KEY)
            for key in keys_inside(channel, topology, received=keyed is not SEND_WITH_KEY) if with_key else ():
                yield from (allowed({"AWS": one}, action, key_arn(key)) for one in named for action in keyed)


CONSENTS: dict[type[Component], list[str]] = {
    Queue: [
        f"sqs:{action}"
        for action in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
    ],
    Topic: ["sns:Subscribe"],
    Bus: [
        f"events:{action}"
        for action in (
            *("DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "PutRule", "PutTargets", "RemoveTargets"),
        )
    ],
    Stream: [
        f"kinesis:{action}"
        for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
    ],
}


def by_giving_up(function: Function, topology: Topology) -> Iterator[Allowed]:
    """Lambda sends failed invocations with the function's role."""
    queue = topology.dead_letter_queue(function.redrive)
    if queue is not None:
        yield allowed(role(function), "sqs:SendMessage", address(queue))
        yield from caller_with_key(role(function), queue)
    if function.handover:
        target = topology.components[function.handover.to]
        if isinstance(target, Function):
            yield allowed(role(function), "lambda:InvokeFunction", invoked(target))
        else:
            yield allowed(role(function), ACTIONS[type(target)], address(target))
            yield from caller_with_key(role(function), target)


def by_running(service: Service) -> Iterator[Allowed]:
    """What ECS needs to run a pool: a place for its logs, and its image where that lies in a private registry."""
    if service.pool is None:
        return
    execution = GetAtt(logical_id(service.name, "ServiceExecutionRole"), "Arn")
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield allowed(execution, action, GetAtt(logical_id(service.name, "ServiceLogs"), "Arn"))
    if ".dkr.ecr." in service.pool.image:
        account, region, name = IMAGES["@" in service.pool.image]
        repository = Sub(f"arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{name}")
        yield allowed(execution, "ecr:GetAuthorizationToken", "*")
        for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"):
            yield allowed(execution, f"ecr:{action}", repository)


IMAGES = {
    False: ("111122223333", "eu-central-1", "a/b"),
    True: ("444455556666", "us-east-1", "b"),
}
"""Account, region and repository of the images of random topologies: one with a tag, and one with a digest."""


def by_hop(connection: Connection, topology: Topology) -> Iterator[Allowed]:  # noqa: C901 - one case for each sort
    source, target = connection.source, connection.target
    match source, target:
        case ((Api() | Saga() | Workload()), (Queue() | Topic() | Bus() | Stream())) if not isinstance(
            connection.settings, Delivery
        ):
            yield allowed(role(source), ACTIONS[type(target)], address(target))
            yield from caller_with_key(role(source), target)
        case Api(), Function():
            yield allowed(
                {"Service": "apigateway.amazonaws.com"}, "lambda:InvokeFunction", address(target), route(source)
            )
        case (Saga(), (Saga() | Function())) | (Workload(), Saga()):
            yield from by_saga(connection)
        case Schedule(), _:
            yield from by_schedule(source, target, topology)
        case (Workload(), (Bucket() | Database() | Table())) | (Database(), Outbox()):
            yield from by_use(connection)
        case External(), _:
            yield from by_outsider(source, target)
        case Queue(), Workload():
            yield from by_polling(role(target), source, topology, worker=not isinstance(target, Function))
            yield from by_burying(source, target, topology)
        case ((Stream() | Table()), Function()):
            yield from by_reading(role(target), connection, topology)
        case ((Queue() | Stream() | Table()), (Queue() | Topic() | Bus() | Stream() | Endpoint())):
            yield from by_pipe(connection, topology)
        case ((Bus() | Bucket()), (Bus() | Stream())):
            yield from by_rule_role(connection, topology)
        case ((Queue() | Topic() | Stream()), ExternalConsumer(endpoint=None)):
            yield from by_reader(connection, target, topology)
        case _:
            yield from by_sink(connection)
            yield from by_delivery(connection, topology)


def by_reader(connection: Connection, consumer: ExternalConsumer, topology: Topology) -> Iterator[Allowed]:
    """What somebody outside may do who reads or subscribes."""
    source = connection.source
    if not connection.delivery.enabled:
        return
    for action in READ_ACTIONS[type(source)]:
        yield allowed(outsider(consumer), action, address(source))
    for key in () if isinstance(source, Topic) else keys_inside(source, topology):
        yield allowed(outsider(consumer), "kms:Decrypt", key_arn(key))


def by_sink(connection: Connection) -> Iterator[Allowed]:
    """What a rule needs of what is neither a queue nor a function."""
    target, words = connection.target, logical_id(connection.target.name)
    if not isinstance(connection.source, Bus):
        return
    match target:
        case Endpoint():
            yield allowed(role(target), "events:InvokeApiDestination", destination(target))
        case ExternalConsumer():
            yield allowed(role(target), "events:PutEvents", target.endpoint)
        case Log():
            writers = {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]}
            log, rule = f"${{{words}Log.Arn}}", f"${{{subscription_id(connection, 'Rule')}.Arn}}"
            yield allowed(writers, "logs:CreateLogStream", log)
            yield allowed(writers, "logs:PutLogEvents", log, {"ArnEquals": {"aws:SourceArn": rule}})
        case _:
            return


def destination(endpoint: Component) -> GetAtt:
    return GetAtt(logical_id(endpoint.name, "EndpointDestination"), "Arn")


def by_schedule(schedule: Schedule, target: Component, topology: Topology) -> Iterator[Allowed]:
    """The target, and the dead-letter queue, which Scheduler writes with the same role."""
    if isinstance(target, Function):
        yield allowed(role(schedule), "lambda:InvokeFunction", invoked(target))
    else:
        yield allowed(role(schedule), ACTIONS[type(target)], address(target))
        yield from caller_with_key(role(schedule), target)
    if dlq := topology.dead_letter_queue(schedule.redrive):
        yield allowed(role(schedule), "sqs:SendMessage", address(dlq))
        yield from caller_with_key(role(schedule), dlq)


def invoked(function: Function) -> Any:  # noqa: ANN401 - a value of a template
    """How the policy of a role names a function."""
    if function.provisioned and not function.existing:
        return address(function)
    return their_arn(function) if function.existing else GetAtt(logical_id(function.name, "Function"), "Arn")


def by_outsider(source: External, target: Component) -> Iterator[Allowed]:
    yield allowed(outsider(source), ACTIONS[type(target)], address(target))
    if not isinstance(target, Bus) and (key := key_of(target)):
        yield from (allowed(outsider(source), action, key_arn(key)) for action in SEND_WITH_KEY)


def by_polling(reader: Ref | GetAtt, queue: Queue, topology: Topology, *, worker: bool = False) -> Iterator[Allowed]:
    """Lambda and pipes look at the queue beforehand; a worker may hide a message again."""
    first = "sqs:ChangeMessageVisibility" if worker else "sqs:GetQueueAttributes"
    for action in (first, "sqs:DeleteMessage", "sqs:ReceiveMessage"):
        yield allowed(reader, action, address(queue))
    for key in keys_inside(queue, topology):
        yield allowed(reader, "kms:Decrypt", key_arn(key))


def by_burying(queue: Queue, reader: Workload, topology: Topology) -> Iterator[Allowed]:
    """Generated code sends what it cannot read to the dead letters itself."""
    generated = reader.pool is not None if isinstance(reader, Service) else getattr(reader, "code", None) is None
    dlq = topology.dead_letter_queue(queue.redrive)
    if generated and dlq:
        yield allowed(role(reader), "sqs:SendMessage", address(dlq))
        yield from caller_with_key(role(reader), dlq)


def by_pipe(connection: Connection, topology: Topology) -> Iterator[Allowed]:
    """A pipe reads and sends with a role of its own."""
    own, source, target = pipe_role(connection), connection.source, connection.target
    if isinstance(source, Queue):
        yield from by_polling(own, source, topology)
    else:
        yield from by_reading(own, connection, topology)
    more = ("kinesis:PutRecords",) if isinstance(target, Stream) else ()
    if isinstance(target, Endpoint):
        yield allowed(own, "events:InvokeApiDestination", destination(target))
        return
    for action in (ACTIONS[type(target)], *more):
        yield allowed(own, action, address(target))
    yield from caller_with_key(own, target)


def pipe_role(connection: Connection) -> GetAtt:
    return GetAtt(subscription_id(connection, "PipeRole"), "Arn")


def by_reading(reader: Ref | GetAtt, connection: Connection, topology: Topology) -> Iterator[Allowed]:
    """Lambda or a pipe reads, and says what it gave up, with one role."""
    source = connection.source
    if isinstance(source, Stream):
        for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"):
            yield allowed(reader, f"kinesis:{action}", address(source))
    else:
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"):
            yield allowed(reader, f"dynamodb:{action}", GetAtt(logical_id(source.name, "Table"), "StreamArn"))
    if key := key_of(source):
        yield allowed(reader, "kms:Decrypt", key_arn(key))
    if isinstance(source, Stream) and connection.target.name in source.fan_out:
        for action in ("DescribeStreamConsumer", "SubscribeToShard"):
            consumer = GetAtt(subscription_id(connection, "Consumer"), "ConsumerARN")
            yield allowed(reader, f"kinesis:{action}", consumer)
    if isinstance(source, Table) and isinstance(connection.target, Outbox):
        yield from by_relaying(connection.target, source)
    queue = topology.dead_letter_queue(connection.delivery.dlq)
    if queue is not None:
        yield allowed(reader, "sqs:SendMessage", address(queue))
        yield from caller_with_key(reader, queue)
    if connection.delivery.bucket:
        bucket = topology.components[connection.delivery.bucket]
        ours = {"StringEquals": {"s3:ResourceAccount": Ref("AWS::AccountId")}}
        yield allowed(reader, "s3:PutObject", Sub(f"${{{logical_id(bucket.name, 'Bucket')}.Arn}}/*"), ours)
        yield allowed(reader, "s3:ListBucket", GetAtt(logical_id(bucket.name, "Bucket"), "Arn"), ours)
        yield from caller_with_key(reader, bucket)


def by_relaying(outbox: Outbox, table: Table) -> Iterator[Allowed]:
    """The relay looks rows up and marks them, finds them by the one index, and is invoked by a clock."""
    relay = role(outbox)
    for action in ("GetItem", "UpdateItem"):
        yield allowed(relay, f"dynamodb:{action}", address(table))
    unsent = Sub(f"${{{logical_id(table.name, 'Table')}.Arn}}/index/unsent")
    yield allowed(relay, "dynamodb:Query", unsent)
    yield from caller_with_key(relay, table)
    yield from by_clock(outbox)


def by_clock(outbox: Outbox) -> Iterator[Allowed]:
    """The clock of a relay invokes it."""
    clock = GetAtt(logical_id(outbox.name, "FunctionClockRole"), "Arn")
    yield allowed(clock, "lambda:InvokeFunction", GetAtt(logical_id(outbox.name, "Function"), "Arn"))


def by_rule_role(connection: Connection, topology: Topology) -> Iterator[Allowed]:
    """EventBridge sends with the rule's role, but gives up on its own behalf."""
    own, target = GetAtt(subscription_id(connection, "RuleRole"), "Arn"), connection.target
    yield allowed(own, ACTIONS[type(target)], address(target))
    yield from caller_with_key(own, target)
    yield from by_delivery(connection, topology)


def by_use(connection: Connection) -> Iterator[Allowed]:
    if isinstance(connection.source, Database) and isinstance(connection.target, Outbox):
        yield from by_secret(role(connection.target), connection.source)
        yield from by_clock(connection.target)
        return
    if not isinstance(connection.target, Table):
        yield from by_keeping(connection)
        return
    if isinstance(connection.settings, Publication):
        yield allowed(role(connection.source), "dynamodb:PutItem", address(connection.target))
        yield from caller_with_key(role(connection.source), connection.target)
        return
    if "read" in connection.access.ways and not connection.target.existing:
        for index in connection.target.indexes:
            arn = Sub(f"${{{logical_id(connection.target.name, 'Table')}.Arn}}/index/{index.name}")
            yield allowed(role(connection.source), "dynamodb:Query", arn)
    for action in set().union(*(TABLE_ACTIONS[way] for way in connection.access.ways)):
        yield allowed(role(connection.source), f"dynamodb:{action}", address(connection.target))
    yield from caller_with_key(role(connection.source), connection.target)


def by_secret(own: Ref | GetAtt, store: Database) -> Iterator[Allowed]:
    """Who connects to a database reads its secret."""
    secret = f"arn:${{AWS::Partition}}:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{store.secret}-??????"
    yield allowed(own, "secretsmanager:GetSecretValue", Sub(secret))


def objects_of(bucket: Component, below: str = "") -> object:
    """All objects of a bucket, or those below a folder."""
    target, where, all_of = logical_id(bucket.name, "Bucket"), address(bucket), f"/{below}*"
    match where:
        case GetAtt():
            return Sub(f"${{{target}.Arn}}{all_of}")
        case Ref(name):
            return Sub(f"${{{name}}}{all_of}")
        case Sub(text):
            return Sub(f"{text}{all_of}")
        case ImportValue():
            return Sub(f"${{{target}Arn}}{all_of}", ((f"{target}Arn", where),))
        case _:
            return f"{where}{all_of}"


def by_offloading(topology: Topology) -> Iterator[Allowed]:
    """Senders put the payloads of their own messages into the bucket, receivers get those of theirs."""
    for connection, messages in stated_flow(topology).on.items():
        for message in messages:
            if message.offload is None:
                continue
            bucket = topology.components[message.offload.store]
            if isinstance(connection.settings, Publication) and isinstance(connection.source, Workload):
                yield allowed(role(connection.source), "s3:PutObject", objects_of(bucket, f"{message.name}/"))
                yield from caller_with_key(role(connection.source), bucket)
            if isinstance(connection.target, Workload) and isinstance(connection.settings, Delivery):
                if isinstance(connection.source, Bucket | Table):
                    continue
                reader = role(connection.target)
                yield allowed(reader, "s3:GetObject", objects_of(bucket, f"{message.name}/"))
                if key := key_of(bucket):
                    yield allowed(reader, "kms:Decrypt", key_arn(key))


def by_keeping(connection: Connection) -> Iterator[Allowed]:
    """The objects of a bucket, by the ways they are used; or the secret of a database."""
    own, store = role(connection.source), connection.target
    if isinstance(store, Database):
        yield from by_secret(own, store)
        return
    ways = connection.access.ways
    objects = {"read": {"GetObject"}, "write": {"AbortMultipartUpload", "DeleteObject", "PutObject"}}
    for action in set().union(*(objects[way] for way in ways)):
        yield allowed(own, f"s3:{action}", objects_of(store))
    if "read" in ways:
        yield allowed(own, "s3:ListBucket", address(store))
    yield from caller_with_key(own, store)


def by_delivery(connection: Connection, topology: Topology) -> Iterator[Allowed]:
    """What a service needs that delivers: the queue or the function, and the queue to which it gives up."""
    assert isinstance(connection.settings, Delivery)
    service = "events.amazonaws.com"
    source_arn: Any = GetAtt(subscription_id(connection, "Rule"), "Arn")
    if isinstance(connection.source, Topic):
        if not connection.settings.enabled:
            return
        service, source_arn = "sns.amazonaws.com", address(connection.source)
    condition = {"ArnEquals": {"aws:SourceArn": source_arn}}
    if isinstance(connection.target, Function):
        yield allowed({"Service": service}, "lambda:InvokeFunction", address(connection.target), source_arn)
    if isinstance(connection.target, Topic):
        yield allowed(
            {"Service": service}, "sns:Publish", address(connection.target)
        )  # a condition turns EventBridge away
        yield from service_with_key(service, connection.target)
    for queue in (connection.target, topology.dead_letter_queue(connection.settings.dlq)):
        if isinstance(queue, Queue):
            yield allowed({"Service": service}, "sqs:SendMessage", address(queue), condition)
            yield from service_with_key(service, queue)


READ_ACTIONS: dict[type[Component], tuple[str, ...]] = {
    Queue: ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
    Stream: tuple(
        f"kinesis:{action}"
        for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
    ),
    Topic: ("sns:Subscribe",),
}
ACTIONS: dict[type[Component], str] = {
    Queue: "sqs:SendMessage",
    Topic: "sns:Publish",
    Bus: "events:PutEvents",
    Stream: "kinesis:PutRecord",
}


def role(component: Component) -> Ref | GetAtt:
    """Who does what a component does; for a service that is not deployed here, the policy that its role is to get."""
    if isinstance(component, Service) and component.pool is None:
        return Ref(logical_id(component.name, "ServicePolicy"))
    return GetAtt(logical_id(component.name, f"{getattr(component, 'part', type(component).__name__)}Role"), "Arn")


def address(component: Component) -> Any:  # noqa: ANN401 - a value of a template
    """How policies name a component."""
    if component.existing:
        return their_arn(component)
    match component:
        case Topic():
            return Ref(logical_id(component.name, "Topic"))
        case Bus(is_default=True):
            return Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default")
        case Key():
            return key_arn(component.name)
        case Function():
            return Ref(logical_id(component.name, "FunctionLive" if component.provisioned else "Function"))
        case _:
            word = {Bucket: "Bucket", Queue: "Queue", Bus: "Bus", Stream: "Stream", Table: "Table"}[type(component)]
            return GetAtt(logical_id(component.name, word), "Arn")


def their_arn(component: Component) -> str | Ref | Sub | ImportValue:
    """The ARN of what exists already, as the topology says it."""
    where = component.existing
    assert where is not None
    if where.arn is not None:
        return where.arn if where.arn.startswith("arn:") else Sub(f"arn:${{AWS::Partition}}:s3:::{where.arn}")
    if where.parameter is not None:
        return Ref(logical_id(component.name, component.word.capitalize(), "Address"))
    return ImportValue(where.export)


def route(api: Api) -> Sub:
    path = "/".join("*" if part.startswith("{") else part for part in api.path.split("/"))
    return Sub(
        f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{rest_id(api)}}}/live/{api.method}{path}"
    )


def outsider(external: External | ExternalConsumer) -> dict[str, Any]:
    assert external.principal
    whole = external.principal.isdigit()
    return {"AWS": Sub(f"arn:${{AWS::Partition}}:iam::{external.principal}:root") if whole else external.principal}


def key_of(component: Component) -> str | None:
    assert isinstance(component, Bucket | Queue | Topic | Bus | Stream | Table | Log)
    return component.encryption.key


def key_arn(name: str) -> GetAtt:
    return GetAtt(logical_id(name, "Key"), "Arn")


def keys_inside(channel: Component, topology: Topology, *, received: bool = True) -> set[str]:
    """The keys of what lies in a channel: its own, and where dead letters are received those of every queue on their way here."""
    keys = {key} if (key := key_of(channel)) else set()
    for queue in topology.of(Queue) if received else ():
        passed: list[Component | None] = [queue]
        while passed[-1] is not None and passed[-1] is not channel and len(set(passed)) == len(passed):
            passed.append(topology.dead_letter_queue(passed[-1].redrive))
        if passed[-1] is channel and (key := key_of(queue)):
            keys.add(key)
    return keys


def caller_with_key(principal: Ref | GetAtt, target: Component) -> Iterator[Allowed]:
    """A bus's key is used by EventBridge, every other one by who sends."""
    if (key := key_of(target)) and not isinstance(target, Bus):
        yield from (allowed(principal, action, key_arn(key)) for action in SEND_WITH_KEY)


def reading_with_key(topology: Topology) -> set[Allowed]:
    """What somebody who reads and sends with one key is allowed twice, once for each."""
    readers = {role(workload) for workload in topology.of(Workload)}
    readers |= {
        pipe_role(connection) for connection in topology.connections if isinstance(connection.settings, Delivery)
    }
    return {allowed(reader, "kms:Decrypt", address(key)) for reader in readers for key in topology.of(Key)}


def service_with_key(service: str, target: Component) -> Iterator[Allowed]:
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}} if service == "sns.amazonaws.com" else None
    if key := key_of(target):
        yield from (allowed({"Service": service}, action, key_arn(key), condition) for action in SEND_WITH_KEY)


# The proof


def prove(topology: Topology, template: Template) -> None:
    found, wanted = said(template), needed(topology)
    assert found.keys() == wanted
    assert {one for one, count in found.items() if count != 1} - reading_with_key(topology) == set()
    _no_wildcards(template)
    _one_policy_each(template)
    _no_plain_http(template)
    _trust(template)
    _keys(topology, template)


def _no_wildcards(template: Template) -> None:
    for _, statement in statements(template):
        if statement["Effect"] == "Deny" or statement["Sid"] == "Administrators":
            continue
        assert not any("*" in action for action in listed(statement["Action"])), statement
        if statement["Sid"] == "AllowSubscribing" and "events:PutRule" in statement["Action"]:
            continue  # the rules of one bus
        texts = [one.text if isinstance(one, Sub) else str(one) for one in listed(statement["Resource"])]
        if set(listed(statement["Action"])) <= ON_OBJECTS and all(text.endswith("/*") for text in texts):
            continue  # the objects of one bucket
        if set(listed(statement["Action"])) == ON_EXECUTIONS and all(re.search(OF_ONE_SAGA, text) for text in texts):
            continue  # the executions of one saga, which have names of their own
        if statement["Sid"] == "JoinNetwork":
            continue  # Lambda refuses a role that may delete only some of a function's network interfaces
        if not ON_EVERYTHING.keys() >= set(listed(statement["Action"])):
            assert not any("*" in str(resource) for resource in listed(statement["Resource"])), statement


ON_OBJECTS = {"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"}
"""What is done to the objects of a bucket."""


ON_EXECUTIONS = {"states:DescribeExecution", "states:StopExecution"}
OF_ONE_SAGA = r":execution:\$\{[A-Za-z0-9]+Saga([0-9a-f]{10})?\.Name\}:\*$"
"""What a saga does to the executions that it awaits."""


def _one_policy_each(template: Template) -> None:
    for type_, holders, policy_type in (
        ("AWS::SQS::Queue", "Queues", "AWS::SQS::QueuePolicy"),
        ("AWS::SNS::Topic", "Topics", "AWS::SNS::TopicPolicy"),
    ):
        covered = [name.target for policy in of_type(template, policy_type).values() for name in policy[holders]]
        assert sorted(covered) == sorted(of_type(template, type_))
    for policies in (policy for _, policy in _documents(template)):
        names = [statement["Sid"] for statement in policies]
        assert len(set(names)) == len(names)
        assert all(name.isalnum() for name in names)


def _documents(template: Template) -> Iterator[tuple[str, list[Any]]]:
    for type_ in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        yield from ((name, policy["PolicyDocument"]["Statement"]) for name, policy in of_type(template, type_).items())
    for name, key in of_type(template, "AWS::KMS::Key").items():
        yield name, key["KeyPolicy"]["Statement"]
    for name, role_ in of_type(template, "AWS::IAM::Role").items():
        yield from ((name, policy["PolicyDocument"]["Statement"]) for policy in role_.get("Policies", ()))
    for name, policy in of_type(template, "AWS::IAM::ManagedPolicy").items():
        yield name, policy["PolicyDocument"]["Statement"]


def _no_plain_http(template: Template) -> None:
    for type_, holders in (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SNS::TopicPolicy", "Topics")):
        for policy in of_type(template, type_).values():
            (denied,) = (one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny")
            assert denied["Principal"] == "*"
            assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            holder = policy[holders][0].target
            is_queue = type_ == "AWS::SQS::QueuePolicy"
            assert denied["Action"] == ("sqs:*" if is_queue else "sns:Publish")
            assert denied["Resource"] == (GetAtt(holder, "Arn") if is_queue else Ref(holder))


def _trust(template: Template) -> None:
    """Every role can be taken on by the one service that runs as it."""
    for name, role_ in of_type(template, "AWS::IAM::Role").items():
        (statement,) = role_["AssumeRolePolicyDocument"]["Statement"]
        (service,) = (service for kind, service in SERVICES.items() if re.search(f"{kind}Role([0-9a-f]{{10}})?$", name))
        own = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GetAtt("ScheduleGroup", "Arn")}}
        tasks = Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*")
        conditions: dict[str, Any] = {
            "scheduler.amazonaws.com": {"Condition": own},
            "pipes.amazonaws.com": {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
            "states.amazonaws.com": {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
            "ecs-tasks.amazonaws.com": {
                "Condition": {
                    "ArnLike": {"aws:SourceArn": tasks},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                }
            },
        }
        condition = conditions.get(service, {})
        assert statement == {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            **condition,
        }


SERVICES = {
    "Api": "apigateway.amazonaws.com",
    "Endpoint": "events.amazonaws.com",
    "ExternalConsumer": "events.amazonaws.com",
    "Function": "lambda.amazonaws.com",
    "FunctionClock": "scheduler.amazonaws.com",
    "Pipe": "pipes.amazonaws.com",
    "Rule": "events.amazonaws.com",
    "Saga": "states.amazonaws.com",
    "Schedule": "scheduler.amazonaws.com",
    "Topic": "sns.amazonaws.com",
    "Service": "ecs-tasks.amazonaws.com",
    "ServiceExecution": "ecs-tasks.amazonaws.com",
}


def _keys(topology: Topology, template: Template) -> None:
    """A key's policy admits the services that must use this very key, and no other."""
    wanted: dict[str, set[Any]] = {logical_id(key.name, "Key"): set() for key in topology.of(Key)}
    theirs = {logical_id(key.name, "Key") for key in topology.of(Key) if key.existing}

    def use(component: Component | None, service: Any) -> None:  # noqa: ANN401 - a service's name, or how it is made
        if component is not None and (key := key_of(component)):
            wanted[logical_id(key, "Key")].add(service)

    for log in topology.of(Log):
        use(log, LOGS)
    for bus in topology.of(Bus):
        use(bus, "events.amazonaws.com")
        use(bus if bus.logging else None, "delivery.logs.amazonaws.com")
        use(topology.dead_letter_queue(bus.redrive), "events.amazonaws.com")
    for receiver in topology.alarms.receivers.values():
        use(topology.components.get(receiver.topic or ""), "cloudwatch.amazonaws.com")
        if receiver.key:
            wanted[logical_id(receiver.key, "Key")].add("cloudwatch.amazonaws.com")
    for connection in topology.connections:
        told = isinstance(connection.source, Bucket) and isinstance(connection.settings, Delivery)
        if told or (
            isinstance(connection.source, Topic | Bus)
            and (connection.delivery.enabled or isinstance(connection.source, Bus))
        ):
            service = "sns.amazonaws.com" if isinstance(connection.source, Topic) else "events.amazonaws.com"
            if isinstance(connection.target, Queue | Topic):
                use(connection.target, service)
            use(topology.dead_letter_queue(connection.delivery.dlq), service)
    admitted = {
        name: {one["Principal"]["Service"] for one in key["KeyPolicy"]["Statement"] if "Service" in one["Principal"]}
        for name, key in of_type(template, "AWS::KMS::Key").items()
    }
    assert admitted == {name: services for name, services in wanted.items() if name not in theirs}


@pytest.mark.parametrize("name", ["inventory-outbox", "orders", "orders-outbox", "travel-booking"])
def test_the_examples_allow_what_their_hops_need_and_nothing_else(name: str) -> None:
    topology = example(name)
    prove(topology, read(text_of(lower(topology))))


@settings(max_examples=60)
@given(topologies())
def test_random_topologies_allow_what_their_hops_need_and_nothing_else(generated: Generated) -> None:
    topology = topology_of(generated.text)
    prove(topology, lower(topology).template())


def test_dead_letters_are_read_with_the_keys_of_the_queues_in_which_they_failed() -> None:
    topology = topology_of(
        complete("""\
producers:
  shop: {type: external, principal: "111122223333", publishes: [{message: OrderPlaced, to: orders}, {message: OrderPlaced, to: returns}]}
queues:
  orders: {encryption: {key: first}, dlq: {queue: failed, max_receives: 5}, redrive_from: failed}
  returns: {encryption: {key: second}, dlq: {queue: failed, max_receives: 5}}
  failed: {role: dead-letters, retention: 14d, allow: {subscribe: ["444455556666"]}}
consumers:
  fulfil: {from: orders}
  sort: {from: failed}
  move:
    type: service
    from: failed
    image: "move:1"
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
keys:
  first: {rotation: 365d}
  second: {rotation: 365d}
""")
    )
    template = lower(topology).template()
    prove(topology, template)
    of_second = {
        one for one in said(template) if one.action == "kms:Decrypt" and one.resource == repr(key_arn("second"))
    }
    sort, move = (role(component) for component in topology.of(Workload) if component.name in {"sort", "move"})
    theirs = {"AWS": Sub("arn:${AWS::Partition}:iam::444455556666:root")}
    readers: list[object] = [sort, move, theirs, Ref("OrdersQueueRedrive")]
    assert {repr(one) for one in readers} < {one.principal for one in of_second}
