"""Channels that read channels, a function behind a table, and readers of another account."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.foreign import Foreign
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

REFUSED = pytest.raises(ClientError, match=r"AuthorizationError|AccessDenied")


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """When an order has been sent and everything has come to rest."""
    system = System.of(aws, compiled("relays", tmp_path_factory.mktemp("relays") / "out"), visibility=None)
    system.send("OrderPlaced", {"order_id": "1"})
    until(lambda: len(system.passed("1")) == 3, "not everybody has seen the order")
    system.settle()
    yield system
    assert aws.denials() == ()


@pytest.fixture(scope="module")
def partner(system: System) -> Foreign:
    """The role that the topology names as the reader outside."""
    return Foreign.of(system.aws, "111122223333", "partner")


@pytest.fixture(scope="module")
def stranger(system: System) -> Foreign:
    """A role that it does not name."""
    return Foreign.of(system.aws, "999988887777", "partner")


def test_bus_to_bus_keeps_the_event_as_it_is(system: System) -> None:
    assert system.passed("1", "read-bus") == ["behind-bus > read-bus: handled OrderPlaced 1"]


def test_bus_to_topic_wraps_the_message_with_its_name(system: System) -> None:
    assert system.passed("1", "read-topic") == ["behind-topic > read-topic: handled OrderPlaced 1"]


def test_table_to_function_brings_the_row_as_a_message(system: System) -> None:
    assert system.items("rows") == [{"order_id": "1"}]
    assert system.passed("1", "read-rows") == ["rows > read-rows: handled OrderPlaced 1"]


def test_queue_to_a_reader_outside(system: System, partner: Foreign, stranger: Foreign) -> None:
    url = system.queue("outbox")
    with REFUSED:
        stranger.client("sqs").receive_message(QueueUrl=url)
    (message,) = partner.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["detail"] == {"order_id": "1"}
    partner.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_topic_to_a_subscriber_outside(system: System, partner: Foreign, stranger: Foreign) -> None:
    topic = system.stack.physical("NewsTopic")
    theirs = "arn:aws:sqs:eu-central-1:{}:theirs"
    with REFUSED:
        stranger.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=theirs.format("999988887777"))
    partner.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=theirs.format("111122223333"))
    known = system.aws.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    assert theirs.format("111122223333") in {each["Endpoint"] for each in known}
    assert theirs.format("999988887777") not in {each["Endpoint"] for each in known}
