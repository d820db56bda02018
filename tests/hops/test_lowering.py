"""What each hop compiles to."""

from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.plan.values import GetAtt, Ref, Sub
from tests.hops.pairs import PAIRS
from tests.topologies import complete, topology_of

SENDER = 'producers:\n  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: TO}}\n'


def resources_of(text: str) -> dict[str, Any]:
    """Every resource of a topology."""
    resources: dict[str, Any] = lower(topology_of(text)).template()["Resources"]
    return resources


def of(fragment: str) -> dict[str, Any]:
    return resources_of(complete(fragment))


def statements(resources: dict[str, Any], policy: str) -> dict[str, Any]:
    """The statements of a policy, or of the one policy of a role or key, by their names."""
    properties = resources[policy]["Properties"]
    document = (
        properties.get("PolicyDocument") or properties.get("KeyPolicy") or properties["Policies"][0]["PolicyDocument"]
    )
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_what_each_pair_compiles_to() -> None:
    assert {pair: sorted(resources_of(text)) for pair, text in PAIRS.items()} == EXPECTED


FUNCTION = ["", "ErrorsAlarm", "LatencyAlarm", "Logs", "Role", "ThrottlesAlarm"]
SCHEDULE = ["NightlyScheduleRole", "ScheduleGroup", "ScheduleGroupUndeliveredAlarm"]
QUEUE = ["", "AgeAlarm", "Policy"]
TOPIC = ["OrdersTopic", "OrdersTopicPolicy", "OrdersTopicUndeliveredAlarm"]


SAGA = ["", "AbortedAlarm", "FailedAlarm", "Logs", "NotUndone", "NotUndoneAlarm", "Role", "TimedOutAlarm"]


def saga(name: str) -> list[str]:
    return [f"{name}Saga{role}" for role in SAGA]


def placed() -> list[str]:
    """A saga with its one step, and the function that starts it."""
    return [*function("Shop", receives=False), *function("Book", receives=False), *saga("Place")]


def function(name: str, *, receives: bool = True) -> list[str]:
    return [f"{name}Function{role}" for role in [*FUNCTION, *(["FailedMessagesAlarm"] if receives else [])]]


def queue(name: str) -> list[str]:
    return [f"{name}Queue{role}" for role in QUEUE]


def pool(name: str) -> list[str]:
    own = ["", "ExecutionRole", "Logs", "MissingTasksAlarm", "Role", "Task"]
    return ["ServiceCluster", *(f"{name}Service{role}" for role in own)]


def api(name: str) -> list[str]:
    paths = [
        "RestApiOrdersPath",
        next(id_ for id_ in resources_of(PAIRS["Api", "Queue"]) if id_.startswith("RestApiOrdersId")),
    ]
    checks = ["RestApiBodyValidator", "RestApiOrderPlacedModel"]
    own = [f"{name}Api{role}" for role in ("ErrorsAlarm", "LatencyAlarm", "Method")]
    return ["RestApi", "RestApiStage", *own, *paths, *checks]


def deployment(pair: tuple[str, str]) -> list[str]:
    return [id_ for id_ in resources_of(PAIRS[pair]) if id_.startswith("RestApiDeployment")]


def outbox() -> list[str]:
    alarms = ["Errors", "FailedMessages", "IteratorAge", "Lag", "Latency", "Throttles"]
    relay = ["", "Clock", "ClockRole", "Logs", "Role"]
    return [
        "RowsTable",
        "ScheduleGroup",
        "RelayOutboxFromRowsStoreMapping",
        *(f"RelayFunction{role}" for role in relay),
        *(f"RelayOutbox{alarm}Alarm" for alarm in alarms),
        *(f"RelayFailedQueue{role}" for role in ["", "DepthAlarm", "Policy"]),
    ]


def pipe(ends: str) -> list[str]:
    return [f"{ends}Pipe{role}" for role in ["", "ErrorsAlarm", "Logs", "Role"]]


PIPED = {
    "Bus": ("CommerceBus", ["CommerceBus"]),
    "Queue": ("WorkQueue", queue("Work")),
    "Stream": ("ViewsStream", ["ViewsStream", "ViewsStreamThrottlesAlarm"]),
    "Topic": ("OrdersTopic", ["OrdersTopic", "OrdersTopicPolicy"]),
}
PIPES = {
    "Queue": ("IntakeQueue", queue("Intake")),
    "Stream": ("ClicksStream", ["ClicksStream", "ClicksStreamPolicy", "ClicksStreamThrottlesAlarm"]),
    "Table": ("LedgerStore", ["LedgerTable"]),
}

