"""What each hop promises, against AWS's documented behaviour and defaults."""

import pytest

from penstock import resources
from penstock.hops import HOPS, Ending, Guarantee, Ordering, Semantics, semantics
from penstock.model.component import Delivery
from penstock.model.topology import Topology
from tests.hops.pairs import PAIRS
from tests.topologies import complete, topology_of

DAY = 86_400


def only(topology: Topology, source: str, target: str) -> Semantics:
    """The promise of the connection between two names."""
    (found,) = (c for c in topology.connections if (c.source.name, c.target.name) == (source, target))
    promise = semantics(found, topology)
    assert promise is not None
    return promise


def of(fragment: str, source: str, target: str) -> Semantics:
    return only(topology_of(complete(fragment)), source, target)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_every_hop_names_its_source_and_who_retries(pair: tuple[str, str]) -> None:
    topology = topology_of(PAIRS[pair])
    for connection in topology.connections:
        promise = semantics(connection, topology)
        assert promise is not None
        assert promise.source.startswith("https://docs.aws.amazon.com/")
        assert promise.retried_by
        given_up = isinstance(connection.settings, Delivery) and connection.delivery.dlq is not None
        told = promise.ending is Ending.DEAD_LETTERS or (promise.ending is Ending.SWEPT and given_up)
        assert (promise.dead_letters is not None) == told
        endless = promise.ending is Ending.SWEPT  # a relay tries a row of a database until it is sent
        assert promise.attempts is not None or promise.window is not None or endless
    assert all(hop.mechanism for hop in HOPS.values())


@pytest.mark.parametrize(
    ("pair", "source", "target", "retried_by", "attempts"),
    [
        (("Api", "Bus"), "checkout", "commerce", "the API's client", 1),
        (("Api", "Function"), "checkout", "work", "the API's client", 1),
        (("Api", "Queue"), "checkout", "intake", "the API's client", 1),
        (("Api", "Topic"), "checkout", "orders", "the API's client", 1),
        (("External", "Bus"), "shop", "commerce", "external producer 'shop'", 3),
        (("External", "Queue"), "shop", "work", "external producer 'shop'", 3),
        (("External", "Topic"), "shop", "orders", "external producer 'shop'", 3),
        (("Function", "Bus"), "shop", "commerce", "the AWS SDK in function 'shop'", 3),
        (("Function", "Queue"), "shop", "work", "the AWS SDK in function 'shop'", 3),
        (("Function", "Table"), "work", "ledger", "the AWS SDK in function 'work'", 3),
        (("Function", "Topic"), "shop", "orders", "the AWS SDK in function 'shop'", 3),
    ],
)
def test_a_call_ends_with_an_error_to_its_caller(
    pair: tuple[str, str], source: str, target: str, retried_by: str, attempts: int
) -> None:
    promise = only(topology_of(PAIRS[pair]), source, target)
    assert promise._replace(source="") == Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by=retried_by,
        attempts=attempts,
        window=None,
        ending=Ending.CALLER,
        source="",
    )


def test_a_topic_retries_for_23_days_then_drops() -> None:
    promise = only(topology_of(PAIRS["Topic", "Queue"]), "orders", "work")
    assert promise._replace(source="") == Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="SNS",
        attempts=100_015,
        window=23 * DAY,
        ending=Ending.DROPPED,
        source="",
    )


def test_a_bus_retries_185_times_within_a_day_then_drops() -> None:
    promise = only(topology_of(PAIRS["Bus", "Queue"]), "commerce", "work")
    assert promise._replace(source="") == Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="EventBridge",
        attempts=186,
        window=DAY,
        ending=Ending.DROPPED,
        source="",
    )


LAMBDA = Semantics(
    guarantee=Guarantee.AT_LEAST_ONCE,
    ordering=Ordering.NONE,
    retried_by="Lambda",
    attempts=3,
    window=6 * 3_600,
    ending=Ending.DROPPED,
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
)


@pytest.mark.parametrize(("source", "name"), [("Topic", "orders"), ("Bus", "commerce")])
def test_lambda_takes_over_where_the_delivery_has_succeeded(source: str, name: str) -> None:
    to_function = only(topology_of(PAIRS[source, "Function"]), name, "work")
    assert to_function.then == LAMBDA
    assert to_function._replace(then=None) == only(topology_of(PAIRS[source, "Queue"]), name, "work")


@pytest.mark.parametrize("source", ["topics", "buses"])
def test_each_of_the_two_layers_has_its_own_end(source: str) -> None:
    own = "async: {max_retries: 0, max_age: 1h, on_failure: FAILED}"
    text = f"{source}: {{s: {{}}}}\nconsumers:\n  f: {{from: {{source: s, dlq: DLQ}}, {own}}}"
    both = of(text.replace("DLQ", "{}").replace("FAILED", "{}"), "s", "f")
    assert (both.ending, str(both.dead_letters)) == (Ending.DEAD_LETTERS, "queue 'f-from-s-dlq'")
    assert both.then
    assert (both.then.attempts, both.then.window, both.then.ending) == (1, 3_600, Ending.DEAD_LETTERS)
    assert str(both.then.dead_letters) == "queue 'f-failed'"
    none = of(text.replace("DLQ", "{none: why}").replace("FAILED", "{none: why}"), "s", "f")
    assert none.then
    assert (none.ending, none.then.ending, none.then.dead_letters) == (Ending.DROPPED, Ending.DROPPED, None)


