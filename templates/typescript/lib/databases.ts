/** Rows of outboxes in databases. */

import { payloadOf, type Row, rowId } from "./rows.js";

const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/** A connection to PostgreSQL, as the package pg has it. */
export interface Connection {
    query(text: string, values: string[]): Promise<{ readonly rowCount: number | null }>;
}

/**
 * Write one row with the connection's transaction, and give back its id, which travels with it.
 *
 * Transactions that write rows of one key wait for each other from here on, so that the rows
 * have the order in which they are committed.
 */
export async function insertRow(client: Connection, statement: string, row: Row): Promise<string> {
    const [id, payload] = [rowId(), payloadOf(row)];
    if (row.key !== undefined) await client.query(LOCK, [row.key]);
    await client.query(statement, [id, row.key ?? id, row.message, payload]);
    return id;
}
