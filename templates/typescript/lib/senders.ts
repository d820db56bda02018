/**
 * Hands payloads to topics, queues, streams and buses.
 *
 * What AWS does not answer, throttles or fails on is tried again by its SDK, with growing,
 * random waits. A bus may take a request and refuse the event in it; that is tried again here.
 */

import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

import { CLIENT, needed } from "./clients.js";
import { canonical } from "./wire.js";
import { valueAt } from "./outcomes.js";

const IDENTIFIER = /^[!-~]{1,128}$/;
const WAIT_MS = 100;
const LONGEST_MS = 5000;
/** What a bus refuses for the moment; anything else it would refuse again. */
const PASSING = /Throttl|Exceeded|Internal|Unavailable|Timeout|RequestLimit/;

/** A message was not accepted; the words say where and why. */
export class PublishError extends Error {
    override readonly name = "PublishError";
}

/** A message on its way out. */
export interface Parcel {
    readonly message: string;
    readonly data: unknown;
    readonly maxBytes?: number;
    readonly group?: string;
    readonly deduplication?: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
}

interface Attribute {
    readonly DataType: string;
    readonly StringValue: string;
}

/** A client that is made once per execution environment. */
export function once<T>(make: () => T): () => T {
    let made: T | undefined;
    return () => (made ??= make());
}

const sns = once(() => new SNSClient(CLIENT));
const sqs = once(() => new SQSClient(CLIENT));
const kinesis = once(() => new KinesisClient(CLIENT));
const events = once(() => new EventBridgeClient(CLIENT));

/** Publish to the topic whose ARN the environment variable holds. */
export async function toTopic(variable: string, parcel: Parcel): Promise<void> {
    const [body, attributes] = [bodyOf(parcel), attributesOf(parcel)];
    checkSize(parcel, sizeOf(body, attributes));
    const named = { TopicArn: needed(variable), Message: body, MessageAttributes: attributes, ...options(parcel) };
    await sns().send(new PublishCommand(named));
}

/** Send to the queue whose URL the environment variable holds. */
export async function toQueue(variable: string, parcel: Parcel): Promise<void> {
    const [body, attributes] = [bodyOf(parcel), attributesOf(parcel)];
    checkSize(parcel, sizeOf(body, attributes));
    const named = { QueueUrl: needed(variable), MessageBody: body, MessageAttributes: attributes, ...options(parcel) };
    await sqs().send(new SendMessageCommand(named));
}

/**
 * Put a record into the stream whose ARN the environment variable holds.
 *
 * Kinesis has no attributes, so the contract's name travels beside the payload. Without a
 * key of its own the record gets any partition key, and so has no order.
 */
export async function toStream(variable: string, parcel: Parcel): Promise<void> {
    const text = JSON.stringify({ message: parcel.message, data: parcel.data });
    const key = parcel.group ?? randomUUID();
    checkSize(parcel, Buffer.byteLength(text) + Buffer.byteLength(key));
    const named = { StreamARN: needed(variable), Data: Buffer.from(text), PartitionKey: key };
    await kinesis().send(new PutRecordCommand(named));
}

/** Put an event on the bus whose name or ARN the environment variable holds. */
export async function toBus(
    variable: string,
    parcel: Parcel,
    event: { readonly source: string; readonly detailType: string },
): Promise<void> {
    const body = bodyOf(parcel);
    checkSize(parcel, Buffer.byteLength(body) + Buffer.byteLength(event.source) + Buffer.byteLength(event.detailType));
    const entry = {
        EventBusName: needed(variable),
        Source: event.source,
        DetailType: event.detailType,
        Detail: body,
    };
    let reason = "";
    for (let attempt = 1; attempt <= CLIENT.maxAttempts; attempt += 1) {
        const { FailedEntryCount: failed, Entries: entries } = await events().send(
            new PutEventsCommand({ Entries: [entry] }),
        );
        if (failed === undefined || failed === 0) return;
        const code = entries?.[0]?.ErrorCode ?? "?";
        reason = `${code}: ${entries?.[0]?.ErrorMessage ?? "?"}`;
        if (!PASSING.test(code)) break;
        if (attempt < CLIENT.maxAttempts) await wait(Math.random() * Math.min(LONGEST_MS, WAIT_MS * 2 ** attempt));
    }
    throw new PublishError(`${variable} did not accept ${parcel.message}: ${reason}`);
}

/**
 * The value at a path, in a form that AWS takes as a group or deduplication id.
 *
 * What AWS does not take (other characters, more than 128) is replaced by its digest, so that
 * equal values still have equal ids.
 */
export function identifier(data: unknown, path: readonly string[]): string {
    const value = valueAt(data, path);
    if (value === undefined || value === null || value === "") {
        throw new PublishError(`${path.join(".")} has no value, and its id is made of it`);
    }
    const text = typeof value === "string" ? value : canonical(value);
    return IDENTIFIER.test(text) ? text : createHash("sha256").update(text, "utf8").digest("hex");
}

/** The payload as it travels. */
export function bodyOf(parcel: Parcel): string {
    return JSON.stringify(parcel.data);
}

/** Refuse what the destination, or a hop behind it, would refuse. */
export function checkSize(parcel: Parcel, size: number): void {
    if (parcel.maxBytes === undefined || size <= parcel.maxBytes) return;
    throw new PublishError(`${parcel.message} has ${String(size)} bytes, and ${String(parcel.maxBytes)} may travel`);
}

/** The message attributes: the contract's name, and what filters look at. */
function attributesOf(parcel: Parcel): Record<string, Attribute> {
    const values: [string, unknown][] = Object.entries({ message: parcel.message, ...parcel.attributes });
    const stated = values.filter(([, value]) => value !== undefined && value !== null);
    return Object.fromEntries(stated.map(([name, value]) => [name, attribute(value)]));
}

/** A message attribute as SNS and SQS have it. */
function attribute(value: unknown): Attribute {
    if (typeof value === "string") return { DataType: "String", StringValue: value };
    if (typeof value === "number") return { DataType: "Number", StringValue: String(value) };
    return { DataType: Array.isArray(value) ? "String.Array" : "String", StringValue: JSON.stringify(value) };
}

/** Order and deduplication, where the destination has them. */
function options(parcel: Parcel): { MessageGroupId?: string; MessageDeduplicationId?: string } {
    return {
        ...(parcel.group === undefined ? {} : { MessageGroupId: parcel.group }),
        ...(parcel.deduplication === undefined ? {} : { MessageDeduplicationId: parcel.deduplication }),
    };
}

/** Bytes that count against the limit: the body, and names, types and values. */
function sizeOf(body: string, attributes: Readonly<Record<string, Attribute>>): number {
    const parts = Object.entries(attributes).flatMap(([name, each]) => [name, each.DataType, each.StringValue]);
    return [body, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}
