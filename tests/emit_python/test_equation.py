"""Over random topologies and under every fault: effects once, poison in the dead letters and nowhere else, and nothing is lost.

And the equation is one that can fail: each fault that is built into the generated code, or into the template, breaks it.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings

from tests.emit_python.drawing import CASES, Case, Consumer
from tests.emit_python.equation import run

EXAMPLES = int(os.environ.get("PENSTOCK_EQUATION_EXAMPLES", "20"))
SEEDS = 100


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None)
@given(case=CASES)
def test_nothing_is_lost_and_nothing_is_done_twice(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    run(case, tmp_path_factory.mktemp("case"))


class Mutation(NamedTuple):
    """A mistake that is built in: in which file, what stands there and what is put in its place; who has it, what is said of it.

    The `only` sort of fault that there is then is one that shows it; without, there are all.
    """

    file: str
    right: str
    wrong: str
    source: str
    way: str
    said: str
    pool: bool = False
    then: str = ""
    only: str = ""


MUTATIONS = {
    "no condition": Mutation(
        "copies_of_effects.py",
        ', ConditionExpression="attribute_not_exists(seen)"',
        "",
        "queue",
        "conditional-write",
        "than once",
    ),
    "no key for the service": Mutation(
        "copies_of_effects.py",
        "MessageDeduplicationId=key",
        'MessageDeduplicationId=__import__("uuid").uuid4().hex',
        "topic",
        "client-key",
        "than once",
    ),
    "no memory": Mutation(
        "handler.py",
        'return ONCE.do("OrderPlaced#" + key, work)',
        'return work() or "handled"',
        "raw-queue",
        "table",
        "than once",
    ),
    "a key of two functions": Mutation(
        "handler.py", 'prefix="orders/c', 'prefix="orders/" or "', "topic-queue", "table", "lost"
    ),
    "remembered before it is done": Mutation(
        "handler.py",
        'return ONCE.do("OrderPlaced#" + key, work)',
        'return ONCE.do("OrderPlaced#" + key, str) == "handled" and work() or "handled"',
        "queue",
        "table",
        "lost",
    ),
    "a failure of a batch is swallowed": Mutation(
        "deliveries.py", 'response["batchItemFailures"]]', "()]", "queue", "conditional-write", "lost"
    ),
    "a failure of a stream is swallowed": Mutation(
        "streams.py", 'response["batchItemFailures"]]', "()]", "stream", "conditional-write", "lost"
    ),
    "an error is swallowed": Mutation(
        "outcomes.py", "        raise\n    else:", "    else:", "bus", "client-key", "lost"
    ),
    "a group is overtaken": Mutation(
        "deliveries.py", "if not source.fifo:", "if True:", "fifo", "conditional-write", "out of order"
    ),
    "a partition key is overtaken": Mutation(
        "streams.py",
        "failed_keys.add(key)",
        "pass",
        "stream",
        "conditional-write",
        "out of order",
        only="is refused a call",
    ),
    "poison is dropped": Mutation(
        "poison.py", "_send(dead_letters, letter(sighting), sighting)", "pass", "bus-queue", "client-key", "is poison"
    ),
    "poison is buried elsewhere": Mutation(
        "poison.py", "os.environ[dead_letters.variable]", '"Elsewhere"', "stream", "client-key", "where nobody looks"
    ),
    "what failed for the moment is buried": Mutation(
        "outcomes.py",
        "isinstance(error, MessageError) and not sighting.accepted",
        "True",
        "fifo",
        "conditional-write",
        "is dead",
    ),
    "a worker acknowledges what failed": Mutation(
        "worker.py",
        "if self._handle(message):",
        "if self._handle(message) or True:",
        "queue",
        "client-key",
        "lost|is poison",
        pool=True,
        only="is refused a call",
    ),
    "a worker acknowledges before the effect": Mutation(
        "worker.py",
        "if self._handle(message):",
        'if self._say("delete_message", message) or self._handle(message):',
        "raw-queue",
        "conditional-write",
        "lost|is poison",
        pool=True,
    ),
    "a worker overtakes a group": Mutation(
        "worker.py",
        "failed.add(group)",
        "pass",
        "fifo",
        "conditional-write",
        "out of order",
        pool=True,
        only="is refused a call",
    ),
    "a bus refuses, and nobody looks": Mutation(
        "senders.py",
        'if not response["FailedEntryCount"]:',
        "if True:",
        "queue",
        "client-key",
        "lost",
        then="bus-queue",
        only="is refused a call",
    ),
    "what of a batch was refused is swallowed": Mutation(
        "batches.py", "    if lost:\n", "    if not ready:\n", "queue", "table", "lost", then="stream"
    ),
    "a call that failed is swallowed": Mutation(
        "batches.py",
        "raise UnsentError(variable, len(ready), lost) from error",
        "return",
        "bus",
        "conditional-write",
        "lost",
        then="topic-queue",
        only="is refused what it sends",
    ),
    "what was refused is overtaken": Mutation(
        "batches.py",
        "lost |= _behind(waiting, one.group)",
        "pass",
        "fifo",
        "conditional-write",
        "out of order",
        then="fifo",
        only="is refused a call",
    ),
    "told behind its effect": Mutation(
        "c0_logic.py",
        "    telling.tell(message)\n    copies_of_effects.conditional(key)",
        "    copies_of_effects.conditional(key)\n    telling.tell(message)",
        "raw-queue",
        "conditional-write",
        "lost",
        then="queue",
        only="dies behind a call",
    ),
    "a claim is not looked at": Mutation(
        "copies.py", "if cursor.rowcount == 0:", "if False:", "queue", "unique-constraint", "than once"
    ),
    "a claim of two functions": Mutation(
        "copies.py", '"orders/c', '"orders/" or "', "topic-queue", "unique-constraint", "lost"
    ),
    "a claim is committed before the effect": Mutation(
        "copies_of_effects.py",
        "claim(cursor, idempotency_key)",
        "claim(cursor, idempotency_key); connection.commit()",
        "bus",
        "unique-constraint",
        "lost",
        only="dies behind a call",
    ),
    "a claim is not rolled back": Mutation(
        "copies_of_effects.py",
        "connection.rollback()",
        "pass",
        "stream",
        "unique-constraint",
        "is dead",
        only="is refused a call",
    ),
    "told behind its transaction": Mutation(
        "c0_logic.py",
        "    telling.tell(message)\n    copies_of_effects.claimed(key, idempotency_key)",
        "    copies_of_effects.claimed(key, idempotency_key)\n    telling.tell(message)",
        "fifo",
        "unique-constraint",
        "lost",
        then="bus-queue",
        only="dies behind a call",
    ),
    "nobody asks which failed": Mutation(
        "template.yaml",
        "      FunctionResponseTypes:\n      - ReportBatchItemFailures\n",
        "",
        "queue",
        "conditional-write",
        "lost",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_the_equation_breaks_where_the_code_is_wrong(mutation: Mutation, tmp_path: Path) -> None:
    drawn = Consumer(mutation.source, mutation.way, 10, partial=True, attempts=4, pool=mutation.pool)
    then = Consumer(mutation.then, "conditional-write", 10, partial=True, attempts=4) if mutation.then else None
    pair = (drawn._replace(then=then),) * 2
    changed = []

    def change(name: str, text: str) -> str:
        if name != mutation.file:
            return text
        assert mutation.right in text, text
        changed.append(name)
        return text.replace(mutation.right, mutation.wrong)

    for seed in range(SEEDS):
        try:
            run(Case(pair, 15, seed, mutation.only), tmp_path, change)
        except AssertionError as error:
            assert changed
            assert re.search(mutation.said, str(error))  # noqa: PT017 - which of the seeds it is does not matter
            return
    pytest.fail("nothing broke")
