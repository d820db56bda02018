"""What consumers that are no functions compile to, and what they promise."""

import json
from typing import Any

import pytest

from penstock.hops import Ending, Ordering, Semantics, semantics
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.plan.values import GetAtt, Ref, Sub
from penstock.source.schema_file import SchemaFile
from tests.topologies import complete, document_of, topology_of

HOUR, DAY = 3_600, 86_400
OPEN = "{none: it checks SNS's signature}"
BUS = "arn:aws:events:eu-central-1:444455556666:event-bus/b"
QUEUE = "arn:aws:sqs:eu-central-1:444455556666:q"


def no_files(name: str) -> SchemaFile:
    raise LookupError(name)


def of(fragment: str) -> dict[str, Any]:
    resources: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return resources


def notes(fragment: str) -> list[str]:
    return list(lower(topology_of(complete(fragment))).notes)


def promise(fragment: str) -> Semantics:
    topology = topology_of(complete(fragment))
    (connection,) = topology.connections
    found = semantics(connection, topology)
    assert found is not None
    return found


def faults(fragment: str) -> list[tuple[str, str]]:
    built = build(document_of(complete(fragment)), no_files)
    return [(found.code, found.message) for found in built.faults]


def http(more: str, auth: str = OPEN, url: str = "https://p.example/h") -> str:
    return f"consumers:\n  p: {{type: http, url: {url!r}, auth: {auth}, {more}}}\n"


# A bus and an endpoint


@pytest.mark.parametrize(
    ("auth", "kind", "parameters"),
    [
        (
            "{type: api-key, secret: a/b}",
            "API_KEY",
            {"ApiKeyName": "x-api-key", "ApiKeyValue": "{{resolve:secretsmanager:a/b:SecretString}}"},
        ),
        (
            "{type: api-key, secret: a, header: x-k, field: key}",
            "API_KEY",
            {"ApiKeyName": "x-k", "ApiKeyValue": "{{resolve:secretsmanager:a:SecretString:key}}"},
        ),
        (
            "{type: basic, secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:u-AbCdEf'}",
            "BASIC",
            {
                field: "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:111122223333:secret:u-AbCdEf"
                f":SecretString:{field.lower()}}}}}"
                for field in ("Username", "Password")
            },
        ),
        (
            "{type: oauth, secret: c, token_url: 'https://l.example/t', scope: a b}",
            "OAUTH_CLIENT_CREDENTIALS",
            {
                "AuthorizationEndpoint": "https://l.example/t",
                "ClientParameters": {
                    "ClientID": "{{resolve:secretsmanager:c:SecretString:client_id}}",
                    "ClientSecret": "{{resolve:secretsmanager:c:SecretString:client_secret}}",
                },
                "HttpMethod": "POST",
                "OAuthHttpParameters": {
                    "BodyParameters": [
                        {"Key": "grant_type", "Value": "client_credentials", "IsValueSecret": False},
                        {"Key": "scope", "Value": "a b", "IsValueSecret": False},
                    ]
                },
            },
        ),
        ("{none: public}", "API_KEY", {"ApiKeyName": "x-no-authorization", "ApiKeyValue": "none"}),
    ],
)
def test_a_connection_names_its_secret_and_never_holds_it(auth: str, kind: str, parameters: object) -> None:
    connection = of(f"buses: {{b: {{}}}}\n{http('from: b', auth)}")["PEndpointConnection"]["Properties"]
    assert connection["AuthorizationType"] == kind
    assert list(connection["AuthParameters"].values()) == [parameters]


def test_an_api_destination_with_all_that_it_can_say() -> None:
    more = "method: PUT, headers: {x-b: two, x-a: one}, rate: 300/m, from: {source: b, retries: {max_retries: 9, max_age: 2h}, dlq: {}}"
    resources = of(f"buses: {{b: {{}}}}\n{http(more)}")
    assert resources["PEndpointDestination"]["Properties"] == {
        "Description": "p of example",
        "ConnectionArn": GetAtt("PEndpointConnection", "Arn"),
        "InvocationEndpoint": "https://p.example/h",
        "HttpMethod": "PUT",
        "InvocationRateLimitPerSecond": 5,
    }
    (target,) = resources["PEndpointFromBBusRule"]["Properties"]["Targets"]
    assert target == {
        "Id": "p",
        "Arn": GetAtt("PEndpointDestination", "Arn"),
        "RoleArn": GetAtt("PEndpointRole", "Arn"),
        "HttpParameters": {"HeaderParameters": {"x-a": "one", "x-b": "two"}},
        "RetryPolicy": {"MaximumRetryAttempts": 9, "MaximumEventAgeInSeconds": 2 * HOUR},
        "DeadLetterConfig": {"Arn": GetAtt("PFromBDlqQueue", "Arn")},
    }
    (policy,) = resources["PEndpointRole"]["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "CallEndpoint",
            "Effect": "Allow",
            "Action": "events:InvokeApiDestination",
            "Resource": GetAtt("PEndpointDestination", "Arn"),
        }
    ]


