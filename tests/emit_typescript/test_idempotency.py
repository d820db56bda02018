"""The four ways in which a second copy of a message is harmless, in TypeScript, each against what it stands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.typescript import emit_typescript
from tests.emit_python.ways import STUBS, check, embedded, starting, way_called
from tests.emit_typescript.project import run, write

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
DRIVER = Path(__file__).with_name("delivering.mjs")
DYING = """
import { existsSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

async function dieOnce(): Promise<void> {
    await wait(200);
    if (!existsSync("die")) return;
    rmSync("die");
    process.exit(9);
}
"""
COUNTING = """
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});

export async function handleOrderPlaced(message: { readonly order_id: string }): Promise<void> {
    await client.send(new UpdateItemCommand({
        TableName: "effects", Key: { id: { S: message.order_id } },
        UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": { N: "1" } },
    }));
    await dieOnce();
}
"""
WRITING = """
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { conditional } from "../functions/conditional-write/copies.js";

const client = new DynamoDBClient({});

export async function handleOrderPlaced(
    message: { readonly order_id: string }, given: { readonly idempotencyKey: string },
): Promise<void> {
    await conditional(() => client.send(new UpdateItemCommand({
        TableName: "effects", Key: { id: { S: message.order_id } },
        UpdateExpression: "SET seen = :key ADD n :one", ConditionExpression: "attribute_not_exists(seen)",
        ExpressionAttributeValues: { ":one": { N: "1" }, ":key": { S: given.idempotencyKey } },
    })));
    await dieOnce();
}
"""
CLAIMING = """
import pg from "pg";
import { claim } from "../functions/unique-constraint/copies.js";

export async function handleOrderPlaced(
    message: { readonly order_id: string }, given: { readonly idempotencyKey: string },
): Promise<void> {
    const client = new pg.Client();
    await client.connect();
    try {
        await client.query("BEGIN");
        await claim(client, given.idempotencyKey);
        await client.query("INSERT INTO effects (id) VALUES ($1)", [message.order_id]);
        await wait(200);
        await client.query("COMMIT");
    } finally {
        await client.end();
    }
    await dieOnce();
}
"""
ASKING = """
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const client = new SQSClient({});

export async function handleOrderPlaced(
    message: { readonly order_id: string }, given: { readonly idempotencyKey: string },
): Promise<void> {
    await client.send(new SendMessageCommand({
        QueueUrl: process.env["SERVICE"], MessageBody: message.order_id, MessageGroupId: "g",
        MessageDeduplicationId: given.idempotencyKey.replace(/[^a-z-]/g, ""),
    }));
    await dieOnce();
}
"""
LOGIC = {"table": COUNTING, "conditional-write": WRITING, "unique-constraint": CLAIMING, "client-key": ASKING}
FAILED = '{ Code: "ConditionalCheckFailed" }'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write(STUBS, tmp_path_factory.mktemp("ways"), {name: DYING + text for name, text in LOGIC.items()})
    run(["node", "node_modules/typescript/bin/tsc"], made, 120)
    run(["node", "build.mjs"], made, 60)
    return made


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with embedded() as found:
        yield found


@pytest.mark.parametrize("name", STUBS)
def test_an_effect_is_had_once_however_often_the_message_comes(name: str, aws: EmbeddedAws, folder: Path) -> None:
    with way_called(name, aws) as way:
        check(way, starting(["node", str(DRIVER), name], folder, way), folder / "die")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ('{ name: "ConditionalCheckFailedException" }', "duplicate"),
        (f'{{ CancellationReasons: [{{ Code: "None" }}, {FAILED}] }}', "duplicate"),
        (f'{{ CancellationReasons: [{FAILED}, {{ Code: "TransactionConflict" }}] }}', "thrown"),
        ('{ CancellationReasons: [{ Code: "None" }] }', "thrown"),
        ("{}", "thrown"),
    ],
)
def test_only_a_failed_condition_is_taken_for_a_copy(folder: Path, error: str, outcome: str) -> None:
    text = f"""
import {{ conditional, unlessDuplicate }} from "./lib/copies.js";

const failing = async (): Promise<never> => Promise.reject(Object.assign(new Error("no"), {error}));
console.log(await unlessDuplicate(() => conditional(failing)).catch(() => "thrown"));
"""
    (folder / "asked.ts").write_text(text)
    bundled = ["--bundle", "--platform=node", "--format=esm", "--outfile=dist/asked.mjs", "--log-level=error"]
    run(["node_modules/esbuild/bin/esbuild", "asked.ts", *bundled], folder, 60)
    assert run(["node", "dist/asked.mjs"], folder, 60).strip() == outcome


def test_the_way_that_does_not_cover_a_crash_says_so() -> None:
    said = " ".join(emit_typescript(STUBS["table"]).created_once["src/fulfil.ts"].replace(" * ", " ").split())
    assert "done again from the start; so is work whose invocation died, whatever it had done" in said
