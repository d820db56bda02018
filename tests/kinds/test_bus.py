"""What buses compile to, and what comes from those that are fed from outside."""

import json
from typing import Any

import pytest

from penstock.graph.flow import flow
from penstock.hops.lowering import lower
from penstock.kinds.bus import Bus
from penstock.kinds.existing import arn_of
from penstock.plan.values import GetAtt, Ref, Sub
from tests.topologies import complete, topology_of

SENDER = "producers:\n  p: {type: function, publishes: {message: OrderPlaced, to: TO}}\n"
OWN = Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default")


def of(fragment: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return made


def test_the_accounts_own_bus_is_not_made() -> None:
    made = of(SENDER.replace("TO", "default") + "buses: {default: {archive: 7d}}\nqueues: {q: {from: default}}")
    assert "DefaultBus" not in made
    assert made["QQueueFromDefaultBusRule"]["Properties"]["EventBusName"] == "default"
    assert made["DefaultBusArchive"]["Properties"] == {"SourceArn": OWN, "RetentionDays": 7}
    assert made["PFunction"]["Properties"]["Environment"]["Variables"]["PENSTOCK_BUS_DEFAULT"] == "default"
    (policy,) = made["PFunctionRole"]["Properties"]["Policies"]
    sends = next(one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "SendToDefault")
    assert sends["Resource"] == OWN


def test_an_outsider_gets_in_by_the_policy_of_the_accounts_own_bus() -> None:
    sender = (
        'producers: {p: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: default}}}\n'
    )
    made = of(sender + "buses: {default: {}}")
    (policy,) = (one["Properties"] for one in made.values() if one["Type"] == "AWS::Events::EventBusPolicy")
    assert (policy["EventBusName"], policy["Statement"]["Resource"]) == ("default", OWN)


def test_a_route_puts_events_on_the_accounts_own_bus() -> None:
    route = 'producers: {p: {type: api, route: "POST /", auth: iam, publishes: {message: OrderPlaced, to: default}}}\n'
    made = of(route + "buses: {default: {}}")["PApiMethod"]["Properties"]["Integration"]
    assert '"EventBusName": "default"' in made["RequestTemplates"]["application/json"]


@pytest.mark.parametrize("bus", ["default: {}", "b: {partner: aws.partner/shop/orders}"])
def test_what_comes_from_outside_is_what_its_reader_declares(bus: str) -> None:
    name = bus.partition(":")[0]
    said = f"from: {{source: {name}, messages: [OrderPlaced], pattern: {{source: [aws.s3]}}}}"
    topology = topology_of(complete(f"buses: {{{bus}}}\nqueues: {{q: {{{said}}}}}\nconsumers: {{c: {{from: q}}}}"))
    assert [message.name for message in flow(topology).at[topology.components["c"]]] == ["OrderPlaced"]
    made = lower(topology).template()["Resources"]
    (rule,) = (one["Properties"] for one in made.values() if one["Type"] == "AWS::Events::Rule")
    assert rule["EventPattern"] == {"source": ["aws.s3"]}


def test_a_partners_bus_has_his_name_and_source() -> None:
    made = of(
        "buses: {b: {partner: aws.partner/shop/orders}}\nqueues: {q: {from: {source: b, messages: [OrderPlaced]}}}"
    )
    assert made["BBus"]["Properties"] == {
        "Name": "aws.partner/shop/orders",
        "EventSourceName": "aws.partner/shop/orders",
    }
    pattern = made["QQueueFromBBusRule"]["Properties"]["EventPattern"]
    assert pattern == {"source": ["aws.partner/shop/orders"], "detail-type": ["OrderPlaced"]}


def test_a_bus_gives_up_to_a_queue_that_lets_in_this_bus_alone() -> None:
    made = of("buses: {b: {encryption: {key: k}, dlq: {}}}\nkeys: {k: {}}")
    assert made["BBus"]["Properties"]["DeadLetterConfig"] == {"Arn": GetAtt("BDlqQueue", "Arn")}
    allow = next(
        one for one in made["BDlqQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"
    )
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": GetAtt("BBus", "Arn")}}
    assert "BDlqQueueDepthAlarm" in made


def test_an_archive_is_encrypted_with_the_buses_key() -> None:
    made = of("buses: {b: {encryption: {key: k}, archive: 30d}}\nkeys: {k: {}}")
    assert made["BBusArchive"]["Properties"]["KmsKeyIdentifier"] == GetAtt("KKey", "Arn")
    assert made["BBusArchive"]["DeletionPolicy"] == "Retain"
    use = next(one for one in made["KKey"]["Properties"]["KeyPolicy"]["Statement"] if one["Sid"] == "EncryptBBus")
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]


@pytest.mark.parametrize(
    ("said", "level", "levels"),
    [
        ("{}", "ERROR", ["Error"]),
        ("{level: info}", "INFO", ["Error", "Info"]),
        ("{level: trace}", "TRACE", ["Error", "Info", "Trace"]),
    ],
)
def test_a_log_is_delivered_level_by_level(said: str, level: str, levels: list[str]) -> None:
    made = of(f"buses: {{b: {{logging: {said}}}}}")
    assert made["BBus"]["Properties"]["LogConfig"] == {"Level": level, "IncludeDetail": "NONE"}
    sources = {name: one for name, one in made.items() if one["Type"] == "AWS::Logs::DeliverySource"}
    assert sorted(sources) == [f"BBus{each}LogSource" for each in levels]
    types = [one["Properties"]["LogType"] for _, one in sorted(sources.items())]
    assert types == [f"{each.upper()}_LOGS" for each in levels]
    waits = [made[f"BBus{each}LogDelivery"].get("DependsOn") for each in levels]
    assert waits == [None, *([f"BBus{each}LogDelivery"] for each in levels[:-1])]
    assert made["BBusErrorLogDelivery"]["Properties"]["DeliverySourceName"] == Ref("BBusErrorLogSource")


def test_a_registry_shows_the_events_of_the_messages() -> None:
    made = of(SENDER.replace("TO", "b") + "buses: {b: {schemas: true, event_source: shop/x}}")
    properties = made["BBusOrderPlacedSchema"]["Properties"]
    assert (properties["SchemaName"], properties["Type"]) == ("shop.x@OrderPlaced", "JSONSchemaDraft4")
    schema = json.loads(properties["Content"])["properties"]
    assert schema["source"] == {"enum": ["shop/x"]}
    assert schema["detail"] == {
        "type": "object",
        "required": ["order_id"],
        "properties": {"order_id": {"type": "string"}},
    }


def test_the_accounts_own_bus_lets_others_in_and_is_exported() -> None:
    who = '["444455556666"]'
    said = f"allow: {{subscribe: {who}, publish: {who}}}, export: {{ssm: /shop/bus}}"
    made = of(f"buses: {{default: {{{said}}}}}\nqueues: {{q: {{from: default}}}}")
    policies = [one["Properties"] for one in made.values() if one["Type"] == "AWS::Events::EventBusPolicy"]
    rules = Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*")
    assert {policy["EventBusName"] for policy in policies} == {"default"}
    assert {policy["StatementId"]: policy["Statement"]["Resource"] for policy in policies} == {
        "AllowPublishing": OWN,
        "AllowSubscribing": rules,
    }
    (parameter,) = (one["Properties"] for one in made.values() if one["Type"] == "AWS::SSM::Parameter")
    assert (parameter["Name"], parameter["Value"]) == ("/shop/bus", OWN)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("default: {}", "default"),
        ("b: {partner: aws.partner/x/y}", "aws.partner/x/y"),
        ("b: {physical_name: shop}", "shop"),
        ("b: {}", None),
    ],
)
def test_who_knows_a_buss_name_knows_its_arn(said: str, name: str | None) -> None:
    (bus,) = topology_of(complete(f"buses: {{{said}}}")).of(Bus)
    found = arn_of(bus, "eu-central-1", "111122223333")
    assert (found and found.rpartition("event-bus/")[2]) == name
