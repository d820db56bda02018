"""The example `ledger` on the embedded AWS: postings of several accounts, each account's in order to the end of the chain.

The emulator keeps no archive of a topic and logs no deliveries, so these are proved by `tests/hops/test_lowering.py` alone.
"""

from collections.abc import Iterator
from itertools import accumulate

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled

pytestmark = pytest.mark.embedded

ACCOUNTS = ("DE-1", "DE-2", "DE-3")
AMOUNTS = (500, -200, 1_000, -50)
POSTINGS = [
    {"posting_id": f"{account}/{number}", "account": account, "amount": amount}
    for number, amount in enumerate(AMOUNTS)
    for account in ACCOUNTS
]


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Postings of all accounts in turn, the last of each sent twice."""
    given = compiled("../../examples/ledger", tmp_path_factory.mktemp("ledger") / "out")
    system = System.of(aws, given, visibility=None)
    for posting in (*POSTINGS, *POSTINGS[-len(ACCOUNTS) :]):
        system.send("PostingMade", posting, "core-banking")
    system.settle()
    yield system
    assert aws.denials() == ()


def by_account(system: System, store: str, field: str) -> dict[str, object]:
    return {item["account"]: item[field] for item in system.items(store)}


def test_the_journal_has_each_accounts_postings_in_order(system: System) -> None:
    numbers = range(len(AMOUNTS))
    written = {account: [f"{account}/{number}" for number in numbers] for account in ACCOUNTS}
    assert by_account(system, "journal", "postings") == written


def test_the_statement_has_each_balance_in_order_two_fifo_hops_further(system: System) -> None:
    balances = list(enumerate(accumulate(AMOUNTS)))
    printed = {account: [f"{account}/{number} {balance}" for number, balance in balances] for account in ACCOUNTS}
    assert by_account(system, "statements", "printed") == printed
    assert by_account(system, "accounts", "balance") == dict.fromkeys(ACCOUNTS, sum(AMOUNTS))


def test_nothing_is_given_up(system: System) -> None:
    assert system.lying() == {}
