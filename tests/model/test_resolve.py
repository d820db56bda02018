"""Names: each becomes the thing it names, or a fault at the place where it stands."""

from pathlib import Path

import pytest

from penstock.diagnostics import Diagnostic, Severity
from penstock.kinds import Queue
from penstock.kinds.build import build
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of, topology_of

SENDER = """
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
"""


def faults(fragment: str) -> list[Diagnostic]:
    built = build(document_of(complete(fragment)), lambda name: read_schema_file(Path(name), name))
    assert (built.topology is None) == bool(built.faults)
    assert {fault.severity for fault in built.faults} <= {Severity.ERROR}
    return built.faults


def one(fragment: str) -> tuple[str, str, str, str | None]:
    """The code, the marked text, the message and the help of the only fault."""
    (fault,) = faults(fragment)
    return fault.code, fault.span.text, fault.message, fault.help


@pytest.mark.parametrize(
    ("fragment", "marked", "message", "help_"),
    [
        (
            "topics:\n  orders: {}\nqueues:\n  q: {from: ordrs}",
            "from: ordrs",
            "nothing is named 'ordrs': queue 'q' cannot read it",
            "did you mean 'orders'?",
        ),
        (
            "topics:\n  orders: {}\nqueues:\n  q: {from: [{source: ordrs}]}",
            "source: ordrs",
            "nothing is named 'ordrs': queue 'q' cannot read it",
            "did you mean 'orders'?",
        ),
        (
            "queues:\n  q: {dlq: {queue: lost}}",
            "queue: lost",
            "nothing is named 'lost': a queue is needed here",
            None,
        ),
        (
            "queues:\n  lasts: {}\n  q: {from: {source: t, dlq: {queue: last}}}\ntopics: {t: {}}",
            "queue: last",
            "nothing is named 'last': a queue is needed here",
            "did you mean 'lasts'?",
        ),
        (
            "topics:\n  t: {encryption: {key: man}}\nkeys:\n  main: {}",
            "key: man",
            "nothing is named 'man': a key is needed here",
            "did you mean 'main'?",
        ),
        (
            "stores:\n  seen: {type: dynamodb, key: id}\nconsumers:\n  f: {idempotency: {strategy: table, store: sen}}",
            "store: sen",
            "nothing is named 'sen': function 'f' cannot use it",
            "did you mean 'seen'?",
        ),
        (
            "stores:\n  orders-db: {type: dynamodb, key: id}\nconsumers:\n  f: {uses: {order-db: read}}",
            "order-db: read",
            "nothing is named 'order-db': function 'f' cannot use it",
            "did you mean 'orders-db'?",
        ),
        (
            "stores:\n  orders-db: {type: dynamodb, key: id}\nconsumers:\n  f: {effects: [orders-dv]}",
            "orders-dv",
            "nothing is named 'orders-dv': function 'f' cannot have an effect on it",
            "did you mean 'orders-db'?",
        ),
        (
            "alarms: {notify: ops}\ntopics:\n  opps: {}",
            "notify: ops",
            "nothing is named 'ops': alarms cannot be sent to it",
            "did you mean 'opps'?",
        ),
    ],
)
def test_a_name_that_nothing_has(fragment: str, marked: str, message: str, help_: str | None) -> None:
    assert one(fragment) == ("REF001", marked, message, help_)


def test_an_effect_in_words_is_no_name() -> None:
    assert (
        faults(
            "consumers:\n  f: {effects: [the carrier's API, ordering]}\nstores:\n  orders: {type: dynamodb, key: id}"
        )
        == []
    )


def test_a_default_is_faulty_where_it_stands() -> None:
    fragment = "defaults:\n  topics: {encryption: {key: man}}\ntopics:\n  t: {}\nkeys: {main: {}}"
    assert one(fragment)[:2] == ("REF001", "key: man")


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        (
            "queues:\n  a: {}\n  b: {from: f}\nconsumers:\n  f: {}",
            "'f' is a function, but a topic or a bus or a queue or a stream or a store is needed here",
        ),
        ("queues:\n  q: {encryption: {key: t}}\ntopics:\n  t: {}", "'t' is a topic, but a key is needed here"),
        ("queues:\n  q: {dlq: {queue: t}}\ntopics:\n  t: {}", "'t' is a topic, but a queue is needed here"),
        ("queues:\n  q: {}\nconsumers:\n  f: {uses: {q: read}}", "'q' is a queue, but a store is needed here"),
        ("alarms: {notify: q}\nqueues:\n  q: {}", "'q' is a queue, but a topic is needed here"),
    ],
)
def test_a_name_of_the_wrong_kind(fragment: str, message: str) -> None:
    code, _, text, _ = one(fragment)
    assert (code, text) == ("REF003", message)


