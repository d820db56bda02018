"""What pipes promise and compile to, from queues, streams and tables.

The emulator runs no pipe from SQS or Kinesis, and of a pipe from a table it heeds neither filter nor template nor most targets; API
destinations it does not know at all. So what a pipe hands on is proved here on the template, and that handlers open it by
`tests/emit_python/test_handlers.py`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.hops import Ending, Guarantee, Ordering, semantics
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.plan.values import GetAtt, Ref
from penstock.schema import check
from penstock.source.schema_file import SchemaFiles
from penstock.source.yaml import Source, parse
from tests.topologies import complete, document_of, topology_of

SENDER = 'producers:\n  shop: {type: external, principal: "111122223333", publishes: [{message: OrderPlaced, to: s}]}\n'
BOTH = (
    "messages:\n  OrderPlaced: {schema: {type: object}, key: id, idempotency_key: id}\n"
    "  OrderPaid: {schema: {type: object}, key: id, idempotency_key: id}\n"
    'producers:\n  shop: {type: external, principal: "111122223333", '
    "publishes: [{message: OrderPlaced, to: s}, {message: OrderPaid, to: s}]}\n"
)
STREAM = "streams: {s: {retention: 48h}}\n"
TABLE = "stores: {s: {type: dynamodb, key: id, stream: VIEW}}\n"
HOUR = 3_600


def of(fragment: str) -> dict[str, Any]:
    resources: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return resources


def pipe_of(fragment: str) -> dict[str, Any]:
    (pipe,) = (each["Properties"] for each in of(fragment).values() if each["Type"] == "AWS::Pipes::Pipe")
    found: dict[str, Any] = pipe
    return found


def patterns(pipe: dict[str, Any]) -> list[Any]:
    filters = pipe["SourceParameters"].get("FilterCriteria", {"Filters": []})
    return [json.loads(each["Pattern"]) for each in filters["Filters"]]


@pytest.mark.parametrize(
    ("source", "target", "ordering"),
    [
        ("queues: {s: {}, r: {fifo: {}, from: {source: s, via: pipe}}}", "r", Ordering.NONE),
        ("queues: {s: {fifo: {}}, r: {from: {source: s, via: pipe}}}", "r", Ordering.NONE),
        ("queues: {s: {fifo: {}}, r: {fifo: {}, from: {source: s, via: pipe}}}", "r", Ordering.PER_GROUP),
        ("queues: {s: {fifo: {}}}\nstreams: {r: {from: s}}", "r", Ordering.PER_KEY),
        ("queues: {s: {fifo: {}}}\ntopics: {r: {from: s}}", "r", Ordering.NONE),
        (STREAM + "queues: {r: {from: {source: s, start: oldest}}}", "r", Ordering.NONE),
        (STREAM + "queues: {r: {fifo: {}, from: {source: s, start: oldest}}}", "r", Ordering.PER_GROUP),
        (STREAM + "buses: {r: {from: {source: s, start: oldest}}}", "r", Ordering.NONE),
        (STREAM.replace("}\n", ", r: {from: {source: s, start: oldest}}}\n"), "r", Ordering.PER_KEY),
    ],
)
def test_order_outlives_a_pipe_where_both_ends_keep_one(source: str, target: str, ordering: Ordering) -> None:
    topology = topology_of(complete(SENDER + source))
    (way,) = topology.incoming(topology.components[target])
    promise = semantics(way, topology)
    assert promise is not None
    assert (promise.guarantee, promise.ordering) == (Guarantee.AT_LEAST_ONCE, ordering)


@pytest.mark.parametrize(
    ("fragment", "by", "attempts", "window", "ending"),
    [
        ("queues: {s: {dlq: {max_receives: 5}}}", "SQS", 5, 96 * HOUR, Ending.DEAD_LETTERS),
        ("queues: {s: {}}", "SQS", None, 96 * HOUR, Ending.EXPIRED),
        (STREAM, "the pipe", None, 48 * HOUR, Ending.EXPIRED),
        (STREAM + "RETRIES", "the pipe", 4, HOUR, Ending.DEAD_LETTERS),
    ],
)
def test_the_source_decides_how_often_a_message_is_tried(
    fragment: str, by: str, attempts: int | None, window: int, ending: Ending
) -> None:
    start = "" if "queues" in fragment else ", start: oldest"
    if "RETRIES" in fragment:
        start += ", retries: {max_retries: 3, max_age: 1h}, on_failure: {}"
    topology = topology_of(
        complete(SENDER + fragment.replace("RETRIES", "") + f"\nbuses: {{r: {{from: {{source: s{start}}}}}}}")
    )
    (way,) = topology.incoming(topology.components["r"])
    promise = semantics(way, topology)
    assert promise is not None
    assert (promise.retried_by, promise.attempts, promise.window, promise.ending) == (by, attempts, window, ending)


@pytest.mark.parametrize(
    ("source", "template", "more"),
    [
        ("queues: {s: {}}", '"data": <$.body>', {"DetailType": "OrderPlaced", "Source": "example"}),
        (STREAM, '"data": <$.data.data>', {"DetailType": "OrderPlaced", "Source": "example"}),
    ],
)
def test_one_message_has_its_name_in_the_template(source: str, template: str, more: object) -> None:
    start = "" if "queues" in source else ", start: latest"
    pipe = pipe_of(SENDER + source + f"\nbuses: {{r: {{from: {{source: s{start}}}}}}}")
    assert pipe["TargetParameters"] == {
        "InputTemplate": f'{{"message": "OrderPlaced", {template}}}',
        "EventBridgeEventBusParameters": more,
    }
    assert pipe["Target"] == GetAtt("RBus", "Arn")


@pytest.mark.parametrize(
    ("fragment", "name", "data"),
    [
        (
            "queues: {a: {}}\ntopics: {r: {from: a}}",
            "$.messageAttributes.message.stringValue",
            "$.body",
        ),
        (
            "streams: {a: {}}\ntopics: {r: {from: {source: a, start: latest}}}",
            "$.data.message",
            "$.data.data",
        ),
        (
            "buses: {a: {}}\nqueues: {s: {from: a}}\ntopics: {r: {from: s}}",
            "$.body.detail-type",
            "$.body.detail",
        ),
        (
            "queues: {a: {}, s: {from: {source: a, via: pipe}}}\ntopics: {r: {from: s}}",
            "$.body.message",
            "$.body.data",
        ),
        (
            "topics: {a: {}, r: {from: s}}\nqueues: {s: {from: {source: a, raw: true}}}",
            "$.messageAttributes.message.stringValue",
            "$.body",
        ),
        (
            "queues: {a: {}, s: {from: b}}\nbuses: {b: {from: a}}\ntopics: {r: {from: s}}",
            "$.body.detail.message",
            "$.body.detail.data",
        ),
    ],
)
def test_of_several_messages_the_name_is_where_the_source_has_it(fragment: str, name: str, data: str) -> None:
    made = of(BOTH.replace("to: s", "to: a") + fragment)
    (pipe,) = (each for id_, each in made.items() if id_.startswith("RTopicFrom") and id_.endswith("Pipe"))
    assert pipe["Properties"]["TargetParameters"] == {"InputTemplate": f'{{"message": <{name}>, "data": <{data}>}}'}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", {"BatchSize": 10}),
        ("batch: {size: 5, window: 3s}", {"BatchSize": 5, "MaximumBatchingWindowInSeconds": 3}),
    ],
)
def test_how_a_queue_is_read(said: str, expected: object) -> None:
    pipe = pipe_of(SENDER + f"queues: {{s: {{}}}}\ntopics: {{r: {{from: {{source: s, {said}}}}}}}")
    assert pipe["SourceParameters"] == {"SqsQueueParameters": expected}
    assert (pipe["Source"], pipe["Target"]) == (GetAtt("SQueue", "Arn"), Ref("RTopic"))


def test_how_a_stream_is_read() -> None:
    made = of(
        SENDER + STREAM + "queues:\n  r:\n    from:\n      source: s\n      start: latest\n      parallelization: 2\n"
        "      batch: {size: 5, window: 2s}\n      retries: {max_retries: 3, max_age: 1h, bisect: true}\n      on_failure: {}\n"
    )
    pipe = made["RQueueFromSStreamPipe"]["Properties"]
    assert pipe["SourceParameters"] == {
        "KinesisStreamParameters": {
            "BatchSize": 5,
            "MaximumBatchingWindowInSeconds": 2,
            "StartingPosition": "LATEST",
            "MaximumRetryAttempts": 3,
            "MaximumRecordAgeInSeconds": HOUR,
            "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
            "ParallelizationFactor": 2,
            "DeadLetterConfig": {"Arn": GetAtt("RFromSFailedQueue", "Arn")},
        }
    }
    assert pipe["LogConfiguration"]["Level"] == "ERROR"
    alarm = made["RQueueFromSStreamPipeErrorsAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/EventBridge/Pipes", "ExecutionFailed")
    assert alarm["Dimensions"] == [{"Name": "PipeName", "Value": Ref("RQueueFromSStreamPipe")}]


ENDPOINT = (
    "consumers:\n  r:\n    type: http\n    url: https://partner.example/hooks\n    auth: {type: api-key, secret: partner-key}\n"
    "    headers: {x-tenant: shop}\n    rate: 50/s\n    from: {source: s, SAID}\n"
)


@pytest.mark.parametrize(
    ("source", "said", "ordering", "by", "ending"),
    [
        ("queues: {s: {dlq: {max_receives: 5}}}\n", "id: a", Ordering.NONE, "SQS", Ending.DEAD_LETTERS),
        ("queues: {s: {fifo: {}}}\n", "id: a", Ordering.PER_GROUP, "SQS", Ending.EXPIRED),
        (STREAM, "start: oldest", Ordering.PER_KEY, "the pipe", Ending.EXPIRED),
        ("streams: {s: {distribution: automatic}}\n", "start: oldest", Ordering.NONE, "the pipe", Ending.EXPIRED),
        (
            STREAM,
            "start: latest, retries: {max_retries: 3}, on_failure: {}",
            Ordering.PER_KEY,
            "the pipe",
            Ending.DEAD_LETTERS,
        ),
    ],
)
def test_what_a_pipe_promises_an_endpoint(source: str, said: str, ordering: Ordering, by: str, ending: Ending) -> None:
    topology = topology_of(complete(SENDER + source + ENDPOINT.replace("SAID", said)))
    (way,) = topology.incoming(topology.components["r"])
    promise = semantics(way, topology)
    assert promise is not None
    assert (promise.ordering, promise.retried_by, promise.ending) == (ordering, by, ending)


SHARED = """
queues: {s: {export: true}, other: {}}
topics: {r: {from: {source: s, via: pipe SAID}}}
streams: {k: {from: {source: b SAID}}}
buses: {b: {allow: {publish: ["111122223333"]}}}
"""


@pytest.mark.parametrize(("said", "name"), [("", None), (", messages: [OrderPlaced]", '"OrderPlaced"')])
def test_what_a_sender_sends_elsewhere_changes_no_pipe_from_what_others_send_to(said: str, name: str | None) -> None:
    fragment = SHARED.replace("SAID", said)
    alone, beside = (of(more + fragment) for more in ("", SENDER.replace("to: s", "to: other")))
    assert {id_ for id_ in alone if beside[id_] != alone[id_]} == {"OtherQueuePolicy"}
    pipe = alone["RTopicFromSQueuePipe"]["Properties"]["TargetParameters"]
    template = name or "<$.messageAttributes.message.stringValue>"
    assert pipe == {"InputTemplate": f'{{"message": {template}, "data": <$.body>}}'}
    (target,) = alone["KStreamFromBBusRule"]["Properties"]["Targets"]
    assert target["InputTransformer"]["InputTemplate"] == f'{{"message": {name or "<name>"}, "data": <data>}}'
    assert target.get("KinesisParameters") == ({"PartitionKeyPath": "$.detail.order_id"} if name else None)


def test_where_others_may_send_too_no_name_stands_in_the_template() -> None:
    """One of ours sends, and others may: only what is there for nobody else carries that one message alone."""
    for said, name in (("{}", '"OrderPlaced"'), ("{export: true}", "<$.messageAttributes.message.stringValue>")):
        pipe = pipe_of(SENDER + f"queues: {{s: {said}}}\ntopics: {{r: {{from: {{source: s, via: pipe}}}}}}")
        assert pipe["TargetParameters"] == {"InputTemplate": f'{{"message": {name}, "data": <$.body>}}'}


def test_an_endpoint_gets_messages_one_by_one_by_a_destination_that_the_pipe_alone_may_call() -> None:
    made = of(SENDER + "queues: {s: {}}\n" + ENDPOINT.replace("SAID", "filter: {id: [a]}, filter_on: body"))
    pipe = made["REndpointFromSQueuePipe"]["Properties"]
    assert pipe["SourceParameters"]["SqsQueueParameters"] == {"BatchSize": 1}
    assert patterns(pipe) == [{"body": {"id": ["a"]}}]
    assert pipe["Target"] == GetAtt("REndpointDestination", "Arn")
    assert pipe["TargetParameters"] == {
        "InputTemplate": '{"message": "OrderPlaced", "data": <$.body>}',
        "HttpParameters": {"HeaderParameters": {"x-tenant": "shop"}},
    }
    assert made["REndpointDestination"]["Properties"]["InvocationRateLimitPerSecond"] == 50
    assert "REndpointRole" not in made  # that one is for rules


def test_a_batch_for_an_endpoint_is_no_key_of_the_language() -> None:
    document, faults = parse(
        Source("t", complete(SENDER + "queues: {s: {}}\n" + ENDPOINT.replace("SAID", "batch: {size: 5}")))
    )
    assert document is not None, faults
    (fault,) = check(document)
    assert fault.help == "what is no function gets messages one by one"


@pytest.mark.parametrize(
    ("view", "image", "events"),
    [
        ("new-image", "NewImage", [{"eventName": ["INSERT", "MODIFY"]}]),
        ("both", "NewImage", [{"eventName": ["INSERT", "MODIFY"]}]),
        ("old-image", "OldImage", [{"eventName": ["MODIFY", "REMOVE"]}]),
        ("keys", "Keys", []),
    ],
)
def test_of_a_table_the_image_travels(view: str, image: str, events: object) -> None:
    table = TABLE.replace("VIEW", view)
    pipe = pipe_of(table + "topics: {r: {from: {source: s, start: oldest, messages: [OrderPlaced]}}}")
    assert pipe["Source"] == GetAtt("STable", "StreamArn")
    assert patterns(pipe) == events
    assert pipe["TargetParameters"] == {"InputTemplate": f'{{"message": "OrderPlaced", "image": <$.dynamodb.{image}>}}'}


@pytest.mark.parametrize(
    ("source", "said", "group", "identity"),
    [
        ("queues: {s: {}, RECEIVER}", "via: pipe", "$.body.order_id", "$.body.order_id"),
        ("queues: {s: {}, RECEIVER}", "via: pipe, group_by: a.b, dedupe_by: c", "$.body.a.b", "$.body.c"),
        ("queues: {s: {}, RECEIVER}", "via: pipe, group_by: {constant: all}", "all", "$.body.order_id"),
        (STREAM + "queues: {RECEIVER}", "start: oldest", "$.data.data.order_id", "$.data.data.order_id"),
        (
            TABLE.replace("VIEW", "keys") + "queues: {RECEIVER}",
            "start: oldest, messages: [OrderPlaced]",
            "$.dynamodb.Keys.id.S",
            "$.eventID",
        ),
        (
            TABLE.replace("VIEW", "new-image") + "queues: {RECEIVER}",
            "start: oldest, messages: [OrderPlaced], group_by: a.b",
            "$.dynamodb.NewImage.a.M.b.S",
            "$.eventID",
        ),
    ],
)
def test_a_fifo_queue_gets_group_and_id(source: str, said: str, group: str, identity: str) -> None:
    head = "" if "dynamodb" in source else SENDER
    pipe = pipe_of(head + source.replace("RECEIVER", f"r: {{fifo: {{}}, from: {{source: s, {said}}}}}"))
    assert pipe["TargetParameters"]["SqsQueueParameters"] == {
        "MessageGroupId": group,
        "MessageDeduplicationId": identity,
    }


@pytest.mark.parametrize(
    ("contract", "source", "key"),
    [
        ("key: id", "queues: {s: {}}", "$.body.id"),
        ("version: 1", "queues: {s: {}}", "$.messageId"),
        ("version: 1", "queues: {s: {fifo: {}}}", "$.attributes.MessageGroupId"),
        ("version: 1", STREAM, "$.partitionKey"),
    ],
)
def test_a_stream_gets_a_partition_key_in_any_case(contract: str, source: str, key: str) -> None:
    start = ", start: oldest" if source == STREAM else ""
    receiver = f"r: {{from: {{source: s{start}}}}}"
    target = (
        source.replace("}}\n", "}, " + receiver + "}\n") if source == STREAM else f"{source}\nstreams: {{{receiver}}}"
    )
    pipe = pipe_of(f"messages: {{OrderPlaced: {{schema: {{type: object}}, {contract}}}}}\n" + SENDER + target)
    assert pipe["TargetParameters"]["KinesisStreamParameters"] == {"PartitionKey": key}


@pytest.mark.parametrize(
    ("source", "said", "expected"),
    [
        (
            "queues: {s: {}}",
            "messages: [OrderPaid]",
            [{"messageAttributes": {"message": {"stringValue": ["OrderPaid"]}}}],
        ),
        (
            "queues: {s: {}}",
            "messages: [OrderPaid], filter: {region: [eu]}",
            [{"messageAttributes": {"message": {"stringValue": ["OrderPaid"]}, "region": {"stringValue": ["eu"]}}}],
        ),
        (
            "queues: {s: {}}",
            "filter: [{a: [b]}, {c: [d]}], filter_on: body",
            [{"body": {"a": ["b"]}}, {"body": {"c": ["d"]}}],
        ),
        (
            STREAM,
            "start: oldest, messages: [OrderPaid], filter: {a: [b]}, filter_on: body",
            [{"data": {"message": ["OrderPaid"], "data": {"a": ["b"]}}}],
        ),
    ],
)
def test_filters_look_where_the_source_has_what_they_ask_for(source: str, said: str, expected: object) -> None:
    assert patterns(pipe_of(BOTH + source + f"\ntopics: {{r: {{from: {{source: s, {said}}}}}}}")) == expected


def test_behind_a_bus_messages_are_told_by_their_detail_types() -> None:
    head = BOTH.replace("OrderPaid: {", "OrderPaid: {detail_type: paid, ").replace("to: s", "to: b")
    pipe = pipe_of(
        head + "buses: {b: {}}\nqueues: {s: {from: b}}\ntopics: {r: {from: {source: s, messages: [OrderPaid]}}}"
    )
    assert patterns(pipe) == [{"body": {"detail-type": ["paid"]}}]


@pytest.mark.parametrize(
    ("fragment", "code", "words"),
    [
        (
            TABLE.replace(", stream: VIEW", "")
            + "topics: {r: {from: {source: s, start: oldest, messages: [OrderPlaced]}}}",
            "REF030",
            "topic 'r' reads store 's', which has no stream",
        ),
        (
            TABLE.replace("VIEW", "keys") + "topics: {r: {from: {source: s, start: oldest}}}",
            "REF031",
            "topic 'r' reads store 's', but does not name the one message that the items are",
        ),
        (
            "queues: {s: {}}\ntopics: {r: {from: {source: s, batch: {size: 11}}}}",
            "REF032",
            "the pipe from queue 's' to topic 'r' has batches of 11 messages, but topic 'r' takes 10 at once",
        ),
        (
            "queues: {s: {}}\nstreams: {r: {from: {source: s, batch: {size: 501}}}}",
            "REF032",
            "the pipe from queue 's' to stream 'r' has batches of 501 messages, but stream 'r' takes 500 at once",
        ),
        (
            "queues: {s: {}}\ntopics: {r: {from: {source: s, filter: [{a: [a]}, {b: [b]}, {c: [c]}, {d: [d]}, {e: [e]}, {f: [f]}]}}}",
            "REF032",
            "the pipe from queue 's' to topic 'r' has 6 filters, but a pipe takes 5",
        ),
        (
            STREAM + "topics: {r: {from: s}}",
            "REF014",
            "topic 'r' reads stream 's', but does not say where in the stream it begins",
        ),
    ],
)
def test_what_a_pipe_would_refuse_is_a_fault(fragment: str, code: str, words: str) -> None:
    built = build(document_of(complete(fragment)), SchemaFiles(Path()))
    assert [(fault.code, fault.message) for fault in built.faults] == [(code, words)]


def test_a_function_reads_a_table() -> None:
    made = of(
        TABLE.replace("VIEW", "new-image")
        + "consumers:\n  f:\n    from: {source: s, start: oldest, messages: [OrderPlaced], parallelization: 2, "
        "batch: {size: 50, partial_failures: true}, retries: {max_retries: 3, max_age: 1h, bisect: true}, on_failure: {}}"
    )
    assert made["STable"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert made["FFunctionFromSStoreMapping"]["Properties"] == {
        "EventSourceArn": GetAtt("STable", "StreamArn"),
        "FunctionName": Ref("FFunction"),
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 50,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT", "MODIFY"]}'}]},
        "ParallelizationFactor": 2,
        "MaximumRetryAttempts": 3,
        "MaximumRecordAgeInSeconds": HOUR,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": GetAtt("FFromSFailedQueue", "Arn")}},
    }
    assert "FFunctionIteratorAgeAlarm" in made


def test_a_pipe_that_is_off_is_stopped() -> None:
    assert (
        pipe_of(SENDER + "queues: {s: {}}\ntopics: {r: {from: {source: s, enabled: false}}}")["DesiredState"]
        == "STOPPED"
    )
