"""What the compiler writes has no findings; and where a safeguard is taken out of it, the rule for that safeguard speaks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penstock.emit.cloudformation import template
from penstock.hops.lowering import lower
from penstock.pipeline import check
from tests.template.given import codes, findings
from tests.topologies import topology_of

EXAMPLES = Path(__file__).parents[2] / "examples"
TEMPLATES = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("expected/template.yaml"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_found_in_our_own_output(name: str) -> None:
    checked = check(EXAMPLES / name)
    assert checked.topology is not None
    assert [(one.code, one.message) for one in checked.diagnostics] == []
    assert checked.topology.connections


def output(name: str) -> str:
    return (EXAMPLES / name / "expected/template.yaml").read_text(encoding="utf-8")


def without_resource(text: str, name: str) -> str:
    changed, count = re.subn(rf"^  {name}:\n(?:    .*\n|\n(?=    ))*", "", text, flags=re.MULTILINE)
    assert count == 1, name
    return changed


def without_property(text: str, resource: str, *names: str) -> str:
    """A text without some properties of a resource, whatever stands below them."""
    found = re.search(rf"^  {resource}:\n(?:    .*\n|\n(?=    ))*", text, flags=re.MULTILINE)
    assert found, resource
    body = found[0]
    for name in names:
        body, count = re.subn(rf"^( +){name}:.*\n(?:\1 .*\n|\1- .*\n)*", "", body, flags=re.MULTILINE)
        assert count == 1, name
    return text.replace(found[0], body)


def first(text: str, type_: str, holding: str = "") -> str:
    """The first resource of a type in whose text something stands."""
    for match in re.finditer(r"^  (\w+):\n((?:    .*\n|\n(?=    ))*)", text, flags=re.MULTILINE):
        if f"Type: {type_}\n" in match[2] and holding in match[2]:
            return match[1]
    raise AssertionError(type_)


STREAM, MAPPING = "MaximumRecordAgeInSeconds", "AWS::Lambda::EventSourceMapping"
BOUNDS = ("MaximumRetryAttempts", STREAM)

MUTATIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "CFN010": ("orders", lambda text: without_resource(text, "FulfilmentQueuePolicy")),
    "SAG009": ("travel-booking", lambda text: text.replace("HeartbeatSeconds", "X").replace("TimeoutSeconds", "Y")),
    "DLQ001": (
        "orders",
        lambda text: without_property(text, first(text, "AWS::SQS::Queue", "Redrive"), "RedrivePolicy"),
    ),
    "DLQ002": ("orders", lambda text: text.replace("RetentionPeriod: 1209600", "RetentionPeriod: 345600")),
    "DLQ007": (
        "orders",
        lambda text: without_property(text, first(text, "AWS::SNS::Subscription", "Red"), "RedrivePolicy"),
    ),
    "LAM001": (
        "orders",
        lambda text: without_property(text, "FulfilFunctionFromFulfilmentQueueMapping", "FunctionResponseTypes"),
    ),
    "RTY003": ("clickstream", lambda text: without_property(text, first(text, MAPPING, STREAM), *BOUNDS)),
    "RTY004": ("clickstream", lambda text: without_property(text, first(text, MAPPING, STREAM), STREAM)),
    "RTY005": ("clickstream", lambda text: without_property(text, first(text, MAPPING, STREAM), "DestinationConfig")),
    "SCD001": (
        "returns",
        lambda text: without_property(text, first(text, "AWS::Scheduler::Schedule"), "DeadLetterConfig"),
    ),
    "VIS001": ("orders", lambda text: re.sub(r"VisibilityTimeout: \d+", "VisibilityTimeout: 1", text)),
}


@pytest.mark.parametrize("code", MUTATIONS)
def test_the_rule_of_a_safeguard_speaks_where_that_is_taken_out(code: str) -> None:
    name, mutate = MUTATIONS[code]
    text = output(name)
    changed = mutate(text)
    assert changed != text
    assert code in codes(changed)


def test_a_dead_letter_queue_without_its_policy_is_found() -> None:
    text = output("orders")
    letters = re.findall(r"DeadLetterConfig:\n\s+Arn: !GetAtt (\w+)\.Arn", text)
    rules = re.findall(r"^  (\w+Policy):\n    Type: AWS::SQS::QueuePolicy", text, flags=re.MULTILINE)
    policies = [f"{queue}Policy" for queue in letters if f"{queue}Policy" in rules]
    assert policies
    assert "CFN011" in codes(without_resource(text, policies[0]))


WAIVED = """
penstock: 1
name: shop
messages: {Placed: {schema: {type: object, properties: {id: {type: string, maxLength: 9}}, required: [id]}}}
producers:
  shop: {type: external, principal: "111122223333", publishes: [{message: Placed, to: orders}, {message: Placed, to: clicks}]}
  nightly: {type: schedule, every: rate(1 day), dlq: {none: the next one comes}, publishes: {message: Placed, to: tick}}
