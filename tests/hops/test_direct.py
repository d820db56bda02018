"""What topics and buses that invoke functions compile to, at both layers that can fail."""

from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.plan.values import GetAtt, Ref
from tests.topologies import complete, topology_of


def of(fragment: str) -> dict[str, Any]:
    resources: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return resources


def role_statements(resources: dict[str, Any], role: str) -> dict[str, Any]:
    (policy,) = resources[role]["Properties"]["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def test_a_subscription_waits_for_the_functions_consent() -> None:
    made = of(
        "topics: {t: {}}\nconsumers:\n  f: {from: {source: t, filter: {a: [1]}, messages: [OrderPlaced], dlq: {}}}"
    )
    assert made["FFunctionFromTTopicSubscription"] == {
        "Type": "AWS::SNS::Subscription",
        "DependsOn": ["FFromTDlqQueuePolicy", "FFunctionFromTTopicPermission"],
        "Properties": {
            "TopicArn": Ref("TTopic"),
            "Protocol": "lambda",
            "Endpoint": GetAtt("FFunction", "Arn"),
            "FilterPolicy": {"message": ["OrderPlaced"], "a": [1]},
            "RedrivePolicy": {"deadLetterTargetArn": GetAtt("FFromTDlqQueue", "Arn")},
        },
    }
    assert made["FFunctionFromTTopicPermission"] == {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": Ref("FFunction"),
            "Principal": "sns.amazonaws.com",
            "SourceArn": Ref("TTopic"),
        },
    }


def test_a_disabled_subscription_is_none() -> None:
    made = of("topics: {t: {}}\nconsumers:\n  f: {from: {source: t, enabled: false}}")
    assert [id_ for id_ in made if id_.startswith("FFunctionFrom")] == []


def test_a_rule_with_a_function_as_its_target() -> None:
    made = of(
        "buses: {b: {}}\nconsumers:\n  f:\n    from:\n      - {source: b, messages: [OrderPlaced], dlq: {}}\n"
        "      - {source: b, id: late, retries: {max_retries: 3, max_age: 1h}, pattern: {source: [x]}, enabled: false}"
    )
    rule = made["FFunctionFromBBusRule"]["Properties"]
    assert rule["EventPattern"] == {"source": ["example"], "detail-type": ["OrderPlaced"]}
    assert rule["Targets"] == [
        {"Id": "f", "Arn": GetAtt("FFunction", "Arn"), "DeadLetterConfig": {"Arn": GetAtt("FFromBDlqQueue", "Arn")}}
    ]
    late = made["FFunctionFromBBusAsLateRule"]["Properties"]
    assert (late["State"], late["EventPattern"]) == ("DISABLED", {"source": ["x"]})
    assert late["Targets"][0]["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3_600}
    consents = {name: one["Properties"] for name, one in made.items() if one["Type"] == "AWS::Lambda::Permission"}
    assert {name: (one["Principal"], one["SourceArn"]) for name, one in consents.items()} == {
        "FFunctionFromBBusPermission": ("events.amazonaws.com", GetAtt("FFunctionFromBBusRule", "Arn")),
        "FFunctionFromBBusAsLatePermission": ("events.amazonaws.com", GetAtt("FFunctionFromBBusAsLateRule", "Arn")),
    }


def test_an_inline_queue_of_failed_invocations() -> None:
    made = of(
        "tags: {team: a}\nkeys: {main: {}}\nconsumers:\n  f:\n    tags: {part: b}\n"
        "    async: {max_retries: 1, max_age: 2h, on_failure: {retention: 10d, encryption: {key: main}}}"
    )
    assert made["FFunctionInvocations"] == {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": Ref("FFunction"),
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 1,
            "MaximumEventAgeInSeconds": 7_200,
            "DestinationConfig": {"OnFailure": {"Destination": GetAtt("FFailedQueue", "Arn")}},
        },
    }
    queue = made["FFailedQueue"]["Properties"]
    assert (queue["MessageRetentionPeriod"], queue["KmsMasterKeyId"]) == (10 * 86_400, GetAtt("MainKey", "Arn"))
    assert queue["Tags"] == [{"Key": "part", "Value": "b"}, {"Key": "team", "Value": "a"}]
    assert "FFailedQueueDepthAlarm" in made
    said = role_statements(made, "FFunctionRole")
    assert said["SendToFFailed"] == {
        "Sid": "SendToFFailed",
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": GetAtt("FFailedQueue", "Arn"),
    }
    assert said["EncryptWithMain"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


@pytest.mark.parametrize("section", ["consumers:\n  f: {", "producers:\n  f: {type: function, publishes: [], "])
def test_a_shared_queue_of_failed_invocations(section: str) -> None:
    made = of(
        section.replace("publishes: []", "publishes: {message: OrderPlaced, to: t}")
        + "async: {on_failure: {queue: lost}}}\nqueues: {lost: {role: dead-letters}}\ntopics: {t: {}}"
    )
    config = made["FFunctionInvocations"]["Properties"]
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": GetAtt("LostQueue", "Arn")}}
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 21_600)
    assert "FFailedQueue" not in made


def test_failed_invocations_may_go_nowhere() -> None:
    made = of("consumers:\n  f: {async: {max_retries: 0, on_failure: {none: why}}}")
    properties = made["FFunctionInvocations"]["Properties"]
    assert properties["MaximumRetryAttempts"] == 0
    assert "DestinationConfig" not in properties
    assert "FFunctionInvocations" not in of("consumers: {f: {}}")


def test_a_named_queue_takes_no_dead_letter_queue_from_the_defaults() -> None:
    made = of(
        "defaults: {queues: {dlq: {max_receives: 5}}, consumers: {async: {max_retries: 1, on_failure: {queue: lost}}}}\n"
        "topics: {t: {}}\nqueues: {lost: {}, late: {}}\n"
        "consumers: {f: {from: {source: t, dlq: {queue: late}}}, g: {async: {max_age: 1h}}, h: {async: {on_failure: {none: why}}}}"
    )
    assert {id_ for id_ in made if id_.endswith("DlqQueue")} == set()
    said = {id_: made[f"{id_}FunctionInvocations"]["Properties"] for id_ in "FGH"}
    assert {id_: "DestinationConfig" in one for id_, one in said.items()} == {"F": True, "G": True, "H": False}
    assert [one["MaximumRetryAttempts"] for one in said.values()] == [1, 1, 1]
