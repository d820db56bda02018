"""What the code generators are told of each function."""

from dataclasses import replace

import pytest

from penstock.emit.python_types import (
    ApiStub,
    ChannelKind,
    Constant,
    DirectStub,
    FunctionStub,
    IdempotencyStub,
    InvocationStub,
    Path,
    PoisonStub,
    SourceStub,
    Strategy,
)
from penstock.emit.stubs import function_stubs
from penstock.hops.wrapping import Envelope
from tests.topologies import complete, example, topology_of


def stub_of(fragment: str, name: str = "f") -> FunctionStub:
    (found,) = (stub for stub in function_stubs(topology_of(complete(fragment))) if stub.name == name)
    return found


def test_the_ledger_of_the_example() -> None:
    (stub,) = (stub for stub in function_stubs(example("orders")) if stub.name == "bookkeeper")
    assert (stub.topology, stub.timeout_s, stub.handled) == ("orders", 10, ("OrderPlaced",))
    assert stub.sources == (
        SourceStub(
            queue="ledger-entries",
            messages=("OrderPlaced",),
            envelopes=(Envelope.NOTIFICATION,),
            fifo=True,
            partial_failures=True,
            batch_size=1,
            ordering="per message group",
            max_receives=5,
            dead_letters="ledger-entries-dlq",
            poison=PoisonStub(queue="ledger-entries-dlq", max_bytes=1_048_576),
        ),
    )
    assert stub.idempotency == IdempotencyStub(
        strategy=Strategy.TABLE, store="seen", expiry_attribute="expires_at", ttl_s=30 * 86_400
    )


@pytest.mark.parametrize(
    ("fragment", "envelopes"),
    [
        ("queues: {q: {}}", {Envelope.DIRECT}),
        ("topics: {t: {}}\nqueues: {q: {from: t}}", {Envelope.NOTIFICATION}),
        ("topics: {t: {}}\nqueues: {q: {from: {source: t, raw: true}}}", {Envelope.DIRECT}),
        ("buses: {b: {}}\nqueues: {q: {from: b}}", {Envelope.EVENT}),
        ("topics: {t: {}}\nbuses: {b: {}}\nqueues: {q: {from: [b, t]}}", {Envelope.EVENT, Envelope.NOTIFICATION}),
        ("topics: {t: {}}\nqueues: {r: {from: t, dlq: {queue: q}}, q: {}}", {Envelope.NOTIFICATION}),
        ("buses: {b: {}}\nqueues: {r: {from: {source: b, dlq: {queue: q}}}, q: {}}", {Envelope.EVENT}),
        (
            "topics: {t: {}}\nqueues: {a: {from: t, dlq: {queue: r}}, r: {dlq: {queue: q}}, q: {}}",
            {Envelope.NOTIFICATION},
        ),
        ("queues: {q: {dlq: {queue: r}}, r: {dlq: {queue: q}}}", {Envelope.DIRECT}),
    ],
)
def test_envelopes_are_those_of_all_ways_into_a_queue(fragment: str, envelopes: set[Envelope]) -> None:
    (source,) = stub_of(fragment + "\nconsumers: {f: {from: q}}").sources
    assert set(source.envelopes) == envelopes


@pytest.mark.parametrize(
    ("given", "envelopes"),
    [
        ("from: {source: t, dlq: {queue: q}}", {Envelope.NOTIFICATION}),
        ("from: {source: b, dlq: {queue: q}}", {Envelope.EVENT}),
        ("from: [t, work], async: {on_failure: {queue: q}}", {Envelope.INVOCATION}),
        (
            "from: {source: t, dlq: {queue: q}}, async: {on_failure: {queue: q}}",
            {Envelope.NOTIFICATION, Envelope.INVOCATION},
        ),
        ("from: [{source: t, dlq: {queue: q}}, {source: b, dlq: {}}, work]", {Envelope.NOTIFICATION}),
    ],
)
def test_what_functions_give_up_comes_in_envelopes_of_its_own(given: str, envelopes: set[Envelope]) -> None:
    channels = "topics: {t: {}}\nbuses: {b: {}}\nqueues: {q: {}, work: {}}"
    (source,) = stub_of(f"{channels}\nconsumers: {{g: {{{given}}}, f: {{from: q}}}}").sources
    assert set(source.envelopes) == envelopes


def test_what_invokes_a_function_directly() -> None:
    fragment = (
        "messages: {A: {schema: {type: object}}, B: {schema: {type: object}, detail_type: thing b}}\n"
        'producers: {p: {type: external, principal: "111122223333", publishes: [{message: A, to: t}, {message: B, to: b}]}}\n'
        "topics: {t: {}}\nbuses: {b: {}}\nconsumers:\n  f:\n"
        "    from: [{source: t, dlq: {}}, {source: b, retries: {max_retries: 3, max_age: 1h}}]\n"
        "    async: {max_retries: 1, max_age: 2h, on_failure: {}}"
    )
    stub = stub_of(fragment)
    topic = DirectStub(
        kind="topic",
        name="t",
        messages=("A",),
        service="SNS",
        guarantee="at least once",
        delivery_attempts=100_015,
        delivery_window_s=23 * 86_400,
        undelivered="f-from-t-dlq",
        attempts=2,
        window_s=7_200,
        failed="f-failed",
        poison=PoisonStub(queue="f-failed", max_bytes=1_048_576),
    )
    assert stub.handled == ("A", "B")
    assert stub.directs == (
        topic,
        replace(
            topic,
            kind="bus",
            name="b",
            messages=("B",),
            service="EventBridge",
            detail_types={"thing b": "B"},
            delivery_attempts=4,
            delivery_window_s=3_600,
            undelivered=None,
        ),
    )


