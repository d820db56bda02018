import base64
import hashlib
import json

import pytest

from penstock.dev.observe import payload_of
from penstock.dev.places import Places, digests, value_at

HOPS = (("shop", "intake"), ("intake", "worker"), ("worker", "topic"), ("topic", "queue"), ("worker", "topic"))


def test_the_way_starts_with_what_is_known_and_takes_the_fewest_hops() -> None:
    places = Places((), (*HOPS, ("intake", "topic")))
    assert places.way(("shop", "intake"), "queue") == ("shop", "intake", "topic", "queue")


def test_the_way_to_where_it_starts_is_short() -> None:
    assert Places((), HOPS).way(("shop", "intake"), "intake") == ("shop", "intake")


def test_an_unknown_end_is_put_behind_the_start() -> None:
    assert Places((), HOPS).way(("shop",), "nowhere") == ("shop", "nowhere")


def test_what_lies_beyond_ends_even_in_a_circle() -> None:
    places = Places((), (*HOPS, ("queue", "intake")))
    assert places.beyond("worker") == {"topic", "queue", "intake", "worker"}


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ('{"a": {"b": "x"}}', "a.b", "x"),
        ('{"a": 7}', "a", "7"),
        ('{"a": true}', "a", "true"),
        ('{"a": {"b": 1}}', "a", None),
        ('{"a": null}', "a", None),
        ("[1]", "a", None),
        ("no JSON", "a", None),
        ('{"a": 1}', None, None),
    ],
)
def test_the_value_at_a_path_is_a_scalar_as_text(text: str, path: str | None, value: str | None) -> None:
    assert value_at(text, path) == value


@pytest.mark.parametrize("spelling", ['{"b":1,"a":"é"}', '{"a": "é", "b": 1}', '{"b": 1, "a": "\\u00e9"}'])
def test_a_payload_is_recognised_however_its_json_is_spelled(spelling: str) -> None:
    assert hashlib.sha256(spelling.encode()).hexdigest() in digests('{"b":  1, "a": "é"}\n')


def buried(data: bytes) -> str:
    """What a handler writes of a stream's record that it cannot read."""
    record = {"kinesis": {"data": base64.b64encode(data).decode()}}
    return json.dumps({"KinesisBatchInfo": {}, "payload": json.dumps({"Records": [record]})})


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (json.dumps({"Type": "Notification", "Message": "{}"}), "{}"),
        (json.dumps({"detail-type": "OrderPlaced", "detail": {"a": 1}}), '{"a":1}'),
        (json.dumps({"requestContext": {}, "requestPayload": {"a": 1}}), '{"a":1}'),
        (json.dumps({"requestContext": {}, "requestPayload": {"Records": [{"Sns": {"Message": "{}"}}]}}), "{}"),
        (json.dumps({"requestContext": {}, "requestPayload": {"detail-type": "A", "detail": {"a": 1}}}), '{"a":1}'),
        (json.dumps({"requestContext": {}, "requestPayload": None}), "null"),
        (buried(b'{"message": "OrderPlaced", "data": {"a": 1}}'), '{"a":1}'),
        (buried(b"no JSON"), "no JSON"),
        ('{"a": 1}', '{"a": 1}'),
        ("no JSON", "no JSON"),
    ],
)
def test_envelopes_are_taken_off(body: str, payload: str) -> None:
    assert payload_of(body) == payload
