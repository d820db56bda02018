"""What streams promise and compile to, at both of their ends."""

from pathlib import Path
from typing import Any

import pytest

from penstock.hops import Ending, Guarantee, Ordering, Semantics, semantics
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.plan.values import GetAtt, Ref, Sub
from penstock.source.schema_file import SchemaFiles
from tests.hops.pairs import PAIRS
from tests.topologies import complete, document_of, topology_of

HOUR = 3_600
SENDER = "producers:\n  p: {type: function, publishes: {message: OrderPlaced, to: s}}\n"


def of(fragment: str) -> dict[str, Any]:
    resources: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return resources


def statements(resources: dict[str, Any], role: str) -> dict[str, Any]:
    (policy,) = resources[role]["Properties"]["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def promise_of(fragment: str, source: str) -> Semantics:
    topology = topology_of(complete(fragment))
    (found,) = (c for c in topology.connections if c.source.name == source)
    promise = semantics(found, topology)
    assert promise is not None
    return promise


@pytest.mark.parametrize(
    ("said", "properties"),
    [
        (
            "{}",
            {
                "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
                "RetentionPeriodHours": 24,
                "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
            },
        ),
        (
            "{capacity: {shards: 4}, retention: 7d, encryption: {key: k}, physical_name: clicks, tags: {a: b}}",
            {
                "Name": "clicks",
                "StreamModeDetails": {"StreamMode": "PROVISIONED"},
                "ShardCount": 4,
                "RetentionPeriodHours": 168,
                "StreamEncryption": {"EncryptionType": "KMS", "KeyId": GetAtt("KKey", "Arn")},
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        ),
        ("{encryption: {none: x}}", {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "RetentionPeriodHours": 24}),
    ],
)
def test_a_stream_is_kept_and_encrypted_unless_said_otherwise(said: str, properties: dict[str, object]) -> None:
    made = of(f"streams: {{s: {said}}}\nkeys: {{k: {{}}}}")["SStream"]
    assert made["Properties"] == properties
    assert made["DeletionPolicy"] == made["UpdateReplacePolicy"] == "Retain"


def test_a_function_puts_records_and_is_told_the_streams_name() -> None:
    made = of(SENDER + "streams: {s: {encryption: {key: k}}}\nkeys: {k: {}}")
    said = statements(made, "PFunctionRole")
    assert (said["SendToS"]["Action"], said["SendToS"]["Resource"]) == ("kinesis:PutRecord", GetAtt("SStream", "Arn"))
    assert said["EncryptWithK"]["Resource"] == GetAtt("KKey", "Arn")
    assert made["PFunction"]["Properties"]["Environment"]["Variables"]["PENSTOCK_STREAM_S"] == GetAtt("SStream", "Arn")


def test_an_outsider_gets_in_by_the_streams_own_policy() -> None:
    made = lower(topology_of(PAIRS["External", "Stream"])).template()["Resources"]
    assert made["ClicksStreamPolicy"]["Type"] == "AWS::Kinesis::ResourcePolicy"
    properties = made["ClicksStreamPolicy"]["Properties"]
    assert properties["ResourceArn"] == GetAtt("ClicksStream", "Arn")
    assert properties["ResourcePolicy"]["Statement"] == [
        {
            "Sid": "AllowFromShopExternal",
            "Effect": "Allow",
            "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::111122223333:root")},
            "Action": "kinesis:PutRecord",
            "Resource": GetAtt("ClicksStream", "Arn"),
        }
    ]


@pytest.mark.parametrize(("key", "ordering"), [("key: id", Ordering.PER_KEY), ("version: 1", Ordering.NONE)])
@pytest.mark.parametrize("sender", ["type: function", 'type: external, principal: "111122223333"'])
def test_only_messages_with_a_key_have_an_order(key: str, ordering: Ordering, sender: str) -> None:
    contract = f"messages:\n  OrderPlaced: {{schema: {{type: object}}, {key}}}\n"
    producer = f"producers:\n  p: {{{sender}, publishes: {{message: OrderPlaced, to: s}}}}\n"
    promise = promise_of(contract + producer + "streams: {s: {}}", "p")
    assert (promise.ordering, promise.attempts, promise.ending) == (ordering, 3, Ending.CALLER)