EXPECTED = {
    pair: sorted(ids)
    for pair, ids in {
        ("Api", "Bus"): [*api("Checkout"), *deployment(("Api", "Bus")), "CheckoutApiRole", "CommerceBus"],
        ("Api", "Function"): [
            *api("Checkout"),
            *deployment(("Api", "Function")),
            *function("Work"),
            "WorkFunctionFromCheckoutApiPermission",
        ],
        ("Api", "Queue"): [*api("Checkout"), *deployment(("Api", "Queue")), *queue("Intake"), "CheckoutApiRole"],
        ("Bus", "Function"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            *function("Work"),
            "WorkFunctionFromCommerceBusPermission",
            "WorkFunctionFromCommerceBusRule",
            "WorkFunctionFromCommerceBusRuleUndeliveredAlarm",
            "WorkFunctionUndeliveredAlarm",
        ],
        ("Api", "Topic"): [
            *api("Checkout"),
            *deployment(("Api", "Topic")),
            "CheckoutApiRole",
            "OrdersTopic",
            "OrdersTopicPolicy",
        ],
        ("Bus", "Queue"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            *queue("Work"),
            "WorkQueueFromCommerceBusRule",
            "WorkQueueFromCommerceBusRuleUndeliveredAlarm",
        ],
        **{
            ("Bucket", target): [
                "PapersBucket",
                "PapersBucketPolicy",
                f"{reader}FromPapersStoreRule",
                f"{reader}FromPapersStoreRuleUndeliveredAlarm",
                *made,
            ]
            for target, reader, made in (
                (
                    "Endpoint",
                    "PartnerEndpoint",
                    ["PartnerEndpointConnection", "PartnerEndpointDestination", "PartnerEndpointRole"],
                ),
                (
                    "Function",
                    "WorkFunction",
                    [*function("Work"), "WorkFunctionFromPapersStorePermission", "WorkFunctionUndeliveredAlarm"],
                ),
                ("Log", "AuditLog", ["AuditLog", "AuditLogPolicy"]),
                ("Queue", "WorkQueue", queue("Work")),
                (
                    "Stream",
                    "ClicksStream",
                    ["ClicksStream", "ClicksStreamFromPapersStoreRuleRole", "ClicksStreamThrottlesAlarm"],
                ),
                ("Topic", "OrdersTopic", ["OrdersTopic", "OrdersTopicPolicy"]),
            )
        },
        ("Bus", "Bus"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            "AuditBus",
            "AuditBusFromCommerceBusRuleUndeliveredAlarm",
            "AuditBusFromCommerceBusRule",
            "AuditBusFromCommerceBusRuleRole",
        ],
        ("Bus", "Stream"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            "ClicksStream",
            "ClicksStreamFromCommerceBusRuleUndeliveredAlarm",
            "ClicksStreamThrottlesAlarm",
            "ClicksStreamFromCommerceBusRule",
            "ClicksStreamFromCommerceBusRuleRole",
        ],
        ("Bus", "Topic"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            "OrdersTopic",
            "OrdersTopicFromCommerceBusRuleUndeliveredAlarm",
            "OrdersTopicFromCommerceBusRule",
            "OrdersTopicPolicy",
        ],
        **{
            (source, target): [*before, *behind, *pipe(f"{receiver}From{sender}")]
            for source, (sender, before) in PIPES.items()
            for target, (receiver, behind) in PIPED.items()
        },
        ("Table", "Function"): [
            "LedgerTable",
            *function("Work"),
            "WorkFunctionFromLedgerStoreMapping",
            "WorkFunctionIteratorAgeAlarm",
        ],
        ("Api", "Stream"): [
            *api("Checkout"),
            *deployment(("Api", "Stream")),
            "CheckoutApiRole",
            "ClicksStream",
            "ClicksStreamThrottlesAlarm",
        ],
        ("Schedule", "Stream"): [
            *SCHEDULE,
            "ClicksStream",
            "ClicksStreamThrottlesAlarm",
            "ClicksStreamFromNightlySchedule",
        ],
        ("Bus", "Endpoint"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            "PartnerEndpointConnection",
            "PartnerEndpointDestination",
            "PartnerEndpointFromCommerceBusRule",
            "PartnerEndpointFromCommerceBusRuleUndeliveredAlarm",
            "PartnerEndpointRole",
        ],
        ("Bus", "ExternalConsumer"): [
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
            "WarehouseExternalConsumerFromCommerceBusRule",
            "WarehouseExternalConsumerFromCommerceBusRuleUndeliveredAlarm",
            "WarehouseExternalConsumerRole",
        ],
        ("Bus", "Log"): [
            "AuditLog",
            "AuditLogFromCommerceBusRule",
            "AuditLogFromCommerceBusRuleUndeliveredAlarm",
            "AuditLogPolicy",
            "CommerceBus",
            "CommerceBusAllowFromShopExternal",
        ],
        ("Queue", "Endpoint"): [
            "IntakeQueue",
            "IntakeQueueAgeAlarm",
            "IntakeQueuePolicy",
            "PartnerEndpointConnection",
            "PartnerEndpointDestination",
            "PartnerEndpointFromIntakeQueuePipe",
            "PartnerEndpointFromIntakeQueuePipeErrorsAlarm",
            "PartnerEndpointFromIntakeQueuePipeLogs",
            "PartnerEndpointFromIntakeQueuePipeRole",
        ],
        ("Stream", "Endpoint"): [
            "ClicksStream",
            "ClicksStreamPolicy",
            "ClicksStreamThrottlesAlarm",
            "PartnerEndpointConnection",
            "PartnerEndpointDestination",
            "PartnerEndpointFromClicksStreamPipe",
            "PartnerEndpointFromClicksStreamPipeErrorsAlarm",
            "PartnerEndpointFromClicksStreamPipeLogs",
            "PartnerEndpointFromClicksStreamPipeRole",
        ],
        ("Table", "Endpoint"): [
            "LedgerTable",
            "PartnerEndpointConnection",
            "PartnerEndpointDestination",
            "PartnerEndpointFromLedgerStorePipe",
            "PartnerEndpointFromLedgerStorePipeErrorsAlarm",
            "PartnerEndpointFromLedgerStorePipeLogs",
            "PartnerEndpointFromLedgerStorePipeRole",
        ],
        ("Queue", "ExternalConsumer"): queue("Work"),
        ("Stream", "ExternalConsumer"): ["ClicksStream", "ClicksStreamPolicy", "ClicksStreamThrottlesAlarm"],
        ("Topic", "Email"): ["OpsEmailFromOrdersTopicSubscription", *TOPIC],
        ("Topic", "Endpoint"): [*TOPIC, "PartnerEndpointFromOrdersTopicSubscription"],
        ("Topic", "ExternalConsumer"): TOPIC,
        ("External", "Bus"): ["CommerceBus", "CommerceBusAllowFromShopExternal"],
        ("External", "Queue"): queue("Work"),
        ("External", "Topic"): ["OrdersTopic", "OrdersTopicPolicy"],
        ("Function", "Bus"): [*function("Shop", receives=False), "CommerceBus"],
        ("Function", "Queue"): [*function("Shop", receives=False), *queue("Work")],
        ("Function", "Table"): [*function("Work", receives=False), "LedgerTable"],
        ("Function", "Topic"): [*function("Shop", receives=False), "OrdersTopic", "OrdersTopicPolicy"],
        ("Database", "Outbox"): [
            "ScheduleGroup",
            *(f"RelayFunction{role}" for role in ["", "Clock", "ClockRole", "Logs", "Role"]),
            *(f"RelayOutbox{alarm}Alarm" for alarm in ["Errors", "FailedMessages", "Lag", "Latency", "Throttles"]),
            *queue("Work"),
        ],
        ("Outbox", "Bus"): [*outbox(), "CommerceBus"],
        ("Outbox", "Queue"): [*outbox(), *queue("Work")],
        ("Outbox", "Stream"): [*outbox(), "ClicksStream", "ClicksStreamThrottlesAlarm"],
        ("Outbox", "Topic"): [*outbox(), "OrdersTopic", "OrdersTopicPolicy"],
        ("Table", "Outbox"): [*outbox(), *queue("Work")],
        ("Queue", "Function"): [*function("Fulfil"), *queue("Work"), "FulfilFunctionFromWorkQueueMapping"],
        ("Function", "Saga"): [*function("Shop", receives=False), *function("Book", receives=False), *saga("Place")],
        ("Saga", "Bus"): [*placed(), "CommerceBus"],
        ("Saga", "Function"): placed(),
        ("Saga", "Queue"): [*placed(), *queue("Asked")],
        ("Saga", "Saga"): [*placed(), *saga("Inner")],
        ("Saga", "Topic"): [*placed(), "OrdersTopic", "OrdersTopicPolicy"],
        ("Service", "Saga"): [
            *function("Book", receives=False),
            *saga("Place"),
            "ShopServicePolicy",
        ],
        ("Topic", "Function"): [
            "OrdersTopic",
            "OrdersTopicPolicy",
            "OrdersTopicUndeliveredAlarm",
            "WorkFunctionUndeliveredAlarm",
            *function("Work"),
            "WorkFunctionFromOrdersTopicPermission",
            "WorkFunctionFromOrdersTopicSubscription",
        ],
        ("Schedule", "Bus"): [*SCHEDULE, "CommerceBus", "CommerceBusFromNightlySchedule"],
        ("Schedule", "Function"): [
            *SCHEDULE,
            *function("Work"),
            "WorkFunctionFromNightlySchedule",
            "WorkFunctionUndeliveredAlarm",
        ],
        ("Schedule", "Queue"): [*SCHEDULE, *queue("Work"), "WorkQueueFromNightlySchedule"],
        ("Schedule", "Topic"): [*SCHEDULE, "OrdersTopic", "OrdersTopicPolicy", "OrdersTopicFromNightlySchedule"],
        ("External", "Stream"): ["ClicksStream", "ClicksStreamPolicy", "ClicksStreamThrottlesAlarm"],
        ("Function", "Stream"): ["ClicksStream", "ClicksStreamThrottlesAlarm", *function("Shop", receives=False)],
        ("Stream", "Function"): [
            "ClicksStream",
            "ClicksStreamPolicy",
            "ClicksStreamThrottlesAlarm",
            *function("Work"),
            "WorkFunctionFromClicksStreamMapping",
            "WorkFunctionIteratorAgeAlarm",
        ],
        ("Function", "Bucket"): [*function("Work", receives=False), "PapersBucket", "PapersBucketPolicy"],
        ("Function", "Database"): function("Work", receives=False),
        ("Service", "Bucket"): [*pool("Warehouse"), *queue("Work"), "PapersBucket", "PapersBucketPolicy"],
        ("Service", "Database"): [*pool("Warehouse"), *queue("Work")],
        ("Queue", "Service"): [*pool("Warehouse"), *queue("Work")],
        ("Service", "Bus"): ["CommerceBus", "ShopServicePolicy"],
        ("Service", "Queue"): [*queue("Work"), "ShopServicePolicy"],
        ("Service", "Stream"): ["ClicksStream", "ClicksStreamThrottlesAlarm", "ShopServicePolicy"],
        ("Service", "Table"): [*pool("Warehouse"), *queue("Work"), "LedgerTable"],
        ("Service", "Topic"): ["OrdersTopic", "OrdersTopicPolicy", "ShopServicePolicy"],
        ("Topic", "Queue"): [
            "OrdersTopic",
            "OrdersTopicPolicy",
            "OrdersTopicUndeliveredAlarm",
            *queue("Work"),
            "WorkQueueFromOrdersTopicSubscription",
        ],
    }.items()
}


