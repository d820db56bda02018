"""Records of a function's successes: who gets them, by what right, and who knows that they come."""

from typing import Any

import pytest

from penstock.graph.cycles import endless, recurring
from penstock.graph.flow import flow
from penstock.hops.lowering import lower
from penstock.hops.wrapping import Envelope, envelopes
from penstock.plan.values import GetAtt, Ref, Value
from tests.topologies import complete, topology_of

OTHERS = """
topics: {t: {}, told: {}}
buses: {b: {}}
queues: {q: {}}
consumers:
  next: {}
  warm: {concurrency: {provisioned: 1}}
"""


def resources(to: str) -> dict[str, Any]:
    text = complete(f"{OTHERS}  f: {{from: t, async: {{on_success: {to}}}}}\n")
    found: dict[str, Any] = lower(topology_of(text)).template()["Resources"]
    return found


@pytest.mark.parametrize(
    ("to", "action", "arn"),
    [
        ("q", "sqs:SendMessage", GetAtt("QQueue", "Arn")),
        ("told", "sns:Publish", Ref("ToldTopic")),
        ("b", "events:PutEvents", GetAtt("BBus", "Arn")),
        ("next", "lambda:InvokeFunction", GetAtt("NextFunction", "Arn")),
        ("warm", "lambda:InvokeFunction", Ref("WarmFunctionLive")),
    ],
)
def test_lambda_is_told_where_and_the_role_may_send_there(to: str, action: str, arn: Value) -> None:
    made = resources(to)
    destinations = made["FFunctionInvocations"]["Properties"]["DestinationConfig"]
    assert destinations == {"OnSuccess": {"Destination": arn}}
    (policy,) = made["FFunctionRole"]["Properties"]["Policies"]
    sends = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}[f"SendTo{to.capitalize()}"]
    assert (sends["Action"], sends["Resource"]) == (action, arn)


def test_failures_and_successes_go_their_own_ways() -> None:
    text = "queues: {q: {}, bad: {}}\ntopics: {t: {}}\n"
    text += "consumers: {f: {from: t, async: {on_success: q, on_failure: {queue: bad}}}}"
    made = lower(topology_of(complete(text))).template()["Resources"]
    assert made["FFunctionInvocations"]["Properties"]["DestinationConfig"] == {
        "OnFailure": {"Destination": GetAtt("BadQueue", "Arn")},
        "OnSuccess": {"Destination": GetAtt("QQueue", "Arn")},
    }


SENT = "producers: {shop: {type: external, principal: '111122223333', publishes: {message: OrderPlaced, to: t}}}\ntopics: {t: {}}"


def test_a_reader_of_the_queue_gets_the_messages_in_records() -> None:
    topology = topology_of(
        complete(
            f"{SENT}\nqueues: {{q: {{}}}}\nconsumers: {{f: {{from: t, async: {{on_success: q}}}}, g: {{from: q}}}}"
        )
    )
    queue = topology.components["q"]
    assert envelopes(queue, topology) == {Envelope.INVOCATION}
    assert [message.name for message in flow(topology).at[queue]] == ["OrderPlaced"]


def test_what_others_get_is_no_message() -> None:
    topology = topology_of(
        complete(
            f"{SENT}\nbuses: {{b: {{}}}}\nqueues: {{q: {{from: b}}}}\nconsumers: {{f: {{from: t, async: {{on_success: b}}}}}}"
        )
    )
    known = flow(topology)
    assert known.at[topology.components["b"]] == ()
    assert {way.source.name for way in known.open} == {"b"}


@pytest.mark.parametrize(
    "consumers",
    [
        "f: {from: t, async: {on_success: f}}",
        "f: {from: t, async: {on_success: t}}",
        "f: {from: t, async: {on_success: g}}, g: {async: {on_success: f}}",
    ],
)
def test_records_that_go_round_are_a_cycle(consumers: str) -> None:
    topology = topology_of(complete(f"{SENT}\nconsumers: {{{consumers}}}"))
    loops = [*endless(topology), *(loop for loop, _ in recurring(topology))]
    (loop,) = loops
    assert loop.route[0] == loop.route[-1]
    assert "on_success" in loop.place.span().text


def test_records_that_a_filter_keeps_back_do_not_go_round() -> None:
    text = f"{SENT}\nconsumers: {{f: {{from: {{source: t, messages: [OrderPlaced]}}, async: {{on_success: t}}}}}}"
    topology = topology_of(complete(text))
    assert list(endless(topology)) == []
    assert list(recurring(topology)) == []
