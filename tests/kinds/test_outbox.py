"""Outboxes: what can hold their rows, who reads them, and what the relay is told."""

from pathlib import Path

import pytest

from penstock.emit.python import emit_function, emit_relay
from penstock.emit.relays import relay_stubs
from penstock.emit.stubs import function_stubs
from penstock.hops.lowering import lower
from penstock.kinds import Outbox
from penstock.kinds.build import build
from penstock.source.schema_file import SchemaFiles
from tests.topologies import complete, document_of, topology_of

INDEX = "indexes: {unsent: {key: unsent, sort_key: row_id}}"
ROWS = f"type: dynamodb, key: aggregate, sort_key: row_id, stream: new-image, {INDEX}"
OUTBOX = """
producers:
  relay: {{type: outbox, store: rows, publishes: {{message: OrderPlaced, to: placed}}{more}}}
queues:
  placed: {{}}
consumers:
  take: {{publishes: {{message: OrderPlaced, to: rows}}}}
stores:
  rows: {{{rows}}}
"""


def outbox(rows: str = ROWS, more: str = "") -> str:
    return complete(OUTBOX.format(rows=rows, more=more))


def faults(text: str) -> list[tuple[str, str, str | None]]:
    return [(one.code, one.message, one.help) for one in build(document_of(text), SchemaFiles(Path())).faults]


@pytest.mark.parametrize(
    ("rows", "code", "message", "help_"),
    [
        (
            "type: s3",
            "REF070",
            "outbox 'relay' has its rows in store 'rows', in which rows cannot be written in one transaction with others",
            "name a store of type `dynamodb` or `postgres`",
        ),
        (
            "type: dynamodb, key: aggregate, stream: new-image",
            "REF070",
            "outbox 'relay' has its rows in store 'rows', which has no sort key: it could hold one row of each aggregate",
            "write `sort_key: row_id` for the store; `key` is the aggregate's, the sort key tells its rows apart",
        ),
        (
            ROWS.replace("new-image", "keys"),
            "REF070",
            "store 'rows' shows 'keys' in its stream, and not the row that outbox 'relay' has to send",
            "write `stream: new-image`",
        ),
        (
            ROWS.replace(" stream: new-image,", ""),
            "REF030",
            "outbox 'relay' reads store 'rows', which has no stream",
            "write `stream: new-image` for the store",
        ),
        (
            ROWS.replace(f", {INDEX}", ""),
            "REF073",
            "store 'rows' has no index in which the sweeper of outbox 'relay' could find whole rows that are not sent",
            f"write `{INDEX}` for the store",
        ),
    ],
)
def test_a_store_that_cannot_be_an_outbox(rows: str, code: str, message: str, help_: str) -> None:
    assert faults(outbox(rows)) == [(code, message, help_)]


def test_two_relays_of_one_store() -> None:
    second = "\n  other: {type: outbox, store: rows, publishes: {message: OrderPlaced, to: placed}}\nqueues:"
    ((code, message, _),) = faults(outbox().replace("\nqueues:", second))
    assert code == "REF074"
    assert message.startswith("outbox 'other' and outbox 'relay' both send the rows of 'rows'")


def test_rows_that_nobody_sends() -> None:
    text = outbox().replace("message: OrderPlaced, to: rows", "message: OrderPaid, to: rows")
    text = text.replace("messages:\n", "messages:\n  OrderPaid: {schema: {type: object}}\n")
    ((code, message, help_),) = faults(text)
    assert (code, message) == (
        "REF071",
        "function 'take' sends OrderPaid to store 'rows', but no outbox sends it on from there",
    )
    assert help_ is not None
    assert help_.startswith("write a producer of type `outbox` with `store: rows` that publishes OrderPaid")


def test_an_unknown_store_is_told_where_it_is_named() -> None:
    text = outbox().replace("store: rows", "store: row")
    document = document_of(text)
    told = build(document, SchemaFiles(Path())).faults
    (fault,) = [one for one in told if one.code == "REF001"]
    assert text[fault.span.start : fault.span.end] == "store: row"


