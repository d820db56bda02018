"""Things that the stack does not make: where they are, what is granted, and what cannot be said of them."""

from pathlib import Path
from typing import Any

import pytest

from penstock.emit.cloudformation import template as text_of
from penstock.emit.stubs import function_stubs
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.lint.engine import run
from penstock.lint.rules import RULES
from penstock.plan.plan import Plan
from penstock.plan.values import GetAtt, ImportValue, Ref, Select, Split, Sub
from penstock.source.schema_file import read_schema_file
from tests.templates import Template, of_type, read
from tests.topologies import complete, document_of, topology_of

QUEUE = "arn:aws:sqs:eu-central-1:111122223333:intake"
BUS = "arn:aws:events:eu-central-1:111122223333:event-bus/default"


def planned(fragment: str) -> Plan:
    return lower(topology_of(complete(fragment)))


def compiled(fragment: str) -> Template:
    return read(text_of(planned(fragment)))


def told(template: Template, name: str = "Work") -> dict[str, Any]:
    """What a function is told by its environment."""
    variables: dict[str, Any] = of_type(template, "AWS::Lambda::Function")[f"{name}Function"]["Environment"][
        "Variables"
    ]
    return variables


def faults(fragment: str) -> list[tuple[str, str, str]]:
    built = build(document_of(complete(fragment)), lambda name: read_schema_file(Path(name), name))
    return [(fault.code, fault.span.text, fault.message) for fault in built.faults]


def sender(section: str, place: str) -> str:
    sent = "publishes: {message: OrderPlaced, to: theirs}"
    return f"producers:\n  work: {{type: function, {sent}}}\n{section}:\n  theirs: {{existing: {place}}}\n"


@pytest.mark.parametrize(
    ("section", "place", "variable", "value"),
    [
        ("queues", f'"{QUEUE}"', "QUEUE", Sub("https://sqs.eu-central-1.${AWS::URLSuffix}/111122223333/intake")),
        ("topics", "{ssm: /news}", "TOPIC", Ref("TheirsTopicAddress")),
        ("topics", "{export: news}", "TOPIC", ImportValue("news")),
        ("buses", f'"{BUS}"', "BUS", BUS),
        (
            "streams",
            '"arn:aws:kinesis:eu-central-1:111122223333:stream/clicks"',
            "STREAM",
            "arn:aws:kinesis:eu-central-1:111122223333:stream/clicks",
        ),
        ("streams", "{export: clicks}", "STREAM", ImportValue("clicks")),
        ("streams", "{ssm: /clicks}", "STREAM", Ref("TheirsStreamAddress")),
    ],
)  # fmt: skip
def test_senders_are_told_where_it_is(section: str, place: str, variable: str, value: object) -> None:
    assert told(compiled(sender(section, place)))[f"PENSTOCK_{variable}_THEIRS"] == value


def test_the_url_of_a_queue_is_cut_out_of_an_arn_that_only_the_deployment_knows() -> None:
    arn = ImportValue("intake")
    pieces = ("Region", 3), ("Account", 4), ("Name", 5)
    assert told(compiled(sender("queues", "{export: intake}")))["PENSTOCK_QUEUE_THEIRS"] == Sub(
        "https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}",
        tuple((name, Select(index, Split(":", arn))) for name, index in pieces),
    )


def test_an_ssm_parameter_is_read_by_a_parameter_of_the_template_where_something_needs_it() -> None:
    template = compiled(sender("topics", "{ssm: /news}"))
    own = template["Parameters"]["TheirsTopicAddress"]
    assert (own["Type"], own["Default"]) == ("AWS::SSM::Parameter::Value<String>", "/news")
    assert "Parameters" not in compiled("topics:\n  theirs: {existing: {ssm: /news}}\n")


DELIVERY = """
topics:
  news: {}
queues:
  theirs: {existing: "arn:aws:sqs:eu-central-1:111122223333:intake", from: {source: news, dlq: {none: it is sent again}}}
"""


