"""What the owner of a channel allows other accounts, and that nothing more is allowed; the emulator looks at queues and topics."""

import json

import pytest
from botocore.exceptions import ClientError

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.foreign import Foreign
from tests.e2e.system import System, compiled

pytestmark = pytest.mark.embedded

REFUSED = pytest.raises(ClientError, match=r"AuthorizationError|AccessDenied")


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> System:
    return System.of(aws, compiled("consents", tmp_path_factory.mktemp("consents") / "out"), visibility=None)


@pytest.fixture(scope="module")
def partner(system: System) -> Foreign:
    """A role that is named, of an account that is named."""
    return Foreign.of(system.aws, "111122223333", "partner")


@pytest.fixture(scope="module")
def colleague(system: System) -> Foreign:
    """Another role of the same account."""
    return Foreign.of(system.aws, "111122223333", "colleague")


@pytest.fixture(scope="module")
def stranger(system: System) -> Foreign:
    """A role of an account that nobody names."""
    return Foreign.of(system.aws, "999988887777", "partner")


def order(order_id: str) -> dict[str, str]:
    return {"order_id": order_id, "region": "eu"}


def test_a_role_that_is_named_sends_to_the_queue(system: System, partner: Foreign, colleague: Foreign) -> None:
    partner.to_queue(system.queue("intake"), order("queue"))
    with REFUSED:
        colleague.to_queue(system.queue("intake"), order("refused"))
    system.settle()
    assert system.passed("queue") == ["intake > take: handled OrderCancelled 1"]
    assert system.passed("refused") == []


def test_an_account_that_is_named_publishes_to_the_topic(system: System, colleague: Foreign, stranger: Foreign) -> None:
    colleague.to_topic(system.stack.physical("NewsTopic"), order("topic"))
    with REFUSED:
        stranger.to_topic(system.stack.physical("NewsTopic"), order("strange"))
    system.settle()
    assert system.passed("topic") == ["intake > take: handled OrderCancelled 1"]
    assert system.passed("strange") == []


def test_an_account_that_is_named_reads_the_queue(system: System, colleague: Foreign, stranger: Foreign) -> None:
    url = system.queue("outbox")
    with REFUSED:
        stranger.client("sqs").receive_message(QueueUrl=url)
    reader = colleague.client("sqs")
    colleague.to_topic(system.stack.physical("NewsTopic"), order("outbox"))
    found = []
    while order("outbox") not in found:
        for message in reader.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]:
            found.append(json.loads(message["Body"]))
            reader.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_who_may_read_may_not_send(system: System, colleague: Foreign) -> None:
    with REFUSED:
        colleague.to_queue(system.queue("outbox"), order("refused"))


def test_what_is_exported_is_open_to_nobody_else(system: System, partner: Foreign) -> None:
    with REFUSED:
        partner.to_topic(system.stack.physical("ClosedTopic"), order("refused"))