def test_a_subscription_waits_for_the_queues_consent() -> None:
    assert resources_of(PAIRS["Topic", "Queue"])["WorkQueueFromOrdersTopicSubscription"] == {
        "Type": "AWS::SNS::Subscription",
        "DependsOn": ["WorkQueuePolicy"],
        "Properties": {"TopicArn": Ref("OrdersTopic"), "Protocol": "sqs", "Endpoint": GetAtt("WorkQueue", "Arn")},
    }


def test_a_subscription_with_all_that_it_can_say() -> None:
    made = of(
        SENDER.replace("TO", "t")
        + "topics: {t: {}}\nqueues:\n  q: {from: {source: t, raw: true, filter_on: body, filter: [{a: [1]}, {b: [2]}], dlq: {}}}"
    )
    assert made["QQueueFromTTopicSubscription"] == {
        "Type": "AWS::SNS::Subscription",
        "DependsOn": ["QFromTDlqQueuePolicy", "QQueuePolicy"],
        "Properties": {
            "TopicArn": Ref("TTopic"),
            "Protocol": "sqs",
            "Endpoint": GetAtt("QQueue", "Arn"),
            "RawMessageDelivery": True,
            "FilterPolicy": {"$or": [{"a": [1]}, {"b": [2]}]},
            "FilterPolicyScope": "MessageBody",
            "RedrivePolicy": {"deadLetterTargetArn": GetAtt("QFromTDlqQueue", "Arn")},
        },
    }
    for policy in ("QQueuePolicy", "QFromTDlqQueuePolicy"):
        assert statements(made, policy)["AllowFromTTopic"]["Condition"] == {
            "ArnEquals": {"aws:SourceArn": Ref("TTopic")}
        }