@pytest.mark.parametrize(
    ("said", "attempts", "window", "ending"),
    [
        ("", None, 48 * HOUR, Ending.EXPIRED),
        (", on_failure: {}", None, 48 * HOUR, Ending.EXPIRED),
        (", retries: {max_retries: 3}", 4, 48 * HOUR, Ending.DROPPED),
        (", retries: {max_age: 1h}", None, HOUR, Ending.DROPPED),
        (", retries: {max_age: 7d}, on_failure: {none: x}", None, 48 * HOUR, Ending.DROPPED),
        (", retries: {max_retries: 0, max_age: 1h}, on_failure: {}", 1, HOUR, Ending.DEAD_LETTERS),
    ],
)
def test_a_shard_waits_as_long_as_retries_or_retention_last(
    said: str, attempts: int | None, window: int, ending: Ending
) -> None:
    fragment = f"streams: {{s: {{retention: 48h}}}}\nconsumers:\n  f: {{from: {{source: s, start: oldest{said}}}}}"
    promise = promise_of(fragment, "s")
    assert promise._replace(source="", dead_letters=None, unread=None) == Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_KEY,
        retried_by="Lambda",
        attempts=attempts,
        window=window,
        ending=ending,
        source="",
    )
    dead_letters = promise.dead_letters and promise.dead_letters.name
    assert dead_letters == ("f-from-s-failed" if ending is Ending.DEAD_LETTERS else None)
    assert (promise.unread and promise.unread.name) == ("f-from-s-failed" if "on_failure: {}" in said else None)


def test_a_mapping_says_all_that_is_set() -> None:
    made = of(
        "streams: {s: {encryption: {key: k}}}\nkeys: {k: {}}\nconsumers:\n  f:\n    from:\n      source: s\n"
        "      start: latest\n      batch: {size: 50, window: 5s, partial_failures: true}\n      parallelization: 2\n"
        "      retries: {max_retries: 3, max_age: 1h, bisect: true}\n"
        "      on_failure: {retention: 10d, encryption: {key: k}}\n      enabled: false"
    )
    assert made["FFunctionFromSStreamMapping"]["Properties"] == {
        "EventSourceArn": GetAtt("SStream", "Arn"),
        "FunctionName": Ref("FFunction"),
        "StartingPosition": "LATEST",
        "BatchSize": 50,
        "MaximumBatchingWindowInSeconds": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ParallelizationFactor": 2,
        "MaximumRetryAttempts": 3,
        "MaximumRecordAgeInSeconds": HOUR,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": GetAtt("FFromSFailedQueue", "Arn")}},
        "Enabled": False,
    }
    assert made["FFromSFailedQueue"]["Properties"]["MessageRetentionPeriod"] == 10 * 24 * HOUR
    assert "FFromSFailedQueueDepthAlarm" in made
    said = statements(made, "FFunctionRole")
    assert said["ReadFromS"]["Resource"] == GetAtt("SStream", "Arn")
    assert said["SendToFFromSFailed"]["Action"] == "sqs:SendMessage"
    assert set(said) == {"DecryptWithK", "EncryptWithK", "ReadFromS", "SendToFFromSFailed", "WriteLogs"}


def test_where_nothing_is_said_lambdas_own_bounds_hold() -> None:
    made = of("streams: {s: {}}\nconsumers: {f: {from: {source: s, start: oldest}}}")
    assert made["FFunctionFromSStreamMapping"]["Properties"] == {
        "EventSourceArn": GetAtt("SStream", "Arn"),
        "FunctionName": Ref("FFunction"),
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
    }
    variables = made["FFunction"]["Properties"]["Environment"]["Variables"]
    assert not [name for name in variables if "SOURCE" in name]


