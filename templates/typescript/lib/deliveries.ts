/**
 * Goes through a batch of records from a queue and tells SQS which of them failed.
 *
 * A batch in which every record fails is answered like any other: with the list of failures.
 * Throwing instead, as Powertools does by default, would make a poison message an invocation
 * error or not depending on what else is in its batch, and slow the queue's poller down. So
 * failures show as the metric Failed, never as errors of the function.
 *
 * A message that cannot be read goes to the queue's dead letters at its first receive, if the
 * queue has any, and counts as done: in a FIFO queue its group goes on.
 *
 * Records are handled one after the other, so that an invocation works as long as the
 * topology was told that it does.
 */

import {
    BatchProcessor,
    EventType,
    processPartialResponse,
    SqsFifoPartialProcessorAsync,
} from "@aws-lambda-powertools/batch";

import { type Arriving, messageName, type QueueRecord, textAttribute, unwrap, valueOf, where } from "./envelopes.js";
import { ageMs, digest, type Handles, type Outcome, type Outcomes, type Sighting, sighted, traceOf } from "./outcomes.js";
import { dispatch, failuresOf, type Response } from "./dispatching.js";
import type { Attribute, Letter } from "./letters.js";
import type { DeadLetters } from "./poison.js";
import { isObject } from "./wire.js";

/** A queue and what can arrive in it, as the topology says. */
export interface Source extends Arriving {
    readonly fifo: boolean;
    readonly partialFailures: boolean;
    readonly messages: readonly string[];
    readonly deadLetters?: DeadLetters;
}

/** Records failed, and the queue does not ask which: it delivers the batch again. */
export class BatchFailed extends Error {
    override readonly name = "BatchFailed";
}

interface Batch {
    readonly Records: QueueRecord[];
}

/**
 * Hand every record's message over, and answer with those that failed.
 *
 * In a FIFO queue the records of a group that follow a failed one are not tried, so that
 * nothing overtakes it; other groups go on.
 */
export async function consume(
    event: unknown,
    source: Source,
    handles: Handles,
    outcomes: Outcomes,
): Promise<Response> {
    const batch = event as Batch;
    const tried = new Set<string>();
    const oneRecord = async (record: QueueRecord): Promise<void> => {
        tried.add(record.messageId);
        await deliver(record, source, handles, outcomes);
    };
    const answer = await processPartialResponse(event as never, oneRecord as never, processor(source), {
        processInParallel: false,
        skipGroupOnError: true,
        throwOnFullBatchFailure: false,
    } as never);
    const failed = failuresOf(answer);
    for (const record of batch.Records) {
        if (tried.has(record.messageId)) continue;
        outcomes.report({ ...seen(record, source), error: "not tried: an earlier message of its group failed" });
    }
    if (failed.length > 0 && !source.partialFailures) {
        throw new BatchFailed(`${String(failed.length)} of ${String(batch.Records.length)} records failed`);
    }
    return { batchItemFailures: failed };
}

/** The ARN of the queue that a batch is of. */
export function queueArn(event: unknown): string {
    return (event as { Records: readonly { eventSourceARN: string }[] }).Records[0]?.eventSourceARN ?? "";
}

/** Powertools' processor for the queue. */
function processor(source: Source): BatchProcessor {
    return source.fifo ? new SqsFifoPartialProcessorAsync() : new BatchProcessor(EventType.SQS);
}

/** Unwrap one record and hand its payload over. */
async function deliver(record: QueueRecord, source: Source, handles: Handles, outcomes: Outcomes): Promise<void> {
    const sighting = seen(record, source);
    const work = async (): Promise<Outcome> => {
        const payload = unwrap(record, source);
        sighting.bodySha256 = digest(payload.text);
        const name = messageName(payload, source.messages, where(source.queue));
        sighting.message = name;
        return dispatch(handles, name, valueOf(payload), sighting);
    };
    await outcomes.observed(sighting, work, source.deadLetters?.bury(() => letterOf(record, source)));
}

/** A record for the dead letters: in a FIFO queue it keeps its group, and its id makes it one. */
function letterOf(record: QueueRecord, source: Source): Letter {
    const { ApproximateReceiveCount: received, AWSTraceHeader: trace, MessageGroupId: group } = record.attributes;
    return {
        body: record.body,
        ident: record.messageId,
        source: source.queue,
        receives: Number(received ?? 1),
        attributes: carried(record.messageAttributes),
        options: {
            ...(group === undefined ? {} : { MessageGroupId: group }),
            ...(source.fifo ? { MessageDeduplicationId: record.messageId } : {}),
        },
        trace,
    };
}

/** The attributes of a record as SQS takes them. */
function carried(attributes: unknown): Record<string, Attribute> {
    const found: Record<string, Attribute> = {};
    for (const [name, each] of Object.entries(isObject(attributes) ? attributes : {})) {
        const { dataType, stringValue, binaryValue } = each as Readonly<Record<string, string | undefined>>;
        const kind = dataType ?? "String";
        found[name] = kind.startsWith("Binary")
            ? { DataType: kind, BinaryValue: Buffer.from(binaryValue ?? "", "base64") }
            : { DataType: kind, StringValue: stringValue ?? "" };
    }
    return found;
}

/** What a record tells before anybody looks into it. */
function seen(record: QueueRecord, source: Source): Sighting {
    const { ApproximateReceiveCount: received, AWSTraceHeader: trace, SentTimestamp: sent } = record.attributes;
    return sighted({
        queue: source.queue,
        receiveCount: Number(received ?? 1),
        ageMs: ageMs(Number(sent)),
        bodySha256: digest(record.body),
        correlationId: traceOf(trace) ?? record.messageId,
        taskToken: textAttribute(record.messageAttributes, "task_token"),
    });
}