def test_messages_and_filters_make_one_policy() -> None:
    made = of("topics: {t: {}}\nqueues:\n  q: {from: {source: t, messages: [OrderPlaced], filter: {region: [eu]}}}")
    properties = made["QQueueFromTTopicSubscription"]["Properties"]
    assert properties["FilterPolicy"] == {"message": ["OrderPlaced"], "region": ["eu"]}
    assert "FilterPolicyScope" not in properties


def test_a_subscription_that_is_switched_off_is_not_made() -> None:
    made = of("topics: {t: {}}\nqueues:\n  q: {from: {source: t, enabled: false}}")
    assert not [id_ for id_ in made if id_.endswith("Subscription")]
    assert list(statements(made, "QQueuePolicy")) == ["RefusePlainHttp"]


@pytest.mark.parametrize(("topic", "fifo"), [("{}", None), ("{fifo: {}}", True)])
def test_the_dead_letter_queue_of_a_subscription_is_of_the_topics_type(topic: str, fifo: bool | None) -> None:  # noqa: FBT001 - a value
    made = of(f"topics: {{t: {topic}}}\nqueues:\n  q: {{from: {{source: t, dlq: {{}}}}}}")
    assert made["QFromTDlqQueue"]["Properties"].get("FifoQueue") is fifo


def test_the_dead_letter_queue_of_a_rule_is_standard() -> None:
    made = of("buses: {b: {}}\nqueues:\n  q: {fifo: {}, dlq: {}, from: {source: b, dlq: {}}}")
    assert "FifoQueue" not in made["QFromBDlqQueue"]["Properties"]
    assert made["QDlqQueue"]["Properties"]["FifoQueue"] is True