def test_two_rules_share_one_destination() -> None:
    resources = of(f"buses: {{b: {{}}, c: {{}}}}\n{http('from: [b, c]')}")
    assert sum(body["Type"] == "AWS::Events::ApiDestination" for body in resources.values()) == 1
    assert sum(body["Type"] == "AWS::Events::Rule" for body in resources.values()) == 2


def test_a_bus_tries_an_endpoint_for_a_day() -> None:
    found = promise(f"buses: {{b: {{}}}}\n{http('from: b')}")
    assert (found.retried_by, found.attempts, found.window, found.ending) == ("EventBridge", 186, DAY, Ending.DROPPED)
    bounded = promise(
        f"buses: {{b: {{}}}}\n{http('from: {source: b, retries: {max_retries: 3, max_age: 1h}, dlq: {}}')}"
    )
    assert (bounded.attempts, bounded.window, bounded.ending) == (4, HOUR, Ending.DEAD_LETTERS)


# A topic and an endpoint


def test_a_topic_posts_to_an_endpoint_without_a_destination() -> None:
    resources = of(f"topics: {{t: {{}}}}\n{http('from: t')}")
    assert resources["PEndpointFromTTopicSubscription"] == {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": Ref("TTopic"), "Protocol": "https", "Endpoint": "https://p.example/h"},
    }
    assert not any(body["Type"].startswith("AWS::Events::") for body in resources.values())


@pytest.mark.parametrize(
    ("retries", "numbers"),
    [
        ("{max_retries: 10, max_age: 1h}", (10, 360)),
        ("{max_retries: 5}", (5, 20)),
        ("{max_age: 5m}", (3, 100)),
        ("{max_retries: 0, max_age: 5m}", (0, 20)),
        ("{max_retries: 100, max_age: 100s}", (100, 1)),
    ],
)
def test_retries_become_a_delivery_policy_and_a_promise(retries: str, numbers: tuple[int, int]) -> None:
    text = f"topics: {{t: {{}}}}\n{http(f'rate: 50/s, from: {{source: t, raw: true, retries: {retries}, dlq: {{}}}}')}"
    properties = of(text)["PEndpointFromTTopicSubscription"]["Properties"]
    count, delay = numbers
    assert properties["DeliveryPolicy"] == {
        "healthyRetryPolicy": {
            "numRetries": count,
            "minDelayTarget": delay,
            "maxDelayTarget": delay,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "numMaxDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "throttlePolicy": {"maxReceivesPerSecond": 50},
    }
    assert properties["RawMessageDelivery"] is True
    assert properties["RedrivePolicy"] == {"deadLetterTargetArn": GetAtt("PFromTDlqQueue", "Arn")}
    found = promise(text)
    assert (found.attempts, found.window, found.ending) == (count + 1, count * delay or None, Ending.DEAD_LETTERS)


def test_without_retries_a_topic_gives_an_endpoint_up_after_a_minute() -> None:
    found = promise(f"topics: {{t: {{}}}}\n{http('from: t')}")
    assert (found.retried_by, found.attempts, found.window, found.ending) == ("SNS", 4, 60, Ending.DROPPED)


def test_who_must_confirm_is_told() -> None:
    (endpoint,) = notes(f"topics: {{t: {{}}}}\n{http('from: t')}")
    assert "before it has confirmed the subscription" in endpoint
    (mail,) = notes("topics: {t: {}}\nconsumers: {m: {type: email, address: a@b.example, from: t}}")
    assert "before somebody has followed the link" in mail
    (queue,) = notes(f"topics: {{t: {{}}}}\nconsumers: {{x: {{type: external, endpoint: {QUEUE!r}, from: t}}}}")
    assert "the owner of its queue has confirmed" in queue


# A bus and a log group


def test_a_log_group_lets_in_its_rules_alone() -> None:
    resources = of("buses: {b: {}, c: {}}\nconsumers: {audit: {type: log, retention: 90d, from: [b, c]}}")
    assert resources["AuditLog"]["Properties"] == {
        "LogGroupName": Sub("/aws/events/${AWS::StackName}/audit"),
        "RetentionInDays": 90,
    }
    (target,) = resources["AuditLogFromBBusRule"]["Properties"]["Targets"]
    address = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AuditLog}"
    assert target == {"Id": "audit", "Arn": Sub(address)}
    policy = json.loads(resources["AuditLogPolicy"]["Properties"]["PolicyDocument"].text)
    assert [(one["Action"], one["Resource"], one.get("Condition")) for one in policy["Statement"]] == [
        *(
            (
                "logs:PutLogEvents",
                "${AuditLog.Arn}",
                {"ArnEquals": {"aws:SourceArn": f"${{AuditLogFrom{name}BusRule.Arn}}"}},
            )
            for name in ("B", "C")
        ),
        ("logs:CreateLogStream", "${AuditLog.Arn}", None),
    ]


