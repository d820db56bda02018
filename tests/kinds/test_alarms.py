"""Who is told of which alarm, what the thresholds mean, and the dashboard."""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.plan.values import GetAtt, Ref
from penstock.source.schema_file import SchemaFiles
from tests.topologies import complete, document_of, topology_of

PAGED = "arn:aws:sns:eu-central-1:111122223333:page"


def resources(fragment: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return made


def alarm(made: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = made[id_]["Properties"]
    return found


def test_each_severity_has_its_receiver() -> None:
    made = resources(
        f'alarms: {{notify: {{page: "{PAGED}", ticket: team@example.com}}, severity: {{queue_age: ticket}}}}\n'
        "queues:\n  a: {dlq: {}}\n  b: {alarms: {severity: page}}\n  c: {alarms: {severity: {queue_age: page}}}"
    )
    assert alarm(made, "AQueueAgeAlarm")["AlarmActions"] == [Ref("AlarmsTicketMail")]
    assert alarm(made, "ADlqQueueDepthAlarm")["AlarmActions"] == [PAGED]
    assert alarm(made, "BQueueAgeAlarm")["AlarmActions"] == alarm(made, "CQueueAgeAlarm")["AlarmActions"] == [PAGED]


def test_nobody_is_told_of_a_severity_without_a_receiver() -> None:
    made = resources(f'alarms: {{notify: {{page: "{PAGED}"}}, severity: ticket}}\nqueues: {{a: {{}}}}')
    assert alarm(made, "AQueueAgeAlarm").get("AlarmActions") is None


def test_an_address_gets_a_topic_that_cloudwatch_may_use() -> None:
    made = resources(
        "alarms: {notify: {email: ops@example.com, encryption: {key: main}}}\nqueues: {a: {}}\nkeys: {main: {}}"
    )
    assert made["AlarmsMail"]["Properties"]["KmsMasterKeyId"] == GetAtt("MainKey", "Arn")
    subscription = made["AlarmsMailSubscription"]["Properties"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    sids = [statement["Sid"] for statement in made["AlarmsMailPolicy"]["Properties"]["PolicyDocument"]["Statement"]]
    assert sids == ["AllowAlarms", "RefusePlainHttp"]
    admitted = [
        one for one in made["MainKey"]["Properties"]["KeyPolicy"]["Statement"] if one["Sid"] == "AdmitCloudwatch"
    ]
    assert [one["Principal"] for one in admitted] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert alarm(made, "AQueueAgeAlarm")["AlarmActions"] == [Ref("AlarmsMail")]


@pytest.mark.parametrize(
    ("notify", "message"),
    [
        ("nowhere", "nothing is named 'nowhere'"),
        ("{page: q}", "'q' is a queue"),
        ("{email: a@example.com, encryption: {key: q}}", "'q' is a queue"),
    ],
)
def test_a_receiver_must_be_there(notify: str, message: str) -> None:
    text = complete(f"alarms: {{notify: {notify}}}\nqueues: {{q: {{}}}}")
    (fault,) = build(document_of(text), SchemaFiles(Path())).faults
    assert fault.message.startswith(message)


@pytest.mark.parametrize(
    ("said", "limit"), [("", 8_000), ("latency: 50%", 5_000), ("latency: 1500ms", 1_500), ("latency: 2s", 2_000)]
)
def test_latency_is_a_time_or_a_part_of_the_timeout(said: str, limit: int) -> None:
    made = resources(f"consumers: {{f: {{timeout: 10s, alarms: {{{said}}}}}}}")
    found = alarm(made, "FFunctionLatencyAlarm")
    assert (found["Threshold"], found["ExtendedStatistic"]) == (limit, "p99")


def test_a_route_is_measured_against_the_time_that_api_gateway_waits() -> None:
    made = resources(
        "producers: {r: {type: api, route: POST /a, auth: iam, publishes: {message: OrderPlaced, to: q}}}\nqueues: {q: {}}"
    )
    assert alarm(made, "RApiLatencyAlarm")["Threshold"] == 23_200
    names = [dimension["Name"] for dimension in alarm(made, "RApiErrorsAlarm")["Dimensions"]]
    assert names == ["ApiName", "Stage", "Method", "Resource"]


def test_an_alarm_on_a_rule_names_its_bus() -> None:
    made = resources("buses: {b: {}}\nqueues:\n  kept: {from: {source: b, dlq: {}}}\n  dropped: {from: b}")
    found = {id_: body["Properties"]["MetricName"] for id_, body in made.items() if "Bus" in id_ and "Alarm" in id_}
    assert found == {
        "DroppedQueueFromBBusRuleUndeliveredAlarm": "FailedInvocations",
        "KeptQueueFromBBusRuleLostAlarm": "InvocationsFailedToBeSentToDlq",
    }
    dimensions = alarm(made, "KeptQueueFromBBusRuleLostAlarm")["Dimensions"]
    assert [dimension["Name"] for dimension in dimensions] == ["EventBusName", "RuleName"]


def test_schedules_are_counted_together() -> None:
    sends = "every: rate(1 minute), publishes: {message: OrderPlaced, to: q}"
    made = resources(
        f"producers:\n  a: {{type: schedule, {sends}}}\n  b: {{type: schedule, {sends}, dlq: {{}}}}\nqueues: {{q: {{}}}}"
    )
    assert alarm(made, "ScheduleGroupUndeliveredAlarm")["MetricName"] == "InvocationDroppedCount"
    assert alarm(made, "ScheduleGroupLostAlarm")["MetricName"] == "InvocationsFailedToBeSentToDeadLetterCount"


def test_what_is_lost_on_the_way_is_switched_off_with_a_reason() -> None:
    made = resources("topics: {t: {alarms: {undelivered: {off: it can be sent again}}}}\nqueues: {q: {from: t}}")
    assert [id_ for id_ in made if id_.startswith("TTopic") and "Alarm" in id_] == []


@pytest.mark.parametrize(("said", "name"), [("true", None), ("shop-2", "shop-2")])
def test_a_dashboard_shows_every_queue(said: str, name: str | None) -> None:
    made = resources(f"alarms: {{dashboard: {said}}}\nqueues: {{b: {{}}, a: {{dlq: {{}}}}}}")
    properties = made["Dashboard"]["Properties"]
    assert properties.get("DashboardName") == name
    widgets = json.loads(properties["DashboardBody"].text)["widgets"]
    shown = {widget["properties"]["title"]: widget["properties"]["metrics"] for widget in widgets}
    assert [line[-1] for line in shown["Queues: waiting messages"]] == ["${AQueue.QueueName}", "${BQueue.QueueName}"]
    assert [line[-1] for line in shown["Dead letters"]] == ["${ADlqQueue.QueueName}"]
    assert [(widget["x"], widget["y"]) for widget in widgets] == [(0, 0), (12, 0), (0, 6)]


def test_no_dashboard_is_made_unasked() -> None:
    assert "Dashboard" not in resources("alarms: {dashboard: false}\nqueues: {a: {}}")