def test_only_messages_that_can_arrive_are_handled() -> None:
    fragment = (
        "messages:\n  A: {schema: {type: object}}\n  B: {schema: {type: object}, detail_type: thing b}\n"
        'producers:\n  p: {type: external, principal: "111122223333", publishes: [{message: A, to: b}, {message: B, to: b}]}\n'
        "buses: {b: {}}\nqueues: {q: {from: {source: b, messages: [B]}}, r: {from: b}}\nconsumers: {f: {from: q}, g: {from: r}}"
    )
    stub = stub_of(fragment)
    assert stub.handled == ("B",)
    assert stub.sources[0].detail_types == {"thing b": "B"}
    assert stub_of(fragment, "g").handled == ("A", "B")


@pytest.mark.parametrize(
    ("channel", "group", "deduplication"),
    [
        ("{}", None, None),
        ("{fifo: {deduplication: content}}", Path("order_id"), None),
        ("{fifo: {}}", Path("order_id"), Path("order_id")),
    ],
)
def test_what_a_fifo_channel_wants(channel: str, group: Path | None, deduplication: Path | None) -> None:
    for section, kind in (("topics", ChannelKind.TOPIC), ("queues", ChannelKind.QUEUE)):
        sends = "producers: {f: {type: function, publishes: {message: OrderPlaced, to: c}}}\n"
        (publish,) = stub_of(f"{sends}{section}: {{c: {channel}}}").publishes
        assert (publish.kind, publish.channel) == (kind, "c")
        assert (publish.group_by, publish.deduplicate_by) == (group, deduplication)


def test_a_message_without_a_key_goes_into_one_group() -> None:
    fragment = (
        "messages: {A: {schema: {type: object}}}\nqueues: {c: {fifo: {}}}\n"
        "producers: {f: {type: function, publishes: {message: A, to: c}}}"
    )
    assert stub_of(fragment).publishes[0].group_by == Constant("all")


def test_a_bus_wants_source_and_detail_type() -> None:
    fragment = "producers: {f: {type: function, publishes: {message: OrderPlaced, to: b}}}\nbuses: {b: {event_source: shop.orders}}"
    (publish,) = stub_of(fragment).publishes
    assert (publish.event_source, publish.detail_type) == ("shop.orders", "OrderPlaced")
    assert stub_of(fragment.replace("{event_source: shop.orders}", "{}")).publishes[0].event_source == "example"


def test_what_subscriptions_filter_on_becomes_attributes() -> None:
    fragment = (
        "producers: {f: {type: function, publishes: {message: OrderPlaced, to: t}}}\ntopics: {t: {}}\nqueues:\n"
        "  q: {from: {source: t, filter: [{region: [eu]}, {vip: [yes]}]}}\n"
        "  r: {from: {source: t, filter: {total: [1]}, filter_on: body}}"
    )
    assert stub_of(fragment).publishes[0].attributes == {"region": "region", "vip": "vip"}


def test_the_smallest_limit_on_the_way() -> None:
    fragment = (
        "messages: {A: {schema: {type: object}, max_size: 16KiB}, B: {schema: {type: object}}}\nqueues: {q: {max_size: 64KiB}}\n"
        "producers: {f: {type: function, publishes: [{message: A, to: q}, {message: B, to: q}]}}"
    )
    assert [publish.max_bytes for publish in stub_of(fragment).publishes] == [16 << 10, 64 << 10]


def test_routes_that_invoke_a_function() -> None:
    fragment = 'producers: {p: {type: api, route: "POST /x", auth: iam, publishes: {message: OrderPlaced, to: f}}}\nconsumers: {f: {}}'
    assert stub_of(fragment).apis == (ApiStub(producer="p", route="POST /x", message="OrderPlaced"),)


@pytest.mark.parametrize(
    ("said", "stub"),
    [
        ("", IdempotencyStub()),
        ("idempotency: {none: reads only}", IdempotencyStub(because="reads only")),
        (
            "idempotency: {strategy: client-key, key: a.b}",
            IdempotencyStub(strategy=Strategy.CLIENT_KEY, key="a.b", ttl_s=3_600),
        ),
        (
            "idempotency: {strategy: table, store: t, ttl: 1d}",
            IdempotencyStub(
                strategy=Strategy.TABLE,
                store="t",
                key_attribute="k",
                sort_key_attribute="s",
                expiry_attribute="x",
                ttl_s=86_400,
            ),
        ),
    ],
)
def test_idempotency(said: str, stub: IdempotencyStub) -> None:
    table = "stores: {t: {type: dynamodb, key: k, sort_key: s, ttl_attribute: x}}"
    assert stub_of(f"consumers: {{f: {{{said}}}}}\n{table}").idempotency == stub


def test_a_schedule_invokes_with_its_message() -> None:
    fragment = (
        "producers:\n  nightly: {type: schedule, every: rate(1 day), "
        "publishes: [{message: OrderPlaced, to: f}, {message: OrderPlaced, to: g}]}\n"
        "  g: {type: function, publishes: {message: OrderPlaced, to: q}}\n"
        "queues: {q: {}}\nconsumers: {f: {}}"
    )
    stub = stub_of(fragment)
    assert stub.invocations == (InvocationStub(sender="nightly", message="OrderPlaced"),)
    assert stub.handled == ("OrderPlaced",)
    assert stub_of(fragment, "g").invocations == ()
