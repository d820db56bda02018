/**
 * Hands payloads to topics, queues, streams and buses.
 *
 * What AWS does not answer, throttles or fails on is tried again by its SDK, with growing,
 * random waits. A bus may take a request and refuse the event in it; that is tried again here.
 */

import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
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
    override readonly name: string = "PublishError";
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

export const sns = once(() => new SNSClient(CLIENT));
export const sqs = once(() => new SQSClient(CLIENT));
export const kinesis = once(() => new KinesisClient(CLIENT));
export const events = once(() => new EventBridgeClient(CLIENT));

/** A parcel as a call has it; the size is what counts against the limit of a batch. */
export interface Ready<E> {
    readonly entry: E;
    readonly size: number;
    readonly group: string | undefined;
}

/** A message for a queue or a topic, which have different names for its body. */
export interface MessageEntry {
    readonly body: string;
    readonly rest: {
        readonly MessageAttributes: Record<string, Attribute>;
        readonly MessageGroupId?: string;
        readonly MessageDeduplicationId?: string;
    };
}

/** What a bus wants to know of an event beside its payload. */
export interface EventNames {
    readonly source: string;
    readonly detailType: string;
}

/** A message for a queue or a topic. */
export function messageEntry(parcel: Parcel): Ready<MessageEntry> {
    const [body, attributes] = [bodyOf(parcel), attributesOf(parcel)];
    const size = sizeOf(body, attributes);
    checkSize(parcel, size);
    return { entry: { body, rest: { MessageAttributes: attributes, ...options(parcel) } }, size, group: parcel.group };
}

/**
 * A record for a stream.
 *
 * Kinesis has no attributes, so the contract's name travels beside the payload. Without a
 * key of its own the record gets any partition key, and so has no order.
 */
export function recordEntry(parcel: Parcel): Ready<{ readonly Data: Uint8Array; readonly PartitionKey: string }> {
    const data = Buffer.from(JSON.stringify({ message: parcel.message, data: parcel.data }));
    const key = parcel.group ?? randomUUID();
    const size = data.length + Buffer.byteLength(key);
    checkSize(parcel, size);
    return { entry: { Data: data, PartitionKey: key }, size, group: parcel.group };
}

/** An event for the bus whose name or ARN the environment variable holds. */
export function eventEntry(variable: string, parcel: Parcel, event: EventNames): Ready<PutEventsRequestEntry> {
    const body = bodyOf(parcel);
    const parts = [body, event.source, event.detailType];
    const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    checkSize(parcel, size);
    const named = { EventBusName: needed(variable), Source: event.source, DetailType: event.detailType };
    return { entry: { ...named, Detail: body }, size, group: undefined };
}

/** Publish to the topic whose ARN the environment variable holds. */
export async function toTopic(variable: string, parcel: Parcel): Promise<void> {
    const { body, rest } = messageEntry(parcel).entry;
    await sns().send(new PublishCommand({ TopicArn: needed(variable), Message: body, ...rest }));
}

/** Send to the queue whose URL the environment variable holds. */
export async function toQueue(variable: string, parcel: Parcel): Promise<void> {
    const { body, rest } = messageEntry(parcel).entry;
    await sqs().send(new SendMessageCommand({ QueueUrl: needed(variable), MessageBody: body, ...rest }));
}

/** Put a record into the stream whose ARN the environment variable holds. */
export async function toStream(variable: string, parcel: Parcel): Promise<void> {
    const { entry } = recordEntry(parcel);
    await kinesis().send(new PutRecordCommand({ StreamARN: needed(variable), ...entry }));
}

/** Put an event on the bus whose name or ARN the environment variable holds. */
export async function toBus(variable: string, parcel: Parcel, event: EventNames): Promise<void> {
    const { entry } = eventEntry(variable, parcel, event);
    for (let attempt = 1; ; attempt += 1) {
        const { FailedEntryCount: failed, Entries: entries } = await events().send(
            new PutEventsCommand({ Entries: [entry] }),
        );
        if (failed === undefined || failed === 0) return;
        const code = entries?.[0]?.ErrorCode ?? "?";
        if (attempt === CLIENT.maxAttempts || !isPassing(code)) {
            const reason = `${code}: ${entries?.[0]?.ErrorMessage ?? "?"}`;
            throw new PublishError(`${variable} did not accept ${parcel.message}: ${reason}`);
        }
        await pause(attempt);
    }
}

/** Whether an error goes by itself: a throttle, or a fault of AWS. */
export function isPassing(code: string): boolean {
    return PASSING.test(code);
}

/** Wait any time up to a bound that doubles with each attempt. */
export async function pause(attempt: number): Promise<void> {
    await wait(Math.random() * Math.min(LONGEST_MS, WAIT_MS * 2 ** attempt));
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
