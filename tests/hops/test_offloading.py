"""Payloads that are kept in a bucket: who may put and get what, and what a message is on its way."""

from pathlib import Path
from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.lint.engine import run
from penstock.lint.rules import RULES
from penstock.plan.values import GetAtt, Ref, Sub
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of, topology_of

SHOP = """\
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: id, max_size: 5MiB, offload: {store: letters%s}}
  Plain: {schema: {type: object}}
keys: {main: {}}
stores:
  letters: {type: s3, encryption: {key: main}}
producers:
  shop: {type: function, publishes: [{message: OrderPlaced, to: work}, {message: Plain, to: other}]}
  clerk: {type: service, publishes: {message: OrderPlaced, to: work}}
queues: {work: {}, other: {}}
consumers:
  reader: {from: work}
  stranger: {from: other}
"""


def statements(topology: dict[str, Any], role: str) -> dict[str, Any]:
    (policy,) = topology[role]["Properties"]["Policies"]
    return {one["Sid"]: (one["Action"], one["Resource"]) for one in policy["PolicyDocument"]["Statement"]}


def test_only_who_sends_may_put_and_only_who_receives_may_get_and_of_this_message_alone() -> None:
    made = lower(topology_of(complete(SHOP % ""))).template()["Resources"]
    objects = Sub("${LettersBucket.Arn}/OrderPlaced/*")
    sends, reads = statements(made, "ShopFunctionRole"), statements(made, "ReaderFunctionRole")
    assert sends["KeepOrderPlaced"] == ("s3:PutObject", objects)
    assert sends["EncryptWithMain"] == (["kms:Decrypt", "kms:GenerateDataKey"], GetAtt("MainKey", "Arn"))
    assert "FetchOrderPlaced" not in sends
    assert reads["FetchOrderPlaced"] == ("s3:GetObject", objects)
    assert reads["DecryptWithMain"] == ("kms:Decrypt", GetAtt("MainKey", "Arn"))
    assert "KeepOrderPlaced" not in reads
    assert not {sid for sid in statements(made, "StrangerFunctionRole") if sid.startswith(("Keep", "Fetch"))}
    for function in ("ShopFunction", "ReaderFunction"):
        variables = made[function]["Properties"]["Environment"]["Variables"]
        assert variables["PENSTOCK_STORE_LETTERS"] == Ref("LettersBucket")


@pytest.mark.parametrize(
    ("said", "size"), [("", 200 * 1024), (", above: 10KiB", 10 * 1024), (", above: 10MiB", 5 * 2**20)]
)
def test_what_travels_is_no_larger_than_what_is_not_kept(said: str, size: int) -> None:
    assert topology_of(complete(SHOP % said)).messages["OrderPlaced"].wire_size == size


def test_a_limit_above_what_the_channel_takes_is_told_at_the_limit() -> None:
    topology = topology_of(complete(SHOP % ", above: 2MiB"))
    (finding,) = (one for one in run(topology, RULES) if one.code == "CON003")
    assert finding.message.startswith(
        "OrderPlaced may have 2 MiB on its way, but from function 'shop' to queue 'work' SQS takes"
    )
    assert "above: 2MiB" in finding.span.text


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("store: letters", "store: leters", "REF001", "OrderPlaced cannot be kept in it"),
        (
            "letters: {type: s3, encryption: {key: main}}",
            "letters: {type: postgres, secret: db}",
            "REF055",
            "store 'letters' is no bucket, so it cannot keep the payloads of OrderPlaced",
        ),
    ],
)
def test_what_cannot_keep_payloads(old: str, new: str, code: str, words: str) -> None:
    text = complete((SHOP % "").replace(old, new))
    (fault, *_) = build(document_of(text), lambda name: read_schema_file(Path(name), name)).faults
    assert fault.code == code
    assert words in fault.message


def test_who_invokes_a_function_hands_it_the_payload_itself() -> None:
    text = """\
messages: {OrderPlaced: {schema: {type: object}, idempotency_key: id, max_size: %s, offload: {store: letters}}}
stores: {letters: {type: s3}}
producers: {checkout: {type: api, route: "POST /orders", auth: iam, publishes: {message: OrderPlaced, to: work}}}
consumers: {work: {}}
"""
    topology = topology_of(complete(text % "5MiB"))
    assert not {"CON003", "CON005"} & {one.code for one in run(topology, RULES)}
    made = lower(topology).template()["Resources"]
    assert not {sid for sid in statements(made, "WorkFunctionRole") if sid.startswith(("Keep", "Fetch"))}
    assert "CON003" in {one.code for one in run(topology_of(complete(text % "7MiB")), RULES)}
