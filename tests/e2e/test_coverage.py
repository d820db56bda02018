"""Every hop is followed by a message on the embedded AWS, or a gap of the emulator is named that keeps it from that."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

from penstock.hops import HOPS
from penstock.pipeline import load

HERE = Path(__file__).parent


class Seen(NamedTuple):
    """A test, and the topology in the folder of that name in which it follows a message over the hop."""

    topology: str
    test: str


NO_PIPES = "The emulator runs a pipe from a table to a topic or a state machine, none from a queue or a stream, and heeds no template."
NO_TASKS = "The emulator has no Docker, so the tasks of a service never start."
NO_SAGAS = (
    "The emulator tells a state machine another error than the function raised, and heeds no timeout, so what a saga undoes cannot be seen "
    "there: tests/asl runs the state machines by an interpreter of its own."
)
NO_DESTINATIONS = "The emulator's CloudFormation has no API destinations."
GAPS = {
    ("Api", "Stream"): "The emulator's REST APIs have no integration with Kinesis.",
    ("Bucket", "Endpoint"): NO_DESTINATIONS,
    ("Bucket", "Log"): "The emulator has no rules with a log group as target.",
    ("Bucket", "Stream"): "The emulator has no rules with a stream as target.",
    ("Bus", "Endpoint"): NO_DESTINATIONS,
    (
        "Bus",
        "ExternalConsumer",
    ): "The rule's role would need the consent of a bus in an account that the emulator does not run as a stack.",
    ("Bus", "Log"): "The emulator has no rules with a log group as target.",
    ("Bus", "Stream"): "The emulator has no rules with a stream as target.",
    (
        "Database",
        "Outbox",
    ): "The emulator has no database: test_orders.py and tests/emit_python/test_relay_of_a_database.py have a real PostgreSQL.",
    ("Function", "Saga"): NO_SAGAS,
    ("Function", "Database"): "The emulator has no database: the secret alone is read, in test_stores.py.",
    ("Queue", "Service"): NO_TASKS,
    (
        "Schedule",
        "Bus",
    ): "The emulator puts an event of its own source on the bus: test_a_gap_keeps_a_schedule_from_a_bus.",
    ("Schedule", "Stream"): "The emulator's schedules have no streams as targets.",
    ("Stream", "ExternalConsumer"): "The emulator's CloudFormation has no policies of streams, and it asks for none.",
    ("Topic", "Email"): "The emulator sends no mail.",
    **{("Queue", target): NO_PIPES for target in ("Bus", "Queue", "Stream", "Topic")},
    **{("Stream", target): NO_PIPES for target in ("Bus", "Queue", "Stream", "Topic")},
    **{("Table", target): NO_PIPES for target in ("Bus", "Queue", "Stream", "Topic")},
    **{(source, "Endpoint"): NO_DESTINATIONS for source in ("Queue", "Stream", "Table")},
    **{("Saga", target): NO_SAGAS for target in ("Bus", "Function", "Queue", "Saga", "Topic")},
    **{
        ("Service", target): NO_TASKS
        for target in ("Bucket", "Bus", "Database", "Queue", "Saga", "Stream", "Table", "Topic")
    },
}
SEEN = {
    ("Api", "Bus"): Seen("hops", "test_hops.py::test_api_to_bus"),
    ("Api", "Function"): Seen("hops", "test_hops.py::test_api_to_function_answers_and_sends_on"),
    ("Api", "Queue"): Seen("hops", "test_hops.py::test_api_to_queue_to_function_and_on_to_every_channel"),
    ("Api", "Topic"): Seen("hops", "test_hops.py::test_api_to_topic"),
    ("Bucket", "Function"): Seen(
        "stores", "test_stores.py::test_what_the_bucket_tells_comes_to_the_function_and_less_of_it_over_the_queue"
    ),
    ("Bucket", "Queue"): Seen(
        "stores", "test_stores.py::test_what_the_bucket_tells_comes_to_the_function_and_less_of_it_over_the_queue"
    ),
    ("Bucket", "Topic"): Seen(
        "stores", "test_stores.py::test_what_the_bucket_tells_comes_to_the_function_and_less_of_it_over_the_queue"
    ),
    ("Bus", "Bus"): Seen("relays", "test_relays.py::test_bus_to_bus_keeps_the_event_as_it_is"),
    ("Bus", "Function"): Seen("direct", "test_direct.py::test_what_a_topic_or_a_bus_brings_is_handled_once"),
    ("Bus", "Queue"): Seen("hops", "test_hops.py::test_bus_to_queue_as_it_travels"),
    ("Bus", "Topic"): Seen("relays", "test_relays.py::test_bus_to_topic_wraps_the_message_with_its_name"),
    ("External", "Bus"): Seen("hops", "test_hops.py::test_external_to_bus_to_queue_by_pattern"),
    ("External", "Queue"): Seen("hops", "test_hops.py::test_external_to_queue"),
    ("External", "Stream"): Seen("streams", "test_streams.py::test_every_record_passes_both_streams"),
    ("External", "Topic"): Seen("hops", "test_hops.py::test_external_to_topic"),
    ("Function", "Bucket"): Seen(
        "stores",
        "test_stores.py::test_the_function_finds_by_the_index_and_writes_into_the_bucket_with_what_the_secret_says",
    ),
    ("Function", "Bus"): Seen("hops", "test_hops.py::test_bus_to_queue_as_it_travels"),
    ("Function", "Queue"): Seen("hops", "test_hops.py::test_function_to_queue_and_table"),
    ("Function", "Stream"): Seen("streams", "test_streams.py::test_every_record_passes_both_streams"),
    ("Function", "Table"): Seen("hops", "test_hops.py::test_function_to_queue_and_table"),
    ("Function", "Topic"): Seen("hops", "test_hops.py::test_topic_to_queue_in_an_envelope_and_raw"),
    ("Outbox", "Bus"): Seen(
        "../../examples/inventory-outbox",
        "test_inventory.py::test_every_reservation_is_told_once_and_in_the_order_of_its_article",
    ),
    ("Outbox", "Queue"): Seen("outboxes", "test_outboxes.py::test_a_row_gets_to_a_queue_and_to_a_stream"),
    ("Outbox", "Stream"): Seen("outboxes", "test_outboxes.py::test_a_row_gets_to_a_queue_and_to_a_stream"),
    ("Outbox", "Topic"): Seen(
        "../../examples/inventory-outbox",
        "test_inventory.py::test_every_reservation_is_told_once_and_in_the_order_of_its_article",
    ),
    ("Table", "Outbox"): Seen("outboxes", "test_outboxes.py::test_a_row_gets_to_a_queue_and_to_a_stream"),
    ("Queue", "ExternalConsumer"): Seen("relays", "test_relays.py::test_queue_to_a_reader_outside"),
    ("Queue", "Function"): Seen("hops", "test_hops.py::test_api_to_queue_to_function_and_on_to_every_channel"),
    ("Schedule", "Function"): Seen("schedules", "test_schedules.py::test_a_schedule_strikes_once"),
    ("Schedule", "Queue"): Seen("schedules", "test_schedules.py::test_a_schedule_strikes_once"),
    ("Schedule", "Topic"): Seen("schedules", "test_schedules.py::test_a_schedule_strikes_once"),
    ("Stream", "Function"): Seen("streams", "test_streams.py::test_every_record_passes_both_streams"),
    ("Table", "Function"): Seen("relays", "test_relays.py::test_table_to_function_brings_the_row_as_a_message"),
    ("Topic", "Endpoint"): Seen("", "test_sinks.py::test_a_topic_posts_to_an_endpoint_that_has_confirmed"),
    ("Topic", "ExternalConsumer"): Seen("relays", "test_relays.py::test_topic_to_a_subscriber_outside"),
    ("Topic", "Function"): Seen("direct", "test_direct.py::test_what_a_topic_or_a_bus_brings_is_handled_once"),
    ("Topic", "Queue"): Seen("hops", "test_hops.py::test_topic_to_queue_in_an_envelope_and_raw"),
}
"""One test of each; the topology of `test_sinks.py` has the port of an endpoint in it, so it is no file."""


def test_every_hop_is_followed_or_its_gap_is_named() -> None:
    assert SEEN.keys() & GAPS.keys() == set()
    assert SEEN.keys() | GAPS.keys() == {(source.__name__, target.__name__) for source, target in HOPS}


@pytest.mark.parametrize("pair", sorted(SEEN))
def test_the_test_of_a_hop_is_there_and_its_topology_has_the_hop(pair: tuple[str, str]) -> None:
    seen = SEEN[pair]
    file, _, name = seen.test.partition("::")
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if not seen.topology:
        return
    topology = load(HERE / seen.topology / "topology.yaml").topology
    assert topology is not None
    assert pair in {(type(one.source).__name__, type(one.target).__name__) for one in topology.connections}
