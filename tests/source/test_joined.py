"""Several files as one document: what is joined, where each part stands, and what may stand only once."""

import pytest

from penstock.source.joined import Joined
from penstock.source.yaml import Document, Route, Source, parse

FIRST = """\
penstock: 1
queues:
  intake: {retention: 4d}
environments:
  dev: {queues: {intake: {retention: 1d}}}
"""
SECOND = """\
name: shop
queues:
  # penstock: ignore[DLQ001] because a test
  later:
    delay: 5s
environments:
  dev: {queues: {later: {delay: 0s}}}
  prod: {account: "111122223333"}
"""


def documents(**texts: str) -> list[Document]:
    parsed = [parse(Source(f"{name}.yaml", text)) for name, text in texts.items()]
    return [document for document, _ in parsed if document is not None]


@pytest.fixture
def joined() -> Joined:
    found = Joined(documents(a=FIRST, b=SECOND))
    assert not found.faults
    return found


def test_sections_are_joined(joined: Joined) -> None:
    assert joined.data == {
        "penstock": 1,
        "queues": {"intake": {"retention": "4d"}, "later": {"delay": "5s"}},
        "environments": {
            "dev": {"queues": {"intake": {"retention": "1d"}, "later": {"delay": "0s"}}},
            "prod": {"account": "111122223333"},
        },
        "name": "shop",
    }


@pytest.mark.parametrize(
    ("route", "file", "line", "text"),
    [
        (("name",), "b.yaml", 1, "name: shop"),
        (("queues",), "a.yaml", 2, "queues"),
        (("queues", "intake", "retention"), "a.yaml", 3, "retention: 4d"),
        (("queues", "later", "delay"), "b.yaml", 5, "delay: 5s"),
        (("queues", "later", "nothing"), "b.yaml", 4, "later"),
        (("environments", "dev", "queues", "later"), "b.yaml", 7, "later: {delay: 0s}"),
        (("environments", "prod"), "b.yaml", 8, 'prod: {account: "111122223333"}'),
    ],
)
def test_places_are_in_the_file_where_they_were_written(
    joined: Joined, route: Route, file: str, line: int, text: str
) -> None:
    span = joined.entry(route)
    assert (span.source.path, span.begin.line, span.text) == (file, line, text)


def test_only_what_a_file_states_is_there(joined: Joined) -> None:
    assert joined.has(())
    assert joined.has(("queues", "later", "delay"))
    assert not joined.has(("queues", "later", "retention"))
    assert not joined.has(("topics",))


def test_suppressions_cover_their_own_file(joined: Joined) -> None:
    (suppression,) = joined.suppressions()
    assert suppression.covers.source.path == "b.yaml"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("name: a", "name: a", "'name' stands in two files"),
        ("queues: {intake: {}}", "queues: {other: {}, intake: {}}", "'intake' names two things"),
        ("messages: {Paid: {}}", "messages: {Paid: {}}", "'Paid' names two things"),
        ("alarms: {queue_age: 5m}", "alarms: {queue_age: 5m}", "'alarms.queue_age' stands in two files"),
        (
            "defaults: {queues: {delay: 1s}}",
            "defaults: {queues: {delay: 2s}}",
            "'defaults.queues.delay' stands in two files",
        ),
        (
            "environments: {dev: {region: eu-west-1}}",
            "environments: {dev: {region: eu-west-1}}",
            "'environments.dev.region' stands in two files",
        ),
    ],
)
def test_what_two_files_state_is_a_fault_at_the_later_with_the_first(first: str, second: str, message: str) -> None:
    (fault,) = Joined(documents(a=first, b=second)).faults
    ((before, _),) = fault.related
    assert (fault.code, fault.message) == ("REF002", message)
    assert (fault.span.source.path, before.source.path) == ("b.yaml", "a.yaml")
    assert fault.span.text == before.text == message.split("'")[1].rsplit(".", maxsplit=1)[-1]


@pytest.mark.parametrize("texts", [("queues: []", "queues: {a: {}}"), ("queues: {a: {}}", "queues: []")])
def test_a_section_that_is_no_mapping_wins_so_that_the_schema_can_tell_of_it(texts: tuple[str, str]) -> None:
    joined = Joined(documents(a=texts[0], b=texts[1]))
    assert joined.data == {"queues": []}
    assert joined.value(("queues",)).text == "[]"
