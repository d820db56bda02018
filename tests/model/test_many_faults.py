"""Many wrong names: each is reported, and the first ones with what may have been meant."""

from pathlib import Path

from penstock.kinds.build import build
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of


def test_only_the_first_of_many_wrong_names_are_searched_for() -> None:
    topics = "\n".join(f"  orders-{number}: {{}}" for number in range(40))
    queues = "\n".join(f"  q{number}: {{from: ordrs-{number}}}" for number in range(40))
    document = document_of(complete(f"topics:\n{topics}\nqueues:\n{queues}"))
    faults = build(document, lambda name: read_schema_file(Path(name), name)).faults
    assert [fault.code for fault in faults] == ["REF001"] * 40
    assert [fault.help is None for fault in faults] == [False] * 25 + [True] * 15


def test_the_same_words_about_the_outside_world_may_stand_often() -> None:
    consumers = "\n".join(f"  f{number}: {{effects: [the ledgr, ledgr]}}" for number in range(3))
    document = document_of(complete(f"consumers:\n{consumers}\nstores:\n  ledger: {{type: dynamodb, key: id}}"))
    faults = build(document, lambda name: read_schema_file(Path(name), name)).faults
    assert [(fault.code, fault.help) for fault in faults] == [("REF001", "did you mean 'ledger'?")] * 3