def test_a_function_that_reads_two_streams_is_told_which_is_which() -> None:
    made = of(
        "streams: {s: {}, t: {}}\nqueues: {lost: {role: dead-letters}}\nconsumers:\n  f:\n    from:\n"
        "      - {source: s, start: oldest, on_failure: {queue: lost}}\n      - {source: t, start: oldest}"
    )
    variables = made["FFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_SOURCE_S"] == GetAtt("SStream", "Arn")
    assert variables["PENSTOCK_SOURCE_T"] == GetAtt("TStream", "Arn")
    destination = made["FFunctionFromSStreamMapping"]["Properties"]["DestinationConfig"]
    assert destination == {"OnFailure": {"Destination": GetAtt("LostQueue", "Arn")}}


@pytest.mark.parametrize(
    ("alarms", "threshold"),
    [("{}", 60_000), ("{iterator_age: 5m}", 300_000), ("{iterator_age: {off: read at night}}", None)],
)
def test_a_reader_that_falls_behind_raises_an_alarm(alarms: str, threshold: int | None) -> None:
    made = of(
        f"streams: {{s: {{}}}}\nconsumers: {{f: {{from: {{source: s, start: oldest}}, alarms: {alarms}}}, g: {{}}}}"
    )
    assert "GFunctionIteratorAgeAlarm" not in made
    alarm = made.get("FFunctionIteratorAgeAlarm", {}).get("Properties", {})
    assert alarm.get("Threshold") == threshold
    if threshold:
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/Lambda", "IteratorAge", "Maximum")


READS = "streams: {s: {}}\nconsumers: {f: {from: {source: s, start: oldest, on_failure: {bucket: t}}}}\n"


@pytest.mark.parametrize(
    ("fragment", "code", "words"),
    [
        (
            "streams: {s: {}}\nconsumers: {f: {from: s}}",
            "REF014",
            "function 'f' reads stream 's', but does not say where in the stream it begins",
        ),
        (
            "buses: {b: {}}\nconsumers: {f: {from: {source: b, retries: {max_retries: 186}}}}",
            "REF015",
            "function 'f' asks for 186 retries, but EventBridge makes 185 at most",
        ),
        (
            "buses: {b: {}}\nconsumers: {f: {from: {source: b, retries: {max_age: 2d}}}}",
            "REF015",
            "function 'f' asks for retries for 2 d, but EventBridge ends after 24 h",
        ),
        (
            "buses: {b: {}}\nconsumers: {f: {from: {source: b, retries: {bisect: true}}}}",
            "REF015",
            "function 'f' asks for `bisect`, but a bus brings one event at a time",
        ),
        (
            READS + "stores: {t: {type: dynamodb, key: id}}",
            "REF054",
            "function 'f' is to keep its failed batches in store 't', which is no bucket",
        ),
        (
            "streams: {s: {}}\nstores: {b: {type: s3}}\nqueues: {q: {from: {source: s, start: oldest, on_failure: {bucket: b}}}}",
            "REF054",
            "the pipe from 's' to queue 'q' cannot keep its failed batches in a bucket",
        ),
    ],
)
def test_what_lambda_or_eventbridge_would_refuse_is_a_fault(fragment: str, code: str, words: str) -> None:
    built = build(document_of(complete(fragment)), SchemaFiles(Path()))
    assert [(fault.code, fault.message) for fault in built.faults] == [(code, words)]


def test_the_queue_of_failed_batches_carries_no_messages() -> None:
    from penstock.graph.flow import flow

    topology = topology_of(
        complete(
            SENDER
            + "streams: {s: {}}\nconsumers:\n  f: {from: {source: s, start: oldest, retries: {max_retries: 1}, on_failure: {}}}"
        )
    )
    at = {component.name: [message.name for message in flow(topology).at[component]] for component in flow(topology).at}
    assert (at["f"], at["f-from-s-failed"]) == (["OrderPlaced"], [])