def test_a_rule() -> None:
    made = resources_of(PAIRS["Bus", "Queue"])
    assert made["WorkQueueFromCommerceBusRule"] == {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventBusName": Ref("CommerceBus"),
            "State": "ENABLED",
            "EventPattern": {"source": ["example"]},
            "Targets": [{"Id": "work", "Arn": GetAtt("WorkQueue", "Arn")}],
        },
    }
    assert statements(made, "WorkQueuePolicy")["AllowFromWorkQueueFromCommerceBusRule"] == {
        "Sid": "AllowFromWorkQueueFromCommerceBusRule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": GetAtt("WorkQueue", "Arn"),
        "Condition": {"ArnEquals": {"aws:SourceArn": GetAtt("WorkQueueFromCommerceBusRule", "Arn")}},
    }


def test_a_rule_with_all_that_it_can_say() -> None:
    text = SENDER.replace("TO", "b") + (
        "buses: {b: {event_source: shop.orders}}\nqueues:\n  q:\n    fifo: {deduplication: content}\n"
        "    from: {source: b, messages: [OrderPlaced], retries: {max_retries: 5, max_age: 2h}, dlq: {}, enabled: false}"
    )
    rule = of(text)["QQueueFromBBusRule"]["Properties"]
    assert (rule["State"], rule["EventPattern"]) == (
        "DISABLED",
        {"source": ["shop.orders"], "detail-type": ["OrderPlaced"]},
    )
    assert rule["Targets"] == [
        {
            "Id": "q",
            "Arn": GetAtt("QQueue", "Arn"),
            "RetryPolicy": {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 7_200},
            "DeadLetterConfig": {"Arn": GetAtt("QFromBDlqQueue", "Arn")},
            "SqsParameters": {"MessageGroupId": "$.detail.order_id"},
        }
    ]


@pytest.mark.parametrize(("group_by", "value"), [("customer.id", "$.detail.customer.id"), ("{constant: all}", "all")])
def test_the_message_group_of_a_rule(group_by: str, value: str) -> None:
    made = of(f"buses: {{b: {{}}}}\nqueues:\n  q: {{fifo: {{}}, from: {{source: b, group_by: {group_by}}}}}")
    assert made["QQueueFromBBusRule"]["Properties"]["Targets"][0]["SqsParameters"] == {"MessageGroupId": value}


def test_a_raw_pattern_is_passed_on() -> None:
    made = of(
        "buses: {b: {}}\nqueues:\n  q: {from: {source: b, pattern: {source: [{prefix: shop}], detail: {a: [1]}}}}"
    )
    assert made["QQueueFromBBusRule"]["Properties"]["EventPattern"] == {
        "source": [{"prefix": "shop"}],
        "detail": {"a": [1]},
    }


def test_a_queue_that_reads_a_bus_twice_has_two_rules() -> None:
    made = of("buses: {b: {}}\nqueues:\n  q: {from: [b, {source: b, id: late}]}")
    assert [id_ for id_ in made if id_.endswith("Rule")] == ["QQueueFromBBusAsLateRule", "QQueueFromBBusRule"]
    assert len(statements(made, "QQueuePolicy")) == 3


def test_an_event_source_mapping() -> None:
    made = resources_of(PAIRS["Queue", "Function"])
    assert made["FulfilFunctionFromWorkQueueMapping"] == {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": GetAtt("WorkQueue", "Arn"),
            "FunctionName": Ref("FulfilFunction"),
            "BatchSize": 10,
        },
    }
    assert statements(made, "FulfilFunctionRole")["ReceiveFromWork"] == {
        "Sid": "ReceiveFromWork",
        "Effect": "Allow",
        "Action": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "Resource": GetAtt("WorkQueue", "Arn"),
    }


def test_an_event_source_mapping_with_all_that_it_can_say() -> None:
    batch = "batch: {size: 100, window: 5s, partial_failures: true}"
    made = of(
        f"queues: {{q: {{}}}}\nconsumers:\n  f: {{from: {{source: q, {batch}, max_concurrency: 7, enabled: false}}}}"
    )
    assert made["FFunctionFromQQueueMapping"]["Properties"] == {
        "EventSourceArn": GetAtt("QQueue", "Arn"),
        "FunctionName": Ref("FFunction"),
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 7},
        "Enabled": False,
    }


def test_a_function_that_reads_two_queues_is_told_which_is_which() -> None:
    made = of("queues: {q: {}, r: {}}\nconsumers: {f: {from: [q, r]}, g: {}}")
    variables = made["FFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_SOURCE_Q"] == GetAtt("QQueue", "Arn")
    assert variables["PENSTOCK_SOURCE_R"] == GetAtt("RQueue", "Arn")
    assert not [name for name in made["GFunction"]["Properties"]["Environment"]["Variables"] if "SOURCE" in name]


