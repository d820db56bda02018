/** Rows of outboxes in tables. */

import { crc32 } from "node:zlib";

import { DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";

import { CLIENT, needed } from "./clients.js";
import { payloadOf, type Row, rowId } from "./rows.js";
import { once } from "./senders.js";

/** One write of a transaction, as TransactWriteItems has it. */
export type Write = TransactWriteItem;

/** An outbox: the variable that has the table's name, and what its attributes are called. */
export interface Table {
    readonly variable: string;
    readonly key: string;
    readonly row: string;
    readonly unsent: string;
    readonly parts: number;
}

const dynamodb = once(() => new DynamoDBClient(CLIENT));

/** One write for a transaction. */
export function putRow(table: Table, row: Row): Write {
    const id = rowId();
    const aggregate = row.key ?? id;
    const item = {
        [table.key]: { S: aggregate },
        [table.row]: { S: id },
        [table.unsent]: { S: String(crc32(aggregate) % table.parts) },
        message: { S: row.message },
        payload: { S: payloadOf(row) },
    };
    return { Put: { TableName: needed(table.variable), Item: item } };
}

/**
 * Do all these writes or none: your own, and the rows that tell of them.
 *
 * Yours are as TransactWriteItems has them: { Put: { ... } }, { Update: { ... } }, ...
 */
export async function commit(...writes: readonly Write[]): Promise<void> {
    await dynamodb().send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
}
