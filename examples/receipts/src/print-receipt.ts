/**
 * What function print-receipt does.
 *
 * Yours: penstock wrote this file once and leaves it alone from then on. What the
 * topology promises may change; functions/print-receipt/handler.ts in the compiled
 * folder always says it as it is.
 */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

import type { OrderPaid } from "../functions/print-receipt/messages.js";
import { CLIENT, needed } from "../lib/clients.js";

const STORE = DynamoDBDocumentClient.from(new DynamoDBClient(CLIENT));

/**
 * Handle one OrderPaid; throw to have it delivered again.
 *
 * Queue 'paid' delivers at least once; order: none.
 * Attempts: a message is received at most 5 times; then the message goes to queue
 * 'paid-dlq'. One that cannot be read goes there at once, with the reason.
 * Deadline: an invocation for up to 10 messages is stopped after 10 s.
 *
 * Copies: table 'seen' remembers what was done, so a copy does not get here. Work that
 * throws is done again from the start; so is work whose invocation died, whatever it
 * had done.
 */
export async function handleOrderPaid(message: OrderPaid): Promise<void> {
    const paidBy = message.method.type === "card" ? `card ending in ${message.method.last_digits}` : "cash";
    const amount = `${message.currency} ${(message.amount / 100).toFixed(2)}`;
    const receipt = { order_id: message.order_id, text: `Received ${amount} by ${paidBy}, ${message.paid_at}` };
    await STORE.send(new PutCommand({ TableName: needed("PENSTOCK_STORE_RECEIPTS"), Item: receipt }));
}