def test_its_policy_is_its_owners_who_is_told_what_must_be_in_it() -> None:
    plan = planned(DELIVERY)
    template = read(text_of(plan))
    assert of_type(template, "AWS::SQS::Queue") == of_type(template, "AWS::SQS::QueuePolicy") == {}
    assert "DependsOn" not in template["Resources"]["TheirsQueueFromNewsTopicSubscription"]
    (note,) = plan.notes
    assert note == (
        "queue 'theirs' is not made here: its owner must have in its policy "
        '{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", '
        f'"Resource": "{QUEUE}", "Condition": {{"ArnEquals": {{"aws:SourceArn": "${{NewsTopic}}"}}}}}}'
    )


FUNCTION = """
topics:
  news: {}
consumers:
  theirs:
    existing: "arn:aws:lambda:eu-central-1:111122223333:function:theirs"
    from: {source: news, dlq: {none: it is sent again}}
    uses: {seen: read}
stores:
  seen: {type: dynamodb, key: id}
"""


def test_a_function_gets_no_code_and_no_role_but_may_be_invoked() -> None:
    plan = planned(FUNCTION)
    template = read(text_of(plan))
    assert list(function_stubs(topology_of(complete(FUNCTION)))) == []
    assert of_type(template, "AWS::Lambda::Function") == of_type(template, "AWS::IAM::Role") == {}
    (consent,) = of_type(template, "AWS::Lambda::Permission").values()
    assert consent["FunctionName"] == "arn:aws:lambda:eu-central-1:111122223333:function:theirs"
    (note,) = plan.notes
    assert note.startswith("function 'theirs' is not made here: its owner must have in the policy of its role")
    assert '"Resource": "${SeenTable.Arn}"' in note


def test_it_has_an_alarm_only_where_the_topology_asks_for_one() -> None:
    def on_queues(text: str) -> list[Any]:
        alarms = of_type(compiled(text), "AWS::CloudWatch::Alarm").values()
        return [alarm for alarm in alarms if alarm["Namespace"] == "AWS/SQS"]

    assert on_queues(DELIVERY) == []
    (alarm,) = on_queues(DELIVERY.replace("existing:", "alarms: {queue_age: 5m}, existing:"))
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "intake"}]


POLLED = """
queues:
  theirs: {existing: {ssm: /intake}DESCRIBED}
consumers:
  work:
    from: {source: theirs, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 60s
"""


@pytest.mark.parametrize(
    ("described", "codes"),
    [
        ("", []),
        (", visibility_timeout: 30s", ["VIS001"]),
        (", visibility_timeout: 6m", []),
        (", dlq: {queue: failed, max_receives: 2}", ["DLQ005"]),
    ],
)
def test_the_linter_knows_what_is_written_and_takes_no_default_for_the_rest(described: str, codes: list[str]) -> None:
    text = complete(POLLED.replace("DESCRIBED", described))
    if "failed" in described:
        text = text.replace("queues:\n", "queues:\n  failed: {existing: {ssm: /failed}, role: dead-letters}\n")
    assert [finding.code for finding in run(topology_of(text), RULES)] == codes


def test_defaults_of_the_topology_say_nothing_of_it() -> None:
    text = complete("defaults: {queues: {visibility_timeout: 1s, tags: {a: b}}}" + POLLED.replace("DESCRIBED", ""))
    assert run(topology_of(text), RULES) == []


def test_a_name_in_an_arn_says_whether_a_queue_is_fifo() -> None:
    template = compiled(sender("queues", f'"{QUEUE}.fifo"'))
    assert told(template)["PENSTOCK_QUEUE_THEIRS"].text.endswith("/intake.fifo")
    topology = topology_of(complete(sender("queues", f'"{QUEUE}.fifo"')))
    assert topology.components["theirs"].fifo is not None  # type: ignore[attr-defined]


def test_events_of_a_bus_are_taken_from_every_source_where_none_is_written() -> None:
    text = """
buses:
  theirs: {existing: {export: bus}KNOWN}
queues:
  work: {from: {source: theirs, messages: [OrderPlaced]}}
"""
    unknown, known = (
        of_type(compiled(text.replace("KNOWN", word)), "AWS::Events::Rule")["WorkQueueFromTheirsBusRule"]
        for word in ("", ", event_source: their.shop")
    )
    assert unknown["EventPattern"] == {"detail-type": ["OrderPlaced"]}
    assert known["EventPattern"] == {"source": ["their.shop"], "detail-type": ["OrderPlaced"]}
    assert unknown["EventBusName"] == ImportValue("bus")