def test_a_reader_with_a_throughput_of_its_own_subscribes_by_itself() -> None:
    made = of(
        "streams: {s: {fan_out: [c]}}\nconsumers:\n  c: {from: {source: s, start: oldest}}\n  d: {from: {source: s, start: oldest}}"
    )
    reader = GetAtt("CFunctionFromSStreamConsumer", "ConsumerARN")
    assert made["CFunctionFromSStreamConsumer"]["Properties"] == {
        "ConsumerName": "c",
        "StreamARN": GetAtt("SStream", "Arn"),
    }
    assert made["CFunctionFromSStreamMapping"]["Properties"]["EventSourceArn"] == reader
    assert made["DFunctionFromSStreamMapping"]["Properties"]["EventSourceArn"] == GetAtt("SStream", "Arn")
    said = statements(made, "CFunctionRole")["SubscribeAsCFunctionFromSStreamConsumer"]
    assert said["Action"] == ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"]
    assert said["Resource"] == reader
    assert not any("Subscribe" in sid for sid in statements(made, "DFunctionRole"))


def test_large_records_and_their_distribution() -> None:
    made = of("streams: {s: {max_record_size: 4MiB, distribution: automatic}}")["SStream"]["Properties"]
    assert (made["MaxRecordSizeInKiB"], made["RecordDistributionStrategy"]) == (4096, "AUTO")


@pytest.mark.parametrize("source", ["p", "s"])
def test_a_stream_that_distributes_by_itself_keeps_no_order(source: str) -> None:
    fragment = SENDER + "streams: {s: {distribution: automatic}}\nconsumers: {c: {from: {source: s, start: oldest}}}"
    assert promise_of(fragment, source).ordering is Ordering.NONE


@pytest.mark.parametrize(
    ("said", "patterns"),
    [
        ("filter: {country: [DE]}", ['{"data": {"data": {"country": ["DE"]}}}']),
        ("messages: [OrderPlaced]", ['{"data": {"message": ["OrderPlaced"]}}']),
        (
            "messages: [OrderPlaced], filter: [{a: [1]}, {b: [2]}]",
            [
                '{"data": {"message": ["OrderPlaced"], "data": {"a": [1]}}}',
                '{"data": {"message": ["OrderPlaced"], "data": {"b": [2]}}}',
            ],
        ),
    ],
)
def test_a_filter_sees_the_payload_and_the_name_of_a_record(said: str, patterns: list[str]) -> None:
    made = of(f"streams: {{s: {{}}}}\nconsumers: {{c: {{from: {{source: s, start: oldest, {said}}}}}}}")
    criteria = made["CFunctionFromSStreamMapping"]["Properties"]["FilterCriteria"]
    assert criteria == {"Filters": [{"Pattern": pattern} for pattern in patterns]}


def test_a_bucket_keeps_the_records_that_were_given_up() -> None:
    fragment = (
        "streams: {s: {retention: 48h}}\nkeys: {k: {}}\nstores: {kept: {type: s3, encryption: {key: k}}}\n"
        "consumers: {f: {from: {source: s, start: oldest, retries: {max_retries: 3}, on_failure: {bucket: kept}}}}"
    )
    promise = promise_of(fragment, "s")
    assert (promise.ending, promise.dead_letters and promise.dead_letters.name) == (Ending.BUCKET, "kept")
    made = of(fragment)
    destination = made["FFunctionFromSStreamMapping"]["Properties"]["DestinationConfig"]
    assert destination == {"OnFailure": {"Destination": GetAtt("KeptBucket", "Arn")}}
    said = statements(made, "FFunctionRole")
    ours = {"StringEquals": {"s3:ResourceAccount": Ref("AWS::AccountId")}}
    assert (said["KeepInKept"]["Action"], said["KeepInKept"]["Condition"]) == ("s3:PutObject", ours)
    assert (said["LookIntoKept"]["Action"], said["LookIntoKept"]["Condition"]) == ("s3:ListBucket", ours)
    assert "EncryptWithK" in said