@pytest.mark.parametrize(
    ("channel", "kind", "action", "resource", "told"),
    [
        ("queues", "Queue", "sqs:SendMessage", GetAtt("CQueue", "Arn"), Ref("CQueue")),
        ("topics", "Topic", "sns:Publish", Ref("CTopic"), Ref("CTopic")),
        ("buses", "Bus", "events:PutEvents", GetAtt("CBus", "Arn"), Ref("CBus")),
    ],
)
def test_a_function_that_sends(channel: str, kind: str, action: str, resource: object, told: object) -> None:
    sends = "publishes: [{message: OrderPlaced, to: c}, {message: Other, to: c}]"
    more = "messages:\n  OrderPlaced: {schema: {type: object}}\n  Other: {schema: {type: object}}\n"
    made = of(f"{more}producers:\n  p: {{type: function, {sends}}}\n{channel}: {{c: {{}}}}")
    assert statements(made, "PFunctionRole")["SendToC"] == {
        "Sid": "SendToC",
        "Effect": "Allow",
        "Action": action,
        "Resource": resource,
    }
    assert made["PFunction"]["Properties"]["Environment"]["Variables"][f"PENSTOCK_{kind.upper()}_C"] == told


@pytest.mark.parametrize(
    ("use", "actions"),
    [
        ("uses: {t: read}", ["BatchGetItem", "GetItem", "Query"]),
        ("uses: {t: write}", ["BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"]),
        ("idempotency: {strategy: table, store: t, ttl: 1d}", ["DeleteItem", "GetItem", "PutItem", "UpdateItem"]),
        (
            "effects: [t], uses: {t: read}",
            [
                "BatchGetItem",
                "BatchWriteItem",
                "ConditionCheckItem",
                "DeleteItem",
                "GetItem",
                "PutItem",
                "Query",
                "UpdateItem",
            ],
        ),
    ],
)
def test_a_function_may_use_a_table_as_it_declares(use: str, actions: list[str]) -> None:
    made = of(f"stores: {{t: {{type: dynamodb, key: id}}}}\nconsumers: {{f: {{{use}}}}}")
    statement = statements(made, "FFunctionRole")["UseT"]
    assert statement["Action"] == [f"dynamodb:{action}" for action in actions]
    assert statement["Resource"] == GetAtt("TTable", "Arn")


def test_a_route_into_a_queue() -> None:
    made = resources_of(PAIRS["Api", "Queue"])
    method = made["CheckoutApiMethod"]["Properties"]
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    integration = method["Integration"]
    assert integration["Credentials"] == GetAtt("CheckoutApiRole", "Arn")
    assert integration["PassthroughBehavior"] == "NEVER"
    assert integration["Uri"] == Sub(
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${IntakeQueue.QueueName}"
    )
    assert integration["RequestTemplates"] == {
        "application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=message"
        "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=OrderPlaced"
    }
    statuses = {response["StatusCode"] for response in integration["IntegrationResponses"]}
    assert statuses == {response["StatusCode"] for response in method["MethodResponses"]}


@pytest.mark.parametrize(
    ("fifo", "end"),
    [
        ("{deduplication: content}", "&MessageGroupId=$util.urlEncode($input.path('$.order_id'))"),
        (
            "{}",
            "&MessageGroupId=$util.urlEncode($input.path('$.order_id'))&MessageDeduplicationId=$util.urlEncode($input.path('$.order_id'))",
        ),
    ],
)
def test_a_route_into_a_fifo_queue_has_group_and_id(fifo: str, end: str) -> None:
    made = of(
        'producers:\n  p: {type: api, route: "POST /", auth: iam, publishes: {message: OrderPlaced, to: q}}\n'
        f"queues: {{q: {{fifo: {fifo}}}}}"
    )
    text = made["PApiMethod"]["Properties"]["Integration"]["RequestTemplates"]["application/json"]
    assert text.partition("OrderPlaced")[2] == end


def test_a_route_into_a_function() -> None:
    made = resources_of(PAIRS["Api", "Function"])
    assert made["WorkFunctionFromCheckoutApiPermission"]["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": Ref("WorkFunction"),
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": Sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/live/POST/orders/*"
        ),
    }
    assert made["CheckoutApiMethod"]["Properties"]["Integration"]["Type"] == "AWS_PROXY"