topics: {orders: {}}
streams: {clicks: {}}
keys: {own: {}}
buses: {hub: {dlq: {none: it may be lost}, encryption: {key: own}}}
queues:
  parts: {dlq: {none: gone}, from: {source: clicks, via: pipe, BOUNDS, on_failure: {none: they are clicks}}}
consumers:
  mail: {type: email, address: a@example.com, from: {source: orders, dlq: {none: nobody reads it}}}
  once: {type: function, from: {source: orders, dlq: {retention: 14d}}, async: {on_failure: {none: it counts}}}
  twice: {type: function, from: {source: orders, dlq: {none: it counts}}, async: {on_failure: {none: it counts}}}
  tick: {type: function, async: {on_failure: {none: it counts}}}
  read: {type: function, from: {source: clicks, batch: {size: 1}, BOUNDS, on_failure: {none: they are clicks}}}
""".replace("BOUNDS", "start: oldest, retries: {max_retries: 3, max_age: 1h}")


def test_what_a_topology_leaves_out_on_purpose_is_no_finding_in_its_template() -> None:
    text = template(lower(topology_of(WAIVED)))
    assert [(one.code, one.message) for one in findings(text)] == []
    without = re.sub(r"^    Metadata:\n      penstock:\n(?:       .*\n)+", "", text, flags=re.MULTILINE)
    assert sorted(set(codes(without))) == ["DLQ007", "DLQ019", "RTY005", "RTY013", "RTY014", "SCD001"]


def test_a_function_accepts_what_is_said_of_its_invocations() -> None:
    text = """
    Resources:
      Orders: {Type: AWS::SNS::Topic}
      Count: {Type: AWS::Lambda::Function, Metadata: {penstock: {ignore: {RTY013: it only counts}}}}
      Again: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref Count, MaximumRetryAttempts: 1}}
      Call: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, TopicArn: !Ref Orders, Endpoint: !GetAtt Count.Arn}}
    """
    assert [codes(text), codes(text.replace("RTY013", "DLQ001"))] == [["DLQ007"], ["RTY013", "DLQ007"]]


def test_metadata_accepts_what_the_topology_accepts() -> None:
    text = """
    Resources:
      Orders: {Type: AWS::SNS::Topic}
      Mail:
        Type: AWS::SNS::Subscription
        Metadata: {penstock: {ignore: IGNORED}}
        Properties: {Protocol: email, TopicArn: !Ref Orders, Endpoint: me@example.org}
    """
    accepted: dict[str, Any] = {"{DLQ007: read by nobody}": [], "[DLQ007]": [], "DLQ007": [], "[DLQ001]": ["DLQ007"]}
    assert {said: codes(text.replace("IGNORED", said)) for said in accepted} == accepted


def test_a_comment_accepts_a_finding(tmp_path: Path) -> None:
    text = (
        "Resources:\n  Orders: {Type: AWS::SNS::Topic}\n  # penstock: ignore[DLQ007] because nobody reads it\n  Mail:\n"
    )
    text += "    Type: AWS::SNS::Subscription\n    Properties: {Protocol: email, TopicArn: !Ref Orders, Endpoint: me@example.org}\n"
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    assert check(path).diagnostics == []
    path.write_text(text.replace("DLQ007", "DLQ001"), encoding="utf-8")
    assert [one.code for one in check(path).diagnostics] == ["SUP001", "DLQ007"]
    assert len(findings(text)) == 1