def test_a_log_group_with_a_key_is_named_in_the_keys_policy() -> None:
    resources = of("buses: {b: {}}\nkeys: {k: {}}\nconsumers: {audit: {type: log, encryption: {key: k}, from: b}}")
    assert resources["AuditLog"]["Properties"]["KmsKeyId"] == GetAtt("KKey", "Arn")
    (statement,) = (
        one for one in resources["KKey"]["Properties"]["KeyPolicy"]["Statement"] if one["Sid"] == "EncryptAuditLog"
    )
    assert statement["Principal"] == {"Service": Sub("logs.${AWS::Region}.amazonaws.com")}
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/events/${AWS::StackName}/audit"
    assert statement["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": Sub(group)}}


# Mail


@pytest.mark.parametrize(
    ("format_", "protocol"), [("", "email"), ("format: text, ", "email"), ("format: json, ", "email-json")]
)
def test_a_topic_writes_to_an_address(format_: str, protocol: str) -> None:
    text = f"topics: {{t: {{}}}}\nconsumers: {{m: {{type: email, {format_}address: a@b.example, from: t}}}}"
    assert of(text)["MEmailFromTTopicSubscription"]["Properties"] == {
        "TopicArn": Ref("TTopic"),
        "Protocol": protocol,
        "Endpoint": "a@b.example",
    }
    assert (promise(text).attempts, promise(text).window) == (50, 6 * HOUR)


@pytest.mark.parametrize(
    "consumer",
    [
        http("from: {source: t, enabled: false}"),
        "consumers: {p: {type: email, address: a@b.example, from: {source: t, enabled: false}}}",
    ],
)
def test_a_subscription_that_is_switched_off_is_not_made(consumer: str) -> None:
    resources = of(f"topics: {{t: {{}}}}\n{consumer}")
    assert not any(body["Type"] == "AWS::SNS::Subscription" for body in resources.values())


# Somebody outside


def test_a_principal_reads_a_queue_and_uses_its_key() -> None:
    resources = of(
        "queues: {q: {encryption: {key: k}}}\nkeys: {k: {}}\n"
        "consumers: {x: {type: external, principal: '444455556666', from: q}}"
    )
    account = {"AWS": Sub("arn:${AWS::Partition}:iam::444455556666:root")}
    policy = resources["QQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert policy[0] == {
        "Sid": "AllowForXExternalConsumer",
        "Effect": "Allow",
        "Principal": account,
        "Action": ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "Resource": GetAtt("QQueue", "Arn"),
    }
    key = resources["KKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert [(one["Action"], one["Principal"]) for one in key if one["Sid"] == "AllowForXExternalConsumer"] == [
        ("kms:Decrypt", account)
    ]


@pytest.mark.parametrize("source", ["queues: {s: {}}", "streams: {s: {}}", "topics: {s: {}}"])
def test_who_is_switched_off_may_nothing(source: str) -> None:
    text = f"{source}\nconsumers: {{x: {{type: external, principal: '444455556666', from: {{source: s, enabled: false}}}}}}"
    assert "444455556666" not in json.dumps(of(text), default=str)


