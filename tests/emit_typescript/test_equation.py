"""The handlers in TypeScript under faults: effects once, poison in the dead letters and nowhere else, and nothing is lost."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.emit_python.drawing import Case, Consumer, text_of
from tests.emit_python.equation import Outcome, compiled, environment_of, settled
from tests.emit_python.sandboxes import Aws, Function
from tests.emit_python.services import Account
from tests.emit_typescript.project import run, tools
from tests.emit_typescript.standing import standing
from tests.templates import read

SEEDS = int(os.environ.get("PENSTOCK_EQUATION_SEEDS", "2"))
CONSUMERS = (
    Consumer("queue", "conditional-write", 5, partial=True, attempts=5),
    Consumer("fifo", "conditional-write", 4, partial=True, attempts=5),
    Consumer("topic", "table", 1, partial=False, attempts=3),
    Consumer("bus-queue", "client-key", 3, partial=False, attempts=6),
    Consumer("raw-queue", "table", 10, partial=True, attempts=4),
    Consumer("bus", "client-key", 1, partial=False, attempts=3),
    Consumer("stream", "conditional-write", 5, partial=True, attempts=4),
)
LOGIC = """
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
COPIES

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});

async function write(key: string, condition: { ConditionExpression?: string } = {}): Promise<void> {
    await dynamodb.send(new UpdateItemCommand({
        TableName: "effects", Key: { id: { S: key } }, UpdateExpression: "SET seen = :yes ADD n :one",
        ExpressionAttributeValues: { ":yes": { BOOL: true }, ":one": { N: "1" } }, ...condition,
    }));
}

async function ask(key: string): Promise<void> {
    await sqs.send(new SendMessageCommand({
        QueueUrl: process.env["SERVICE"], MessageBody: key, MessageDeduplicationId: key,
    }));
}

export async function handleOrderPlaced(message: { readonly order_id: string }): Promise<void> {
    const key = `NAME/${message.order_id}`;
    EFFECT
}
"""
EFFECTS = {
    "table": "await write(key);",
    "conditional-write": 'await conditional(() => write(key, { ConditionExpression: "attribute_not_exists(seen)" }));',
    "client-key": "await ask(key);",
}
Change = Callable[[str, str], str]


class Mutation(NamedTuple):
    """A mistake that is built in: in which file, what stands there and what is put in its place; who has it, what is said of it."""

    file: str
    right: str
    wrong: str
    source: str
    way: str
    said: str
    only: str = ""


MUTATIONS = {
    "no condition": Mutation(
        "src/c0.ts",
        ', { ConditionExpression: "attribute_not_exists(seen)" }',
        "",
        "queue",
        "conditional-write",
        "than once",
        "comes again",
    ),
    "no memory": Mutation(
        "lib/repeats.ts",
        "await this.#run(identity, async () => {",
        "await (async (run: () => Promise<unknown>) => run())(async () => {",
        "raw-queue",
        "table",
        "than once",
        "comes again",
    ),
    "a failure is swallowed": Mutation(
        "lib/outcomes.ts",
        "            throw error;\n        }\n        this.report(sighting);",
        "            return;\n        }\n        this.report(sighting);",
        "stream",
        "conditional-write",
        "lost",
        "is refused a call",
    ),
    "every error is a copy": Mutation(
        "lib/copies.ts",
        "if (isFailedCondition(error))",
        "if (isFailedCondition(error) || error instanceof Error)",
        "queue",
        "conditional-write",
        "lost",
        "is refused a call",
    ),
    "poison is dropped": Mutation(
        "lib/poison.ts", "await client.send(", "void new Array(", "bus-queue", "client-key", "is poison", "comes again"
    ),
}


def equation(case: Case, folder: Path, change: Change = lambda _, text: text) -> list[Outcome]:
    """Build a case in TypeScript, and check the equation under faults, as often as there are seeds."""
    files = compiled(text_of(case).replace(", timeout: 30s", ", timeout: 30s, runtime: nodejs24.x"), folder)
    logic = {}
    for place in case.places():
        copies = f'import {{ conditional }} from "../functions/{place.name}/copies.js";'
        text = LOGIC.replace("NAME", place.name).replace("EFFECT", EFFECTS[place.consumer.way])
        logic[f"src/{place.name}.ts"] = text.replace("COPIES", copies if "conditional(" in text else "")
    for name, text in {**files, **logic}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(change(name, text), encoding="utf-8")
    (folder / "node_modules").symlink_to(tools())
    run(["node", "build.mjs"], folder, 60)
    template = read(files["template.yaml"])
    functions = {place.made_as: Function(place.name, {}, environment_of(place, template)) for place in case.places()}
    with standing(folder) as there:
        found = []
        for seed in range(case.seed, case.seed + SEEDS):
            account = Account(template, functions, Aws({"effects": ["id"], "once": ["id"]}), Random(seed), case.only)  # noqa: S311
            account.load, account.alone = there.load, True
            found.append(settled(case, account))
    return found


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    outcomes = equation(Case(CONSUMERS, 10, 1), tmp_path)
    assert sum(sum(each.faults.values()) for each in outcomes) > 10 * SEEDS
    assert all(each.sent == each.handled + each.dead for each in outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_mistake_breaks_the_equation(mutation: Mutation, tmp_path: Path) -> None:
    def change(name: str, text: str) -> str:
        if name != mutation.file:
            return text
        if mutation.right not in text:
            raise ValueError(mutation.right)
        return text.replace(mutation.right, mutation.wrong)

    consumer = Consumer(mutation.source, mutation.way, 1, partial=True, attempts=20)
    with pytest.raises(AssertionError, match=mutation.said):
        equation(Case((consumer,), 30, 1, mutation.only), tmp_path, change)
