/**
 * Says what became of each message: one line of JSON in the log, and metrics.
 *
 * Log lines carry no payload: a digest of it, and the value of its idempotency key. An error
 * that your own code throws is logged with its text and stack, so keep payloads out of it.
 */

import { createHash } from "node:crypto";

import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

import { canonical, isObject, MessageError, own } from "./wire.js";

export type Outcome = "handled" | "duplicate" | "failed" | "poison";
export type Handle = (data: unknown, sighting: Sighting) => Promise<Outcome>;
export type Handles = ReadonlyMap<string, Handle>;

const METRICS = { handled: "Handled", duplicate: "Duplicate", failed: "Failed", poison: "Poison" } as const;
const NULLS = ["queue", "message", "key", "error", "correlation_id"] as const;

/**
 * One message at this function, and what is known of it so far.
 *
 * Its `correlationId` is the X-Ray trace that it was sent in, which each log line of a sending
 * function has as `xray_trace_id`; of a queue's message that was sent in none its own id. It is
 * `accepted` once it was read: what goes wrong after that is no fault of its own.
 */
export interface Sighting {
    readonly queue?: string;
    message?: string;
    key?: string | undefined;
    readonly receiveCount: number;
    readonly ageMs: number;
    accepted?: boolean;
    outcome: Outcome;
    error?: string;
    bodySha256: string;
    readonly correlationId?: string | undefined;
    readonly taskToken?: string | undefined;
}

/** Sends a message away that the function of that name cannot read; whether it was taken. */
export type Bury = (sighting: Sighting, by: string) => Promise<boolean>;

/** A sighting of what is not known any better. */
export function sighted(known: Partial<Sighting> = {}): Sighting {
    const correlationId = traceOf(process.env["_X_AMZN_TRACE_ID"]);
    return { receiveCount: 1, ageMs: 0, outcome: "failed", bodySha256: "", correlationId, ...known };
}

/** The id of an X-Ray trace, from the header that AWS's services hand on with it. */
export function traceOf(header: string | undefined): string | undefined {
    const parts = (header ?? "").split(";").map((part) => part.split("="));
    return parts.find(([name]) => name === "Root")?.[1];
}

/** The log and the metrics of one function. */
export class Outcomes {
    readonly #function: string;
    readonly #logger: Logger;
    readonly #metrics: Metrics;

    constructor(topology: string, name: string) {
        this.#function = name;
        this.#logger = new Logger({ serviceName: name, jsonReplacerFn: withNulls });
        this.#metrics = new Metrics({ namespace: topology, serviceName: name });
        this.#metrics.clearDefaultDimensions();
        this.#metrics.setDefaultDimensions({ function: name });
    }

    /**
     * Do the work and report what becomes of the message; errors pass through.
     *
     * A message that cannot be read is buried, where there is a place for it: then it is done.
     */
    async observed(sighting: Sighting, work: () => Promise<Outcome>, bury?: Bury): Promise<void> {
        try {
            sighting.outcome = await work();
        } catch (error) {
            sighting.outcome = "failed";
            sighting.error = describe(error);
            const unread = error instanceof MessageError && sighting.accepted !== true;
            if (unread && bury !== undefined && (await bury(sighting, this.#function))) {
                sighting.outcome = "poison";
                this.report(sighting);
                return;
            }
            const stack = error instanceof Error && !(error instanceof MessageError) ? error.stack : undefined;
            this.report(sighting, stack);
            throw error;
        }
        this.report(sighting);
    }

    /** Write a message's log line and count it. */
    report(sighting: Sighting, stack?: string): void {
        const line = {
            message: sighting.message ?? "",
            penstock: "record",
            function: this.#function,
            queue: sighting.queue,
            key: sighting.key,
            receive_count: sighting.receiveCount,
            age_ms: sighting.ageMs,
            outcome: sighting.outcome,
            error: sighting.error,
            body_sha256: sighting.bodySha256,
            correlation_id: sighting.correlationId,
            ...(stack === undefined ? {} : { exception: stack }),
        };
        if (sighting.outcome === "failed" || sighting.outcome === "poison") this.#logger.error(line);
        else this.#logger.info(line);
        this.#metrics.addMetric(METRICS[sighting.outcome], MetricUnit.Count, 1);
        if (sighting.queue !== undefined) {
            this.#metrics.addMetric("MessageAge", MetricUnit.Milliseconds, sighting.ageMs);
            this.#metrics.addMetric("ReceiveCount", MetricUnit.Count, sighting.receiveCount);
        }
    }

    /** Write the metrics of this invocation, if there are any. */
    flush(): void {
        if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
    }
}

/** SHA-256 of a payload's text. */
export function digest(text: string): string {
    return createHash("sha256").update(text, "utf8").digest("hex");
}

/** The value at a path into a payload, as text: what makes two copies the same fact. */
export function keyAt(data: unknown, path: readonly string[]): string {
    const value = valueAt(data, path);
    if (value === undefined || value === null || value === "") {
        throw new MessageError(path.join("."), "has no value, and is the idempotency key");
    }
    return typeof value === "string" ? value : canonical(value);
}

/** As keyAt, for a function that only logs the key. */
export function keyOrNone(data: unknown, path: readonly string[]): string | undefined {
    try {
        return keyAt(data, path);
    } catch {
        return undefined;
    }
}

/** The value at a path into a payload. */
export function valueAt(data: unknown, path: readonly string[]): unknown {
    let value = data;
    for (const name of path) value = isObject(value) ? own(value, name) : undefined;
    return value;
}

/** How long ago something was sent; 0 where that is not known. */
export function ageMs(sentMs: number): number {
    return Number.isFinite(sentMs) ? Math.max(Math.trunc(Date.now() - sentMs), 0) : 0;
}

/** An error as one line of text. */
export function describe(error: unknown): string {
    const name = error instanceof Error ? errorName(error) : typeof error;
    const text = (error instanceof Error ? error.message : String(error)).split(/\s+/).join(" ").trim();
    return text === "" ? name : `${name}: ${text}`;
}

function errorName(error: Error): string {
    return error.name === "Error" ? error.constructor.name : error.name;
}

/** The line of a record says null where the logger would leave out. */
function withNulls(key: string, value: unknown): unknown {
    if (key !== "" || !isObject(value) || value["penstock"] !== "record") return value;
    const line: Record<string, unknown> = { ...value };
    for (const each of NULLS) line[each] = value[each] ?? null;
    if (line["message"] === "") line["message"] = null;
    return line;
}