def test_routes_share_one_api_and_its_paths() -> None:
    route = '{{type: api, route: "{}", auth: iam, throttle: {{rate: 10/s, burst: 5}}, publishes: {{message: OrderPlaced, to: q}}}}'
    routes = ["GET /", "POST /orders", "GET /orders/{id}", "POST /orders-lines", "POST /orders/lines"]
    producers = "".join(f"  p{number}: {route.format(one)}\n" for number, one in enumerate(routes))
    made = of(f"producers:\n{producers}queues: {{q: {{}}}}")
    parts = [body["Properties"]["PathPart"] for body in made.values() if body["Type"] == "AWS::ApiGateway::Resource"]
    assert sorted(parts) == ["lines", "orders", "orders-lines", "{id}"]
    (stage,) = (body["Properties"] for body in made.values() if body["Type"] == "AWS::ApiGateway::Stage")
    assert [(setting["ResourcePath"], setting["HttpMethod"]) for setting in stage["MethodSettings"]] == [
        ("/", "GET"),
        ("/~1orders", "POST"),
        ("/~1orders~1{id}", "GET"),
        ("/~1orders-lines", "POST"),
        ("/~1orders~1lines", "POST"),
    ]
    (deployed,) = (body for body in made.values() if body["Type"] == "AWS::ApiGateway::Deployment")
    assert deployed["DependsOn"] == [f"P{number}ApiMethod" for number in range(5)]


@pytest.mark.parametrize(
    ("method", "to", "checked"),
    [("POST", "q", True), ("GET", "q", True), ("PUT", "f", True), ("GET", "f", False), ("DELETE", "f", False)],
)
def test_a_body_is_checked_at_the_door(method: str, to: str, checked: bool) -> None:  # noqa: FBT001 - a value
    route = f'{{type: api, route: "{method} /", auth: iam, publishes: {{message: OrderPlaced, to: {to}}}}}'
    made = of(f"producers:\n  p: {route}\nqueues: {{q: {{}}}}\nconsumers: {{f: {{}}}}")
    properties = made["PApiMethod"]["Properties"]
    assert ("RequestModels" in properties, "RequestValidatorId" in properties) == (checked, checked)
    if not checked:
        return
    assert properties["RequestModels"] == {"application/json": Ref("RestApiOrderPlacedModel")}
    assert properties["RequestValidatorId"] == Ref("RestApiBodyValidator")
    assert made["RestApiOrderPlacedModel"]["Properties"] == {
        "RestApiId": Ref("RestApi"),
        "ContentType": "application/json",
        "Schema": {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "properties": {"order_id": {"type": "string"}},
            "required": ["order_id"],
        },
    }
    assert made["RestApiBodyValidator"]["Properties"] == {
        "RestApiId": Ref("RestApi"),
        "ValidateRequestBody": True,
        "ValidateRequestParameters": False,
    }


def test_what_the_door_cannot_check_is_noted() -> None:
    message = "messages:\n  OrderPlaced: {schema: {type: array, contains: {const: 1}}}\n"
    text = (
        message + 'producers:\n  p: {type: api, route: "POST /", auth: iam, publishes: {message: OrderPlaced, to: q}}\n'
    )
    plan = lower(topology_of(complete(f"{text}queues: {{q: {{}}}}")))
    assert list(plan.notes) == [
        "message 'OrderPlaced' at /contains: the API lets it in unchecked: 'contains' is not known in draft 4"
    ]


def test_a_changed_contract_gets_a_new_deployment() -> None:
    one, other = PAIRS["Api", "Queue"], PAIRS["Api", "Queue"].replace("order_id: {type: string}", "order_id: {}")
    assert one != other
    deployments = [{id_ for id_ in resources_of(text) if id_.startswith("RestApiDeployment")} for text in (one, other)]
    assert deployments[0] != deployments[1]


def test_a_changed_route_gets_a_new_deployment() -> None:
    one, other = PAIRS["Api", "Queue"], PAIRS["Api", "Queue"].replace("POST", "PUT")
    deployments = [{id_ for id_ in resources_of(text) if id_.startswith("RestApiDeployment")} for text in (one, other)]
    assert deployments[0] != deployments[1]


def test_an_outsider_gets_in_by_the_channels_policy_and_its_keys() -> None:
    made = of(SENDER.replace("TO", "t") + "topics: {t: {encryption: {key: k}}}\nkeys: {k: {}}")
    principal = {"AWS": Sub("arn:${AWS::Partition}:iam::111122223333:root")}
    assert statements(made, "TTopicPolicy")["AllowFromShopExternal"]["Principal"] == principal
    assert statements(made, "KKey")["AllowFromShopExternal"] == {
        "Sid": "AllowFromShopExternal",
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
    }


def test_the_key_of_a_bus_is_eventbridges_to_use() -> None:
    made = of(
        "producers:\n  p: {type: function, publishes: {message: OrderPlaced, to: b}}\nbuses: {b: {encryption: {key: k}}}\nkeys: {k: {}}"
    )
    assert made["BBus"]["Properties"]["KmsKeyIdentifier"] == GetAtt("KKey", "Arn")
    bus = Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${AWS::StackName}-b")
    assert statements(made, "KKey")["EncryptBBus"]["Condition"] == {
        "StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": bus}
    }
    assert statements(made, "KKey")["DescribeForBuses"]["Action"] == "kms:DescribeKey"
    assert list(statements(made, "PFunctionRole")) == ["SendToB", "WriteLogs"]


