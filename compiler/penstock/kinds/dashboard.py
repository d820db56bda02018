"""One dashboard per topology, made of what the plan has: rows of queues, dead letters, functions, streams, buses and APIs."""

from collections.abc import Callable, Iterator, Mapping

from penstock.kinds.queue import Queue, holds_dead_letters, queue_id
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import GetAtt, Ref, Sub, Value, as_text
from penstock.records import NamedTuple

_WIDTH, _HEIGHT, _COLUMNS = 12, 6, 2

Dimensions = Callable[[Resource], Mapping[str, Value]]


class _Graph(NamedTuple):
    """One graph: a line for each resource of a type that ``wanted`` picks."""

    title: str
    type: str
    namespace: str
    metric: str
    statistic: str
    dimensions: Dimensions
    dead_letters: bool | None = None
    reads_stream: bool = False


def _queue(resource: Resource) -> Mapping[str, Value]:
    return {"QueueName": GetAtt(resource.id, "QueueName")}


def _function(resource: Resource) -> Mapping[str, Value]:
    return {"FunctionName": Ref(resource.id)}


def _reader(resource: Resource) -> Mapping[str, Value]:
    return {"FunctionName": resource.properties["FunctionName"]}


def _stream(resource: Resource) -> Mapping[str, Value]:
    return {"StreamName": Ref(resource.id)}


def _topic(resource: Resource) -> Mapping[str, Value]:
    return {"TopicName": GetAtt(resource.id, "TopicName")}


def _rule(resource: Resource) -> Mapping[str, Value]:
    return {"EventBusName": resource.properties["EventBusName"], "RuleName": Ref(resource.id)}


def _api(resource: Resource) -> Mapping[str, Value]:
    return {"ApiName": resource.properties["Name"]}


_QUEUE, _FUNCTION, _API = "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::ApiGateway::RestApi"
_AGE, _DEPTH = "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"
_GRAPHS = (
    _Graph("Queues: age of the oldest message, s", _QUEUE, "AWS/SQS", _AGE, "Maximum", _queue, dead_letters=False),
    _Graph("Queues: waiting messages", _QUEUE, "AWS/SQS", _DEPTH, "Maximum", _queue, dead_letters=False),
    _Graph("Dead letters", _QUEUE, "AWS/SQS", _DEPTH, "Maximum", _queue, dead_letters=True),
    _Graph("Functions: errors", _FUNCTION, "AWS/Lambda", "Errors", "Sum", _function),
    _Graph("Functions: duration, p99, ms", _FUNCTION, "AWS/Lambda", "Duration", "p99", _function),
    _Graph("Functions: throttled", _FUNCTION, "AWS/Lambda", "Throttles", "Sum", _function),
    _Graph(
        "Streams: age of the last record read, ms",
        "AWS::Lambda::EventSourceMapping",
        "AWS/Lambda",
        "IteratorAge",
        "Maximum",
        _reader,
        reads_stream=True,
    ),
    _Graph(
        "Streams: records refused",
        "AWS::Kinesis::Stream",
        "AWS/Kinesis",
        "WriteProvisionedThroughputExceeded",
        "Sum",
        _stream,
    ),
    _Graph("Topics: not delivered", "AWS::SNS::Topic", "AWS/SNS", "NumberOfNotificationsFailed", "Sum", _topic),
    _Graph("Buses: not delivered", "AWS::Events::Rule", "AWS/Events", "FailedInvocations", "Sum", _rule),
    _Graph("APIs: errors of the server", _API, "AWS/ApiGateway", "5XXError", "Sum", _api),
    _Graph("APIs: latency, p99, ms", _API, "AWS/ApiGateway", "Latency", "p99", _api),
)


def add_dashboard(topology: Topology, plan: Plan) -> None:
    """The dashboard, if the topology wants one. Its name is CloudFormation's choice where the topology has none."""
    name = topology.alarms.dashboard
    if name is None:
        return
    graphs = [(graph, lines) for graph in _GRAPHS if (lines := list(_lines(graph, topology, plan)))]
    widgets = [_widget(number, graph, lines) for number, (graph, lines) in enumerate(graphs)]
    properties: dict[str, Value] = {"DashboardName": name or None, "DashboardBody": as_text({"widgets": widgets})}
    plan.add(Resource("Dashboard", "AWS::CloudWatch::Dashboard", properties, topology.at("alarms", "dashboard")))


def _lines(graph: _Graph, topology: Topology, plan: Plan) -> Iterator[list[Value]]:
    """The metrics of a graph, in the order of the logical ids, each once."""
    givers = {queue_id(queue) for queue in topology.of(Queue) if holds_dead_letters(queue, topology)}
    seen: set[str] = set()
    for id_ in sorted(plan.resources):
        resource = plan.resources[id_]
        if resource.type != graph.type or (graph.dead_letters is not None and (id_ in givers) != graph.dead_letters):
            continue
        if graph.reads_stream and "StartingPosition" not in resource.properties:
            continue
        named = {name: _here(value, plan) for name, value in graph.dimensions(resource).items()}
        if not all(isinstance(value, str | Ref | GetAtt | Sub) for value in named.values()):
            continue  # a name that only the deployment can cut out of an ARN cannot stand in a text
        pairs = [part for name, value in named.items() for part in (name, value)]
        if (mark := repr(pairs)) not in seen:
            seen.add(mark)
            yield [graph.namespace, graph.metric, *pairs]


def _here(value: Value, plan: Plan) -> Value:
    """A name; of what exists already its own, because ``Ref`` of that may be an ARN."""
    left = plan.left.get(value.target) if isinstance(value, Ref) else None
    return existing_name(left) if left else value


def _widget(number: int, graph: _Graph, lines: list[list[Value]]) -> dict[str, Value]:
    row, column = divmod(number, _COLUMNS)
    shown = {
        "title": graph.title,
        "metrics": lines,
        "stat": graph.statistic,
        "period": 60,
        "region": Ref("AWS::Region"),
        "view": "timeSeries",
    }
    place = {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return {"type": "metric", **place, "properties": shown}
