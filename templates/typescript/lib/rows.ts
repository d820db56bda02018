/** Rows of outboxes: what is to be sent, written with what it tells of. */

import { randomUUID } from "node:crypto";

import { bodyOf, checkSize } from "./senders.js";

/** A message to be sent; without a key it has no order. */
export interface Row {
    readonly message: string;
    readonly data: unknown;
    readonly key: string | undefined;
    readonly maxBytes: number;
}

let last = 0;

/** The payload, as large as may travel. */
export function payloadOf(row: Row): string {
    const payload = bodyOf(row);
    checkSize(row, Buffer.byteLength(payload));
    return payload;
}

/** The id of a row, which travels with the message. It begins with the time in microseconds, so that later ones are greater. */
export function rowId(): string {
    last = Math.max(last + 1, Date.now() * 1000);
    return `${String(last).padStart(20, "0")}-${randomUUID().replaceAll("-", "")}`;
}