@pytest.mark.parametrize(
    ("fragment", "code", "marked", "message"),
    [
        (
            f'queues:\n  theirs: {{existing: "{QUEUE}", delay: 5s}}\n',
            "REF030",
            "delay: 5s",
            "'theirs' exists already, so `delay` has no effect: it is its owner's to say",
        ),
        (
            f'queues:\n  theirs: {{existing: "{QUEUE}", dlq: {{max_receives: 3}}}}\n',
            "REF030",
            "dlq: {max_receives: 3}",
            "'theirs' exists already, so it can be given no dead-letter queue here",
        ),
        (
            f'topics:\n  theirs: {{existing: "{QUEUE}"}}\n',
            "REF031",
            f'existing: "{QUEUE}"',
            "'theirs' is a topic, but the ARN is that of something else",
        ),
        (
            f'queues:\n  theirs: {{existing: "{QUEUE}", fifo: {{}}}}\n',
            "REF031",
            "fifo: {}",
            "'theirs' is not a FIFO queue: the name in its ARN does not end in .fifo",
        ),
    ],
)
def test_what_cannot_be_said_of_it(fragment: str, code: str, marked: str, message: str) -> None:
    assert faults(fragment) == [(code, marked, message)]


def test_what_is_published() -> None:
    template = compiled("""
exports: ssm
topics:
  one: {export: true}
  two: {export: {ssm: /shop/two}}
  three: {export: {stack: shop-three}}
""")
    published = {name: body["Name"] for name, body in of_type(template, "AWS::SSM::Parameter").items()}
    assert published == {"OneTopicAddress": "/example/one", "TwoTopicAddress": "/shop/two"}
    output = template["Outputs"]["ThreeTopicAddress"]
    assert (output["Value"], output["Export"]) == (Ref("ThreeTopic"), {"Name": "shop-three"})


def test_without_a_setting_the_stack_exports() -> None:
    template = compiled("queues:\n  intake: {export: true}\n")
    output = template["Outputs"]["IntakeQueueAddress"]
    assert (output["Value"], output["Export"]) == (GetAtt("IntakeQueue", "Arn"), {"Name": "example-intake"})


def test_an_alarm_alone_reads_the_parameter_of_an_address() -> None:
    template = compiled("consumers:\n  theirs: {existing: {ssm: /theirs}, alarms: {errors: 3}}\n")
    found = of_type(template, "AWS::CloudWatch::Alarm")
    (dimension,) = found["TheirsFunctionErrorsAlarm"]["Dimensions"]
    assert dimension["Value"] == Select(6, Split(":", Ref("TheirsFunctionAddress")))
    assert template["Parameters"]["TheirsFunctionAddress"]["Default"] == "/theirs"


def test_consent_of_an_owner_has_exactly_what_each_way_needs() -> None:
    template = compiled("""
buses:
  commerce: {allow: {publish: ["444455556666"], subscribe: ["arn:aws:iam::777788889999:role/shop"]}}
""")
    put, rule = (policy["Statement"] for policy in of_type(template, "AWS::Events::EventBusPolicy").values())
    assert (put["Action"], put["Principal"]) == (
        "events:PutEvents",
        {"AWS": Sub("arn:${AWS::Partition}:iam::444455556666:root")},
    )
    assert rule["Principal"] == {"AWS": "arn:aws:iam::777788889999:role/shop"}
    assert rule["Condition"] == {"StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"}}
    assert rule["Resource"].text.endswith(":rule/${CommerceBus}/*")


def test_the_policy_of_a_key_follows() -> None:
    template = compiled("""
topics:
  news: {encryption: {key: main}, allow: {publish: ["444455556666"], subscribe: ["777788889999"]}}
keys:
  main: {}
""")
    (key,) = of_type(template, "AWS::KMS::Key").values()
    admitted = {
        (statement["Principal"]["AWS"].text.split(":")[-2], statement["Action"])
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Sid"] != "Administrators"
    }
    assert admitted == {("444455556666", "kms:Decrypt"), ("444455556666", "kms:GenerateDataKey")}