def test_a_rule_retries_as_it_is_told() -> None:
    text = "buses: {b: {}}\nqueues:\n  q: {from: {source: b, retries: {max_retries: 3, max_age: 1h}}}"
    promise = of(text, "b", "q")
    assert (promise.attempts, promise.window) == (4, 3_600)
    assert of(text.replace("max_retries: 3, ", ""), "b", "q").attempts == 186
    assert of(text.replace("max_retries: 3", "max_retries: 0"), "b", "q").attempts == 1


@pytest.mark.parametrize("source", ["topics", "buses"])
def test_what_cannot_be_delivered_ends_in_the_deliverys_own_dead_letter_queue(source: str) -> None:
    text = f"{source}: {{s: {{}}}}\nqueues:\n  failed: {{}}\n  q: {{dlq: {{}}, from: {{source: s, dlq: DLQ}}}}"
    inline = of(text.replace("DLQ", "{}"), "s", "q")
    assert (inline.ending, str(inline.dead_letters)) == (Ending.DEAD_LETTERS, "queue 'q-from-s-dlq'")
    shared = of(text.replace("DLQ", "{queue: failed}"), "s", "q")
    assert str(shared.dead_letters) == "queue 'failed'"
    absent = of(text.replace("DLQ", "{none: why}"), "s", "q")
    assert (absent.ending, absent.dead_letters) == (Ending.DROPPED, None)


@pytest.mark.parametrize(
    ("topic", "queue", "ordering"),
    [
        ("{}", "{}", Ordering.NONE),
        ("{fifo: {}}", "{}", Ordering.NONE),
        ("{fifo: {}}", "{fifo: {}}", Ordering.PER_GROUP),
    ],
)
def test_order_is_kept_from_fifo_to_fifo_alone(topic: str, queue: str, ordering: Ordering) -> None:
    text = f"topics: {{t: {topic}}}\nqueues:\n  q: {queue.replace('{', '{from: t, ', 1).replace(', }', '}')}"
    assert of(text, "t", "q").ordering is ordering


@pytest.mark.parametrize(
    ("fifo", "narrowed", "guarantee"),
    [
        ("fifo: {}", "filter: {region: [eu]}", Guarantee.AT_MOST_ONCE),
        ("fifo: {}", "messages: [OrderPlaced]", Guarantee.AT_MOST_ONCE),
        ("fifo: {}", "raw: true", Guarantee.AT_LEAST_ONCE),
        ("", "filter: {region: [eu]}", Guarantee.AT_LEAST_ONCE),
    ],
)
def test_a_filter_on_a_fifo_topic_makes_delivery_at_most_once(fifo: str, narrowed: str, guarantee: Guarantee) -> None:
    between = f"{fifo}, " if fifo else ""
    text = f"topics: {{t: {{{fifo}}}}}\nqueues:\n  q: {{{between}from: {{source: t, {narrowed}}}}}"
    assert of(text, "t", "q").guarantee is guarantee


@pytest.mark.parametrize("producer", ["function", "external", "api"])
def test_senders_keep_the_order_of_a_group_into_a_fifo_channel(producer: str) -> None:
    more = {"function": "", "external": 'principal: "111122223333", ', "api": 'route: "POST /", auth: iam, '}[producer]
    for channel in ("queues", "topics"):
        text = f"producers:\n  p: {{type: {producer}, {more}publishes: {{message: OrderPlaced, to: c}}}}\n{channel}: {{c: {{fifo: {{}}}}}}"
        assert of(text, "p", "c").ordering is Ordering.PER_GROUP


@pytest.mark.parametrize(
    ("dlq", "attempts", "ending", "last"),
    [
        ("", None, Ending.EXPIRED, None),
        ("dlq: {none: why}", None, Ending.EXPIRED, None),
        ("dlq: {}", 10, Ending.DEAD_LETTERS, "queue 'q-dlq'"),
        ("dlq: {max_receives: 3}", 3, Ending.DEAD_LETTERS, "queue 'q-dlq'"),
        ("dlq: {queue: failed}", 10, Ending.DEAD_LETTERS, "queue 'failed'"),
    ],
)
def test_a_queue_hands_out_until_its_redrive_or_retention(
    dlq: str, attempts: int | None, ending: Ending, last: str | None
) -> None:
    promise = of(f"queues:\n  failed: {{}}\n  q: {{{dlq}}}\nconsumers: {{f: {{from: q}}}}", "q", "f")
    assert (promise.attempts, promise.ending, promise.window, promise.retried_by) == (attempts, ending, 4 * DAY, "SQS")
    assert (promise.dead_letters and str(promise.dead_letters)) == last


def test_a_queue_gives_up_when_its_own_retention_ends() -> None:
    assert of("queues: {q: {retention: 2d, fifo: {}}}\nconsumers: {f: {from: q}}", "q", "f").window == 2 * DAY


def test_the_values_are_awss_and_have_their_source() -> None:
    names = (
        "sdk.attempts",
        "sns.delivery_attempts",
        "sns.delivery_window",
        "eventbridge.default_retries",
        "eventbridge.default_age",
    )
    assert [resources.limit(name) for name in names] == [3, 100_015, 23 * DAY, 185, DAY]
    assert all(resources.limits()[name]["source"] for name in names)