def test_a_function_uses_the_keys_of_what_it_reads_and_sends_to() -> None:
    made = of(
        "queues: {q: {encryption: {key: k}}, r: {encryption: {key: k}}}\nkeys: {k: {}}\n"
        "consumers: {f: {from: q, publishes: {message: OrderPlaced, to: r}}}"
    )
    assert list(statements(made, "FFunctionRole")) == [
        "DecryptWithK",
        "EncryptWithK",
        "ReceiveFromQ",
        "SendToR",
        "WriteLogs",
    ]
    assert statements(made, "FFunctionRole")["DecryptWithK"]["Resource"] == GetAtt("KKey", "Arn")


def test_a_fifo_topic_keeps_its_messages_for_whole_days() -> None:
    topic = of("topics: {t: {fifo: {}, archive: 30d, max_size: 1MiB}}")["TTopic"]["Properties"]
    assert topic["ArchivePolicy"] == {"MessageRetentionPeriod": "30"}
    assert topic["MaximumMessageSize"] == 1_048_576


def test_a_topic_logs_its_deliveries_into_two_groups_of_its_own() -> None:
    made = of("topics: {t: {delivery_logging: {sqs: 10, http: 0}}}")
    role = GetAtt("TTopicRole", "Arn")
    assert made["TTopic"]["Properties"]["DeliveryStatusLogging"] == [
        {"Protocol": "http/s", "FailureFeedbackRoleArn": role},
        {
            "Protocol": "sqs",
            "FailureFeedbackRoleArn": role,
            "SuccessFeedbackRoleArn": role,
            "SuccessFeedbackSampleRate": "10",
        },
    ]
    name = "sns/${AWS::Region}/${AWS::AccountId}/${TTopic.TopicName}"
    groups = {one: made[one]["Properties"]["LogGroupName"] for one in ("TTopicDeliveries", "TTopicFailures")}
    assert groups == {"TTopicDeliveries": Sub(name), "TTopicFailures": Sub(f"{name}/Failure")}
    (statement,) = made["TTopicRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [GetAtt("TTopicDeliveries", "Arn"), GetAtt("TTopicFailures", "Arn")]


@pytest.mark.parametrize(
    ("source", "said", "policy"),
    [
        ("physical_name: orders, ", "", {"redrivePermission": "byQueue", "sourceQueueArns": ["orders"]}),
        ("physical_name: orders, fifo: {}, ", "", {"redrivePermission": "byQueue", "sourceQueueArns": ["orders.fifo"]}),
        ("physical_name: orders, ", ", redrive_allow: all", {"redrivePermission": "allowAll"}),
        ("", "", None),
    ],
)
def test_a_dead_letter_queue_names_who_may_use_it(source: str, said: str, policy: dict[str, Any] | None) -> None:
    made = of(f"queues: {{q: {{{source}dlq: {{max_receives: 3{said}}}}}}}")
    assert "RedriveAllowPolicy" not in made["QQueue"]["Properties"]
    found = made["QDlqQueue"]["Properties"].get("RedriveAllowPolicy")
    if found and "sourceQueueArns" in found:
        arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:"
        found = {**found, "sourceQueueArns": [one.text.removeprefix(arn) for one in found["sourceQueueArns"]]}
    assert found == policy


def test_what_nobody_may_give_up_to() -> None:
    made = of("queues: {q: {redrive_allow: none}}")["QQueue"]["Properties"]
    assert made["RedriveAllowPolicy"] == {"redrivePermission": "denyAll"}


def test_the_way_back_is_a_command_and_a_policy() -> None:
    topology = topology_of(complete("queues: {q: {redrive_from: q-dlq, dlq: {max_receives: 3}}}"))
    made = lower(topology).template()
    assert made["Outputs"]["QQueueRedriveCommand"]["Value"] == {
        "Fn::Join": [
            " ",
            [
                "aws sqs start-message-move-task --source-arn",
                GetAtt("QDlqQueue", "Arn"),
                "--destination-arn",
                GetAtt("QQueue", "Arn"),
            ],
        ]
    }
    policy = made["Resources"]["QQueueRedrive"]["Properties"]["PolicyDocument"]
    assert [one["Resource"] for one in policy["Statement"]] == [GetAtt("QDlqQueue", "Arn"), GetAtt("QQueue", "Arn")]
    assert not [one for one in topology.connections if one.source.name == "q-dlq"]


@pytest.mark.parametrize("throughput", ["queue", "message-group"])
def test_a_fifo_queue_has_the_names_and_attributes_of_one(throughput: str) -> None:
    fragment = f"queues: {{q: {{physical_name: orders, fifo: {{deduplication: content, throughput: {throughput}}}}}}}"
    queue = of(fragment)["QQueue"]["Properties"]
    fast = ("messageGroup", "perMessageGroupId") if throughput == "message-group" else (None, None)
    assert (queue["QueueName"], queue["FifoQueue"], queue["ContentBasedDeduplication"]) == ("orders.fifo", True, True)
    assert (queue.get("DeduplicationScope"), queue.get("FifoThroughputLimit")) == fast
