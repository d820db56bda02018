"""What of an event is handed on: all of it, the message alone, or a part."""

from typing import Any

import pytest

from penstock.emit.stubs import function_stubs
from penstock.hops.lowering import lower
from penstock.hops.mapping_filters import patterns
from penstock.hops.sizes import room
from penstock.hops.wrapping import Envelope, envelopes
from penstock.model.topology import Topology
from tests.topologies import complete, topology_of

SENDER = 'producers: {shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: b}}}\n'
HTTP = (
    "consumers: {h: {type: http, url: 'https://partner.example/hooks', auth: {type: api-key, secret: key}, from: FROM}}"
)


def of(fragment: str) -> Topology:
    return topology_of(complete(SENDER + fragment))


def rule(topology: Topology, name: str) -> dict[str, Any]:
    (target,) = lower(topology).template()["Resources"][name]["Properties"]["Targets"]
    found: dict[str, Any] = target
    return found


@pytest.mark.parametrize(
    ("said", "path"),
    [("", None), (", payload: detail", "$.detail"), (", payload: detail.order_id", "$.detail.order_id")],
)
def test_an_endpoint_gets_the_part_that_is_named(said: str, path: str | None) -> None:
    topology = of("buses: {b: {}}\n" + HTTP.replace("FROM", f"{{source: b{said}}}"))
    assert rule(topology, "HEndpointFromBBusRule").get("InputPath") == path


def test_a_queue_gets_the_message_alone() -> None:
    topology = of("buses: {b: {}}\nqueues: {q: {from: {source: b, payload: detail}}}\nconsumers: {f: {from: q}}")
    assert rule(topology, "QQueueFromBBusRule")["InputPath"] == "$.detail"
    queue = topology.components["q"]
    assert envelopes(queue, topology) == {Envelope.BARE}
    ((stub, *_), *_) = (each.sources for each in function_stubs(topology) if each.sources)
    assert stub.envelopes == (Envelope.DIRECT,)
    (connection,) = topology.incoming(queue)
    found = room(connection, topology.messages["OrderPlaced"], topology)
    assert found is not None
    assert found.envelope == 0


def test_the_message_is_taken_out_of_what_another_rule_wrapped() -> None:
    fragment = "topics: {t: {}}\nbuses: {a: {}, b: {}, c: {}}\nstreams: {s: {from: b}}\nqueues: {q: {from: {source: c, payload: detail}}}\n"
    pipe = fragment.replace("c: {}", "c: {from: {source: s, start: oldest}}")
    topology = of(pipe)
    assert rule(topology, "QQueueFromCBusRule")["InputPath"] == "$.detail.data"
    assert envelopes(topology.components["q"], topology) == {Envelope.BARE}


def test_what_cannot_be_delivered_comes_as_an_event() -> None:
    topology = of(
        "buses: {b: {}}\nqueues: {d: {role: dead-letters}, q: {from: {source: b, payload: detail, dlq: {queue: d}}}}"
    )
    assert envelopes(topology.components["d"], topology) == {Envelope.BARE, Envelope.EVENT}


@pytest.mark.parametrize(("said", "found"), [("filter: {order_id: [a]}", 1), ("messages: [OrderPlaced]", 0)])
def test_a_filter_finds_the_fields_but_no_name(said: str, found: int) -> None:
    readers = (
        f"queues: {{q: {{from: {{source: b, payload: detail}}}}}}\nconsumers: {{f: {{from: {{source: q, {said}}}}}}}"
    )
    topology = of("buses: {b: {}}\n" + readers)
    (connection,) = topology.incoming(topology.components["f"])
    assert len(list(patterns(connection, topology))) == found
