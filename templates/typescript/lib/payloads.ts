/**
 * Keeps payloads in a bucket that are too large to travel, and reads them back.
 *
 * What travels in their place is a pointer, `$offloaded` with the object's key. The key
 * begins with the message's name and ends with the payload's digest, so that equal payloads
 * have one object, and a pointer leads to no other message, and to nothing that was changed.
 */

import { createHash } from "node:crypto";

import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

import { CLIENT, needed } from "./clients.js";
import { once, PublishError } from "./senders.js";
import { isObject, MessageError, parse } from "./wire.js";

const POINTER = "$offloaded";
const s3 = once(() => new S3Client(CLIENT));

/** A message and the environment variable with the name of its bucket. */
export interface Kept {
    readonly message: string;
    readonly store: string;
}

/** The payload, or the pointer to it if it has more than `above` bytes; `maxBytes` is what the contract allows. */
export async function kept(
    data: unknown,
    where: Kept & { readonly above: number; readonly maxBytes?: number },
): Promise<unknown> {
    const body = Buffer.from(JSON.stringify(data));
    if (where.maxBytes !== undefined && body.length > where.maxBytes) {
        const limit = `${String(body.length)} bytes, and the contract allows ${String(where.maxBytes)}`;
        throw new PublishError(`${where.message} has ${limit}`);
    }
    if (body.length <= where.above) return data;
    const key = keyOf(where.message, body);
    const object = { Bucket: needed(where.store), Key: key, Body: body, ContentType: "application/json" };
    await s3().send(new PutObjectCommand(object));
    return { [POINTER]: key };
}

/** The payload itself: from its bucket, if it is kept. */
export async function fetched(data: unknown, where: Kept): Promise<unknown> {
    if (!isObject(data) || Object.keys(data).length !== 1 || !(POINTER in data)) return data;
    const key = data[POINTER];
    if (typeof key !== "string" || !key.startsWith(`${where.message}/`)) {
        throw new MessageError(POINTER, `points at no payload of ${where.message}`);
    }
    const found = await s3().send(new GetObjectCommand({ Bucket: needed(where.store), Key: key }));
    const body = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    if (key !== keyOf(where.message, body)) throw new MessageError(POINTER, "points at another payload than was sent");
    return parse(body.toString("utf8"));
}

function keyOf(message: string, body: Buffer): string {
    return `${message}/${createHash("sha256").update(body).digest("hex")}`;
}