def test_an_edge_that_was_turned_round() -> None:
    assert (
        one("queues:\n  b: {from: f}\nconsumers:\n  f: {}")[3]
        == "what is sent is written by the sender: use its `publishes:`"
    )


def test_an_edge_that_is_stated_at_both_ends() -> None:
    found = faults("queues:\n  q: {from: f}\nconsumers:\n  f: {publishes: {message: OrderPlaced, to: q}}")
    assert "REF004" in [fault.code for fault in found]
    stated = next(fault for fault in found if fault.code == "REF004")
    assert stated.message == "the edge from function 'f' to queue 'q' is stated at both ends"


@pytest.mark.parametrize(
    ("fragment", "marked", "help_"),
    [
        (
            SENDER.replace("OrderPlaced", "OrderPlacd") + "topics: {orders: {}}",
            "message: OrderPlacd",
            "did you mean 'OrderPlaced'?",
        ),
        (
            "queues:\n  q: {from: {source: t, messages: [Other]}}\ntopics: {t: {}}",
            "Other",
            "declare it under `messages:`",
        ),
    ],
)
def test_a_message_that_is_not_declared(fragment: str, marked: str, help_: str) -> None:
    code, text, _, hint = one(fragment)
    assert code == "REF005"
    assert marked in text
    assert hint == help_


def test_a_source_that_is_read_twice() -> None:
    assert one("queues:\n  q: {from: [b, b]}\nbuses: {b: {}}") == (
        "REF006",
        "b",
        "queue 'q' reads 'b' twice",
        "merge the two entries, or give each an `id`",
    )
    assert one("queues:\n  q: {from: [t, t]}\ntopics: {t: {}}")[3] == "merge the two entries"
    assert faults("queues:\n  q: {from: [b, {source: b, id: again}]}\nbuses: {b: {}}") == []


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("topics:\n  same: {}\nqueues:\n  same: {}", "'same' names two things, topic and queue"),
        ("queues:\n  q: {dlq: {}}\n  q-dlq: {}", "'q-dlq' names two things"),
    ],
)
def test_one_name_for_two_things(fragment: str, message: str) -> None:
    (fault,) = faults(fragment)
    assert (fault.code, fault.message) == ("REF002", message)
    assert fault.related


def test_a_route_belongs_to_one_producer_and_has_one_target() -> None:
    api = '{{type: api, route: "POST /orders", auth: iam, publishes: {}}}'
    to_q = "{message: OrderPlaced, to: q}"
    twice = f"queues: {{q: {{}}}}\nproducers:\n  a: {api.format(to_q)}\n  b: {api.format(to_q)}"
    assert one(twice)[0::2] == ("REF007", "two producers have the route POST /orders")
    several = (
        f"queues: {{q: {{}}, r: {{}}}}\nproducers:\n  a: {api.format('[' + to_q + ', {message: OrderPlaced, to: r}]')}"
    )
    assert one(several)[0] == "REF009"


def test_a_schema_file_that_is_not_there() -> None:
    code, marked, message, _ = one("messages:\n  Lost: {schema: lost.json}")
    assert (code, marked) == ("REF008", "schema: lost.json")
    assert message.startswith("the schema of message 'Lost' cannot be used: ")


def test_several_faults_are_found_at_once() -> None:
    found = faults("queues:\n  q: {from: [x, y], dlq: {queue: z}}")
    assert [fault.code for fault in found] == ["REF001"] * 3


def test_a_dead_letter_queue_of_all_queues_is_not_its_own() -> None:
    topology = topology_of(complete("defaults: {queues: {dlq: {queue: failed}}}\nqueues:\n  failed: {}\n  q: {}"))
    queues = {queue.name: topology.dead_letter_queue(queue.redrive) for queue in topology.of(Queue)}
    assert queues == {"failed": None, "q": topology.components["failed"]}


def test_long_names_get_short_dead_letter_queues() -> None:
    name = "q" * 64
    topology = topology_of(
        complete(f"queues:\n  {name}: {{dlq: {{}}, from: {{source: t, dlq: {{}}}}}}\ntopics: {{t: {{}}}}")
    )
    assert all(len(component) <= 64 for component in topology.components)
    assert len(topology.components) == 4


def test_a_message_that_is_published_twice() -> None:
    sends = "{message: OrderPlaced, to: t}"
    code, _, message, _ = one(f"topics: {{t: {{}}}}\nconsumers:\n  f: {{publishes: [{sends}, {sends}]}}")
    assert (code, message) == ("REF006", "function 'f' publishes OrderPlaced to 't' twice")
