/** Tells copies of messages apart, for code that keeps copies harmless by itself. */

import type { Connection } from "./databases.js";
import type { Outcome } from "./outcomes.js";

const FAILED = "ConditionalCheckFailed";
const CLAIM = "INSERT INTO penstock_done (consumer, key) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/** The effect of this message is there already. */
export class Duplicate extends Error {
    override readonly name = "Duplicate";
}

/** Do the work; one that finds its effect there already is done too. */
export async function unlessDuplicate(work: () => Promise<void>): Promise<Outcome> {
    try {
        await work();
        return "handled";
    } catch (error) {
        if (error instanceof Duplicate) return "duplicate";
        throw error;
    }
}

/**
 * Take a failed condition of a write to DynamoDB for done.
 *
 *     await conditional(() => client.send(new PutItemCommand({
 *         TableName, Item, ConditionExpression: "attribute_not_exists(order_id)",
 *     })));
 */
export async function conditional<T>(write: () => Promise<T>): Promise<T> {
    try {
        return await write();
    } catch (error) {
        if (isFailedCondition(error)) throw new Duplicate(undefined, { cause: error });
        throw error;
    }
}

/** Write a consumer's key with a connection's transaction; Duplicate where it is written already. */
export async function claimFor(consumer: string, client: Connection, key: string): Promise<void> {
    const { rowCount } = await client.query(CLAIM, [consumer, key]);
    if (rowCount === 0) throw new Duplicate(key);
}

/** Whether the condition failed, of a single write or of each in a transaction that failed. */
function isFailedCondition(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    if (error.name === `${FAILED}Exception`) return true;
    const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: readonly { Code?: string }[] };
    const codes = new Set(reasons.map(({ Code: code }) => code).filter((code) => code !== "None"));
    return codes.size === 1 && codes.has(FAILED);
}
