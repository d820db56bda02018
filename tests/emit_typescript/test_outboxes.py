"""Rows of outboxes that code in TypeScript has written, sent by the relays: what was committed is told, in order."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from penstock.emit.stubs import function_stubs
from tests.emit_python import test_relay_of_a_database as of_database
from tests.emit_python import test_relay_of_a_table as of_table
from tests.emit_typescript.project import run, write
from tests.topologies import complete, topology_of

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
table_place = pytest.fixture(scope="module", name="table")(of_table.place.__wrapped__)  # type: ignore[attr-defined]
database_place = pytest.fixture(scope="module", name="database")(of_database.place.__wrapped__)  # type: ignore[attr-defined]
ROWS = [("a", 1, False), ("b", 1, False), ("a", 2, True), ("a", 3, False), ("b", 2, False)]
READING = """
import { readCounted } from "./functions/writer/messages.js";
import * as outbox from "./functions/writer/outbox.js";

const rows = JSON.parse(process.env["ROWS"] ?? "") as [string, number, boolean][];
"""
TABLE = """
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";

for (const [key, number, fails] of rows) {
    const condition = fails ? { ConditionExpression: "attribute_exists(id)" } : {};
    const own = { Put: { TableName: "business", Item: { id: { S: `${key}/${String(number)}` } }, ...condition } };
    try {
        await outbox.commit(own, outbox.enqueueCounted(readCounted({ key, number })));
    } catch (error) {
        if (!fails || !(error instanceof TransactionCanceledException)) throw error;
    }
}
"""
DATABASE = """
import pg from "pg";

const client = new pg.Client();
await client.connect();
for (const [key, number, fails] of rows) {
    await client.query("BEGIN");
    await client.query("INSERT INTO business (key, number) VALUES ($1, $2)", [key, number]);
    await outbox.enqueueCounted(client, readCounted({ key, number }));
    await client.query(fails ? "ROLLBACK" : "COMMIT");
}
await client.end();
"""


def wrote(topology: str, text: str, folder: Path, **variables: str) -> None:
    """Have the generated modules write the rows, by code like a team's."""
    (stub,) = function_stubs(topology_of(complete(topology)))
    write({"writer": stub}, folder)
    (folder / "src" / "rows.ts").write_text((READING + text).replace('"./functions', '"../functions'))
    bundled = ["--bundle", "--platform=node", "--format=esm", "--outfile=rows.mjs", "--log-level=error"]
    banner = "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);"
    run(["node_modules/esbuild/bin/esbuild", "src/rows.ts", *bundled, banner], folder, 60)
    run(["node", "rows.mjs"], folder, 60, **variables, ROWS=json.dumps(ROWS), AWS_REGION="eu-central-1")


def said(told: list[dict[str, Any]], key: str) -> list[int]:
    return [each["data"]["number"] for each in told if each["data"]["key"] == key]


def test_rows_in_a_table(table: of_table.Place, tmp_path: Path) -> None:
    wrote(of_table.TOPOLOGY, TABLE, tmp_path, **table.variables())
    event = table.changes()
    ended, answer = table.run(event)
    assert (ended, answer["answer"]) == (0, {"batchItemFailures": []})
    told = table.told()
    assert (said(told, "a"), said(told, "b")) == ([1, 3], [1, 2])
    assert sorted(each["row"] for each in told) == [each["row"] for each in told]


def test_rows_in_a_database(database: of_database.Place, tmp_path: Path) -> None:
    words = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "username", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    variables = {name: str(database.secret[key]) for name, key in words.items()}
    wrote(of_database.TOPOLOGY, DATABASE, tmp_path, **variables, PATH=os.environ["PATH"])
    assert database.run()[0] == 0
    told = database.told()
    assert (said(told, "a"), said(told, "b")) == ([1, 3], [1, 2])
    assert database.ask("SELECT count(*) FROM relay_rows WHERE sent_at IS NULL") == [(0,)]