def test_a_bus_sends_to_a_bus_of_theirs_with_a_role() -> None:
    resources = of(f"buses: {{b: {{}}}}\nconsumers: {{x: {{type: external, endpoint: {BUS!r}, from: b}}}}")
    (target,) = resources["XExternalConsumerFromBBusRule"]["Properties"]["Targets"]
    assert target == {"Id": "x", "Arn": BUS, "RoleArn": GetAtt("XExternalConsumerRole", "Arn")}
    (policy,) = resources["XExternalConsumerRole"]["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {"Sid": "SendToTheirBus", "Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS}
    ]


@pytest.mark.parametrize(("end", "order"), [("", Ordering.NONE), (".fifo", Ordering.PER_GROUP)])
def test_a_fifo_topic_keeps_its_order_into_a_fifo_queue_of_theirs(end: str, order: Ordering) -> None:
    text = f"topics: {{t: {{fifo: {{}}}}}}\nconsumers: {{x: {{type: external, endpoint: {QUEUE + end!r}, from: t}}}}"
    assert promise(text).ordering is order
    assert of(text)["XExternalConsumerFromTTopicSubscription"]["Properties"]["Protocol"] == "sqs"


# What cannot be


@pytest.mark.parametrize(
    ("fragment", "code", "part"),
    [
        (
            f"topics: {{t: {{}}}}\n{http('from: {source: t, retries: {max_retries: 101}}')}",
            "REF015",
            "SNS makes 100 at most",
        ),
        (f"topics: {{t: {{}}}}\n{http('from: {source: t, retries: {max_age: 2h}}')}", "REF015", "SNS ends after 1 h"),
        (
            f"topics: {{t: {{}}}}\n{http('from: {source: t, retries: {max_retries: 61, max_age: 1m}}')}",
            "REF015",
            "waits at least 1 s",
        ),
        (
            f"buses: {{b: {{}}}}\n{http('from: b', '{type: basic, secret: a, header: x}')}",
            "REF040",
            "belongs to type api-key",
        ),
        (f"buses: {{b: {{}}}}\n{http('from: b', '{type: oauth, secret: a}')}", "REF040", "where they get a token"),
        ("queues: {q: {}}\nconsumers: {x: {type: external, from: q}}", "REF041", "does not say who it is"),
        ("streams: {s: {}}\nconsumers: {x: {type: external, from: s}}", "REF041", "does not say who it is"),
        ("topics: {t: {}}\nconsumers: {x: {type: external, from: t}}", "REF041", "does not say who it is"),
        (
            "topics: {t: {}}\nconsumers: {x: {type: external, principal: '444455556666', from: {source: t, raw: true}}}",
            "REF041",
            "so `raw` is its own to set",
        ),
        (
            f"topics: {{t: {{}}}}\nconsumers: {{x: {{type: external, endpoint: {BUS!r}, from: t}}}}",
            "REF041",
            "delivers to a queue",
        ),
        (
            "buses: {b: {}}\nconsumers: {x: {type: external, principal: '444455556666', from: b}}",
            "REF041",
            "to which bus",
        ),
        (
            f"buses: {{b: {{}}}}\nconsumers: {{x: {{type: external, endpoint: {QUEUE!r}, from: b}}}}",
            "REF041",
            "sends to a bus",
        ),
    ],
)
def test_what_aws_would_refuse_is_a_fault(fragment: str, code: str, part: str) -> None:
    ((found, message),) = faults(fragment)
    assert found == code
    assert part in message


def test_an_endpoint_that_the_deployment_names_may_be_of_either_service() -> None:
    text = "parameters: {Theirs: {}}\nbuses: {b: {}}\nconsumers: {x: {type: external, endpoint: '${param.Theirs}', from: b}}"
    from penstock.model.variant import vary

    document = vary(document_of_unchecked(complete(text)), None).document
    assert document is not None
    built = build(document, no_files)
    assert built.faults == []


def document_of_unchecked(text: str) -> Any:  # noqa: ANN401 - a document
    from penstock.source.yaml import Source, parse

    document, found = parse(Source("topology.yaml", text))
    assert document is not None, found
    return document
