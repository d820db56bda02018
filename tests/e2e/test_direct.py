"""Topics and buses that invoke functions: what is handled, what is tried again, and where each layer's failures end."""

import json
from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.dev.send import send
from penstock.dev.trace import ends, follow
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

SENT = {  # parcel: message and producer
    "t-good": ("ParcelSent", "to-topic"),
    "t-bad": ("ParcelSent", "to-topic"),
    "b-good": ("ParcelSent", "to-bus"),
    "b-bad": ("ParcelSent", "to-bus"),
    "lt-good": ("ParcelLost", "to-topic"),
    "lb-good": ("ParcelLost", "to-bus"),
    "lb-bad": ("ParcelLost", "to-bus"),
}


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Good and bad parcels sent to every function that is invoked directly; when it is handed out each has come to rest."""
    system = System.of(aws, compiled("direct", tmp_path_factory.mktemp("direct") / "out"), visibility=None)
    for parcel_id, (name, producer) in SENT.items():
        system.send(name, parcel(parcel_id), producer)
    until(lambda: written(system) == WRITTEN, "parcels are under way")
    until(lambda: system.lying().keys() == {"read-topic-failed"}, "failed invocations are under way")
    yield system
    assert aws.denials() == ()


def parcel(parcel_id: str) -> dict[str, str]:
    return {"parcel_id": parcel_id, "truck": "t", **({"trouble": "poison"} if parcel_id.endswith("bad") else {})}


def written(system: System) -> dict[str, list[str]]:
    return {reader: sorted(lines) for reader, lines in system.journal().items()}


WRITTEN = {
    "read-topic": ["done t-good", *["tried t-bad"] * 3],
    "read-bus": ["done b-good", *["tried b-bad"] * 2],
    "read-both": ["done lb-good", "done lt-good", "tried lb-bad"],
    "undertaker": ["buried b-bad", "buried lb-bad"],
}


@pytest.mark.parametrize(
    ("parcel_id", "reader", "name"),
    [
        ("t-good", "read-topic", "ParcelSent"),
        ("b-good", "read-bus", "ParcelSent"),
        ("lt-good", "read-both", "ParcelLost"),
        ("lb-good", "read-both", "ParcelLost"),
    ],
)
def test_what_a_topic_or_a_bus_brings_is_handled_once(system: System, parcel_id: str, reader: str, name: str) -> None:
    assert system.passed(parcel_id) == [f"api > {reader}: handled {name} 1"]


@pytest.mark.parametrize(
    ("parcel_id", "reader", "attempts"),
    [("t-bad", "read-topic", 3), ("b-bad", "read-bus", 2), ("lb-bad", "read-both", 1)],
)
def test_a_poison_message_is_tried_as_often_as_declared(
    system: System, parcel_id: str, reader: str, attempts: int
) -> None:
    records = [record for record in system.records() if record.key == parcel_id and record.function == reader]
    assert [(record.outcome, record.queue, record.receive_count) for record in records] == [
        ("failed", None, 1)
    ] * attempts
    assert {record.error for record in records} == {"ValueError: no parcel"}


def test_what_fails_always_ends_in_the_functions_own_queue(system: System) -> None:
    lying = system.lying()
    assert lying.keys() == {"read-topic-failed"}
    assert (parcel("t-bad"), 0) in lying["read-topic-failed"]


def test_a_function_reads_the_records_of_failed_invocations(system: System) -> None:
    assert system.passed("b-bad", "undertaker") == ["given-up > undertaker: handled ParcelSent 1"]
    assert system.passed("lb-bad", "undertaker") == ["given-up > undertaker: handled ParcelLost 1"]


def test_a_copy_has_its_effect_once(system: System) -> None:
    for copies in (1, 2):
        system.send("ParcelSent", parcel("twice"), "to-topic")
        until(lambda wanted=copies: len(system.passed("twice")) == wanted, "the copy is under way")  # type: ignore[misc]
    assert system.passed("twice") == [
        "api > read-topic: duplicate ParcelSent 1",
        "api > read-topic: handled ParcelSent 1",
    ]
    assert written(system)["read-topic"].count("done twice") == 1


def test_the_delivery_layer_is_set_up_as_declared(system: System) -> None:
    """A gap of the emulator: it never sends to the dead-letter queues of subscriptions and rules, so they are looked up."""
    topic = system.stack.physical("ParcelsTopic")
    subscriptions = system.aws.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    found = {
        one["Endpoint"]: system.aws.call("sns", "get_subscription_attributes", SubscriptionArn=one["SubscriptionArn"])
        for one in subscriptions
    }
    policies = {
        endpoint.split(":")[-1]: json.loads(one["Attributes"]["RedrivePolicy"]) for endpoint, one in found.items()
    }
    assert {endpoint: policy["deadLetterTargetArn"].split(":")[-1] for endpoint, policy in policies.items()} == {
        system.stack.physical("ReadTopicFunction"): system.queue("read-topic-from-parcels-dlq").split("/")[-1],
        system.stack.physical("ReadBothFunction"): system.queue("read-both-from-parcels-dlq").split("/")[-1],
    }
    bus = system.stack.physical("DepotBus")
    rules = system.aws.call("events", "list_rules", EventBusName=bus)["Rules"]
    targets = [
        target
        for rule in rules
        for target in system.aws.call("events", "list_targets_by_rule", Rule=rule["Name"], EventBusName=bus)["Targets"]
    ]
    assert {target["DeadLetterConfig"]["Arn"].split(":")[-1] for target in targets} == {
        system.queue(f"{reader}-from-depot-dlq").split("/")[-1] for reader in ("read-bus", "read-both")
    }


def test_the_run_shows_where_parcels_ended(system: System) -> None:
    sent = [
        send(system.aws, system.stack, system.message("ParcelSent", parcel(parcel_id), "to-topic"))
        for parcel_id in ("shown", "shown-bad")
    ]
    seen = follow(system.aws, system.stack, system.places, 30)
    assert [(end.way, end.attempts, end.place, end.error) for end in ends(system.places, sent, seen)] == [
        (("to-topic", "parcels", "read-topic"), 1, "handled by read-topic", ""),
        (
            ("to-topic", "parcels", "read-topic", "read-topic-failed"),
            3,
            "dead letters read-topic-failed",
            "ValueError: no parcel",
        ),
    ]