def test_the_defaults_of_a_relay() -> None:
    (relay,) = topology_of(outbox()).of(Outbox)
    (reading,) = relay.deliveries
    assert (reading.max_retries, reading.max_age, reading.bisect, reading.start) == (100, 6 * 3_600, True, "oldest")
    assert (relay.timeout, relay.memory, relay.keep, relay.sweep) == (60, 256, 7 * 86_400, (300, 900))


def test_the_mapping_brings_insertions_alone() -> None:
    made = lower(topology_of(outbox())).resources["RelayOutboxFromRowsStoreMapping"].properties
    assert made["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    assert made["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_look_that_fails_to_come_raises_the_alarm() -> None:
    made = lower(topology_of(outbox(more=", sweep: {every: 10m}"))).resources
    alarm = made["RelayOutboxLagAlarm"].properties
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (600, 3, "breaching")
    assert made["RelayFunctionClock"].properties["ScheduleExpression"] == "rate(10 minutes)"


def test_a_row_may_be_as_large_as_all_that_it_is_sent_to_takes() -> None:
    text = outbox().replace("placed: {}", "placed: {max_size: 2KiB}")
    (writer,) = function_stubs(topology_of(text))
    (row,) = writer.rows
    assert row.max_bytes == 2_048 - len("message" + "String" + "OrderPlaced") - len("row" + "String") - 53


def test_the_relay_is_told_what_the_table_calls_its_attributes() -> None:
    (stub,) = relay_stubs(topology_of(outbox(ROWS + ", ttl_attribute: gone")))
    text = emit_relay(stub).files["functions/relay/relay.py"]
    for line in ('KEY = "aggregate"', 'ROW = "row_id"', 'EXPIRY: str | None = "gone"', "KEEP_S = 604800"):
        assert f"\n{line}\n" in text


LAYERS = ', layers: ["arn:aws:lambda:eu-central-1:111122223333:layer:psycopg:3"]'
DATABASE = "type: postgres, secret: orders"


@pytest.mark.parametrize(
    ("rows", "more", "code", "message"),
    [
        (
            DATABASE,
            "",
            "REF076",
            "outbox 'relay' has its rows in store 'rows', but the relay has no driver with which to read",
        ),
        (
            DATABASE,
            LAYERS + ", on_failure: {}",
            "REF075",
            "outbox 'relay' has `on_failure`, but store 'rows' is a database",
        ),
        (
            DATABASE,
            LAYERS + ", sweep: {every: 1m}",
            "REF075",
            "outbox 'relay' has `sweep`, but store 'rows' is a database",
        ),
        (
            DATABASE,
            LAYERS + ", batch: {window: 1s}",
            "REF075",
            "outbox 'relay' has `batch.window`, but store 'rows' is",
        ),
        (
            ROWS,
            ", poll: 1s",
            "REF075",
            "outbox 'relay' has `poll`, but store 'rows' is a table, whose stream brings the rows",
        ),
    ],
)
def test_what_does_not_fit_the_store(rows: str, more: str, code: str, message: str) -> None:
    ((told, words, _),) = faults(outbox(rows, more))
    assert told == code
    assert words.startswith(message)


def test_the_relay_of_a_database_reads_no_stream_and_gives_nothing_up() -> None:
    topology = topology_of(outbox(DATABASE, LAYERS + ", timeout: 5m"))
    assert "relay-failed" not in topology.components
    made = lower(topology).resources
    assert made["RelayFunctionClock"].properties["ScheduleExpression"] == "rate(5 minutes)"
    assert made["RelayOutboxLagAlarm"].properties["Period"] == 300
    assert "RelayOutboxIteratorAgeAlarm" not in made


def test_the_relay_of_a_database_is_told_the_name_of_its_table() -> None:
    topology = topology_of(outbox(DATABASE, LAYERS))
    (stub,) = relay_stubs(topology)
    files = emit_relay(stub).files
    assert "CREATE TABLE IF NOT EXISTS relay_rows (" in files["functions/relay/rows.sql"]
    assert "FROM relay_rows AS head" in files["functions/relay/relay.py"]
    (writer,) = function_stubs(topology)
    assert "INSERT INTO relay_rows " in emit_function(writer).files["functions/take/outbox.py"]
