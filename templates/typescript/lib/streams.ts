/**
 * Goes through a batch of records from a stream and tells Lambda which of them failed.
 *
 * Lambda then delivers the first of these again, with all that follow it in the batch: what
 * was handled behind it comes as a copy. The data of a record is a JSON object, `message`
 * with the contract's name and `data` with the payload, because Kinesis has no attributes.
 * A record of a table's stream holds the item itself.
 *
 * A record that cannot be read would hold up its shard to no purpose. So it is sent to the
 * queue that is told of failed batches, if there is one, and its partition key goes on.
 */

import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";

import { dispatch, failuresOf, type Response } from "./dispatching.js";
import { failedRecord, type Letter } from "./letters.js";
import type { DeadLetters } from "./poison.js";
import { EnvelopeError, item, messageName, opened, type Payload, valueOf } from "./envelopes.js";
import { ageMs, digest, type Handles, type Outcome, type Outcomes, type Sighting, sighted } from "./outcomes.js";
import { canonical, isObject, type Json, parse } from "./wire.js";

const SOURCES: readonly unknown[] = ["aws:kinesis", "aws:dynamodb"];

/** Records failed, and Lambda does not ask which: it delivers the batch again. */
export class ReadFailed extends Error {
    override readonly name = "ReadFailed";
}

/** An earlier record of the same partition key failed, and must not be overtaken. */
export class NotTried extends Error {
    override readonly name = "NotTried";
}

/** A stream and what can arrive in it; `image` is set for a table's: the part of a record that is the message. */
export interface Stream {
    readonly stream: string;
    readonly partialFailures: boolean;
    readonly messages: readonly string[];
    readonly image?: string;
    readonly deadLetters?: DeadLetters;
}

interface Kinesis {
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
}

interface StreamRecord {
    readonly eventSourceARN: string;
    readonly kinesis?: Kinesis;
    readonly dynamodb?: Json;
}

interface Batch {
    readonly Records: readonly StreamRecord[];
}

/** Whether the event is a batch of a stream, and not of a queue. */
export function isStream(event: unknown): boolean {
    const records: unknown = isObject(event) ? event["Records"] : undefined;
    const first: unknown = Array.isArray(records) ? records[0] : undefined;
    return isObject(first) && SOURCES.includes(first["eventSource"]);
}

/**
 * The ARN of the stream that a batch is of.
 *
 * A reader with a throughput of its own is told its own ARN, which begins with the stream's.
 */
export function streamArn(event: unknown): string {
    const [record] = (event as Batch).Records;
    return record?.eventSourceARN.split("/consumer/")[0] ?? "";
}

/**
 * Hand every record's message over, and answer with those that failed.
 *
 * The records of a partition key that follow a failed one are not tried, so that nothing
 * overtakes it; other keys go on.
 */
export async function read(
    event: unknown,
    stream: Stream,
    handles: Handles,
    outcomes: Outcomes,
): Promise<Response> {
    const failedKeys = new Set<string>();
    const oneRecord = async (record: StreamRecord): Promise<void> => {
        const key = keyOf(record);
        if (failedKeys.has(key)) {
            outcomes.report({ ...seen(record, stream), error: "not tried: an earlier message of its key failed" });
            throw new NotTried(key);
        }
        try {
            await deliver(record, stream, handles, outcomes);
        } catch (error) {
            failedKeys.add(key);
            throw error;
        }
    };
    const type = stream.image === undefined ? EventType.KinesisDataStreams : EventType.DynamoDBStreams;
    const answer = await processPartialResponse(event as never, oneRecord as never, new BatchProcessor(type), {
        processInParallel: false,
        throwOnFullBatchFailure: false,
    });
    const failed = failuresOf(answer);
    if (failed.length > 0 && !stream.partialFailures) {
        const all = (event as Batch).Records.length;
        throw new ReadFailed(`${String(failed.length)} of ${String(all)} records failed`);
    }
    return { batchItemFailures: failed };
}

/** Unwrap one record and hand its payload over. */
async function deliver(record: StreamRecord, stream: Stream, handles: Handles, outcomes: Outcomes): Promise<void> {
    const sighting = seen(record, stream);
    const work = async (): Promise<Outcome> => {
        const payload = payloadOf(record, stream);
        sighting.bodySha256 = digest(payload.text);
        const name = messageName(payload, stream.messages, where(stream));
        sighting.message = name;
        return dispatch(handles, name, valueOf(payload), sighting);
    };
    await outcomes.observed(sighting, work, stream.deadLetters?.bury((each) => letterOf(record, stream, each)));
}

/** A record for the dead letters. */
function letterOf(record: StreamRecord, stream: Stream, sighting: Sighting): Letter {
    const number = record.kinesis?.sequenceNumber ?? record.dynamodb?.["SequenceNumber"];
    const ident = typeof number === "string" ? number : "";
    const place = {
        streamArn: record.eventSourceARN,
        startSequenceNumber: ident,
        endSequenceNumber: ident,
        batchSize: 1,
    };
    const name = record.kinesis === undefined ? "DDBStreamBatchInfo" : "KinesisBatchInfo";
    const payload = JSON.stringify({ Records: [record] });
    return { body: failedRecord(sighting, { [name]: place, payload }), ident, source: stream.stream };
}

/** How errors name a stream. */
function where(stream: Stream): string {
    return `${stream.image === undefined ? "stream" : "table"} '${stream.stream}'`;
}

/** What a stream keeps in order: a partition key, or one item of a table. */
function keyOf(record: StreamRecord): string {
    return record.kinesis === undefined ? canonical(record.dynamodb?.["Keys"]) : record.kinesis.partitionKey;
}

/** What a record tells before anybody looks into it; Lambda counts no deliveries. */
function seen(record: StreamRecord, stream: Stream): Sighting {
    const sent = record.kinesis?.approximateArrivalTimestamp ?? record.dynamodb?.["ApproximateCreationDateTime"];
    const encoded = record.kinesis?.data ?? canonical(record.dynamodb);
    return sighted({ queue: stream.stream, ageMs: ageMs(Number(sent) * 1000), bodySha256: digest(encoded) });
}

/** The payload of a record, and the name of its contract. */
function payloadOf(record: StreamRecord, stream: Stream): Payload {
    if (stream.image === undefined) return unwrapped(record.kinesis?.data ?? "", stream);
    const image = record.dynamodb?.[stream.image];
    if (!isObject(image)) throw new EnvelopeError(`the record of ${where(stream)} has no ${stream.image}`);
    const data = item(image);
    return { text: canonical(data), name: undefined, data };
}

/** The payload of a record's data, and the name that its sender gave it. */
function unwrapped(encoded: string, stream: Stream): Payload {
    const wrapped = parse(text(encoded, stream));
    if (!isObject(wrapped) || !("message" in wrapped && "data" in wrapped)) {
        throw new EnvelopeError(`the record of ${where(stream)} is not {"message": ..., "data": ...}`);
    }
    return opened(wrapped);
}

function text(encoded: string, stream: Stream): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"));
    } catch {
        throw new EnvelopeError(`the record of ${where(stream)} is no text`);
    }
}
