/**
 * A pool of workers: each polls a queue, handles what it gets, and deletes what is done.
 *
 * Two processes work for each queue (PENSTOCK_WORKERS says another number), and one that ends
 * is started again. A worker receives no more than it works on, so what it has no time for
 * stays in the queue for others. On SIGTERM nothing new is received, what is in work is ended,
 * and what was received and not begun goes back at once; what takes longer than the task may
 * is ended by force, and comes again after its visibility timeout.
 */

import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

import {
    ChangeMessageVisibilityCommand,
    DeleteMessageCommand,
    type Message,
    ReceiveMessageCommand,
    SQSClient,
} from "@aws-sdk/client-sqs";

import { needed, patient } from "./clients.js";
import { describe } from "./outcomes.js";
import { isObject } from "./wire.js";

const LONGEST_PAUSE_MS = 20_000;

/** A queue that is polled: the variables with its URL and size of batch, and what is known of it. */
export interface Queue {
    readonly source: string;
    readonly batch: string;
    readonly size: number;
    readonly visibilityS: number;
    readonly fifo: boolean;
}

export type Queues = ReadonlyMap<string, Queue>;

/** The seconds that one message, a poll and the end of a task may take; and how many work for each queue. */
export interface Limits {
    readonly timeoutS: number;
    readonly waitS: number;
    readonly stopS: number;
    readonly workers: number;
}

/** What the handler asks of Lambda. */
interface Context {
    readonly awsRequestId: string;
    getRemainingTimeInMillis(): number;
}

interface Entry {
    handler(event: unknown, context: Context): Promise<unknown>;
}

/** Be the pool or, with a queue's name among the arguments of the process, one of its workers; the exit code. */
export async function work(file: string, entry: Entry, queues: Queues, limits: Limits): Promise<number> {
    const name = process.argv[2];
    if (name === undefined) {
        const each = Math.max(numberOf("PENSTOCK_WORKERS", limits.workers), 1);
        const names = [...queues.keys()].flatMap((queue) => Array.from({ length: each }, () => queue));
        return new Pool(file, names, limits.stopS).run();
    }
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`there is no queue ${name} to poll`);
    return new Worker(queue, entry, limits).run();
}

/** One process that polls one queue. */
class Worker {
    readonly #queue: Queue;
    readonly #entry: Entry;
    readonly #timeoutMs: number;
    readonly #waitS: number;
    readonly #sqs: SQSClient;
    readonly #url: string;
    readonly #stopping = new AbortController();
    #stuck = false;

    constructor(queue: Queue, entry: Entry, limits: Limits) {
        this.#queue = queue;
        this.#entry = entry;
        this.#timeoutMs = 1000 * numberOf("PENSTOCK_PROCESSING_TIMEOUT", limits.timeoutS);
        this.#waitS = limits.waitS;
        this.#sqs = new SQSClient(patient(limits.waitS));
        this.#url = needed(queue.source);
    }

    /** Receive and handle until it is told to stop, or a message is stuck, which only the end of the process ends. */
    async run(): Promise<number> {
        const stop = (): void => {
            this.#stopping.abort();
        };
        process.on("SIGTERM", stop).on("SIGINT", () => undefined).on("disconnect", stop);
        let failures = 0;
        while (!this.#ending) {
            let messages: readonly Message[];
            try {
                messages = await this.#receive();
                failures = 0;
            } catch (error) {
                failures += 1;
                console.error(`cannot receive: ${describe(error)}`);
                await this.#rest(failures);
                continue;
            }
            await this.#work(messages);
        }
        return this.#stuck ? 1 : 0;
    }

    get #ending(): boolean {
        return this.#stuck || this.#stopping.signal.aborted;
    }

    /** Wait any time up to a bound that doubles with each failure. */
    async #rest(failures: number): Promise<void> {
        const bound = Math.min(LONGEST_PAUSE_MS, 200 * 2 ** failures);
        await wait(Math.random() * bound, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }

    async #receive(): Promise<readonly Message[]> {
        const answer = await this.#sqs.send(
            new ReceiveMessageCommand({
                QueueUrl: this.#url,
                MaxNumberOfMessages: Math.min(numberOf(this.#queue.batch, this.#queue.size), 10),
                WaitTimeSeconds: this.#waitS,
                MessageSystemAttributeNames: ["All"],
                MessageAttributeNames: ["All"],
            }),
        );
        return answer.Messages ?? [];
    }

    /**
     * Handle one after the other, and delete each that is done; hide those that are left.
     *
     * In a FIFO queue nothing of a group is handled after one that failed.
     */
    async #work(messages: readonly Message[]): Promise<void> {
        const left = new Set(messages);
        const failed = new Set<string>();
        const still = this.#beating(left);
        for (const message of messages) {
            const group = message.Attributes?.MessageGroupId ?? "";
            if (this.#ending || failed.has(group)) continue;
            const done = await this.#handle(message);
            left.delete(message);
            if (done) await this.#tell(message);
            else if (this.#queue.fifo) failed.add(group);
        }
        await still();
        if (this.#ending) for (const message of left) await this.#tell(message, 0);
    }

    /** Whether a message is done; why it is not is in the log. */
    async #handle(message: Message): Promise<boolean> {
        const end = Date.now() + this.#timeoutMs;
        const context = { awsRequestId: "", getRemainingTimeInMillis: () => Math.max(end - Date.now(), 0) };
        const late = new AbortController();
        try {
            const answer = await Promise.race([
                this.#entry.handler({ Records: [recordOf(message, this.#url)] }, context),
                wait(this.#timeoutMs, this, { signal: late.signal }),
            ]);
            if (answer === this) {
                this.#stuck = true;
                console.error(`not handled: after ${String(this.#timeoutMs / 1000)} s, so this worker ends`);
                return false;
            }
            const failures = isObject(answer) ? answer["batchItemFailures"] : undefined;
            return !Array.isArray(failures) || failures.length === 0;
        } catch (error) {
            console.error(`not handled: ${describe(error)}`);
            return false;
        } finally {
            late.abort();
        }
    }

    /** Hide what is in work, and what waits for it, again and again until what is returned is called. */
    #beating(left: ReadonlySet<Message>): () => Promise<void> {
        const beatMs = 1000 * numberOf("PENSTOCK_HEARTBEAT", 0);
        if (beatMs === 0) return () => Promise.resolve();
        const end = Date.now() + this.#timeoutMs * Math.max(left.size, 1);
        let told: Promise<unknown> = Promise.resolve();
        const beat = setInterval(() => {
            if (Date.now() > end) return;
            told = Promise.all([told, ...[...left].map((message) => this.#tell(message, this.#queue.visibilityS))]);
        }, beatMs);
        return async () => {
            clearInterval(beat);
            await told;
        };
    }

    /** Tell the queue that a message is done, or for how long it is hidden. Unheard it comes again, which the handler must bear. */
    async #tell(message: Message, hiddenS?: number): Promise<void> {
        const named = { QueueUrl: this.#url, ReceiptHandle: message.ReceiptHandle };
        try {
            if (hiddenS === undefined) await this.#sqs.send(new DeleteMessageCommand(named));
            else await this.#sqs.send(new ChangeMessageVisibilityCommand({ ...named, VisibilityTimeout: hiddenS }));
        } catch (error) {
            console.error(`${hiddenS === undefined ? "not deleted" : "not hidden"}: ${describe(error)}`);
        }
    }
}

/** A message as Lambda would have it. */
function recordOf(message: Message, url: string): Record<string, unknown> {
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, each]) => [
        name,
        {
            dataType: each.DataType,
            stringValue: each.StringValue,
            binaryValue: each.BinaryValue && Buffer.from(each.BinaryValue).toString("base64"),
        },
    ]);
    return {
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes ?? {},
        messageAttributes: Object.fromEntries(attributes) as Record<string, unknown>,
        md5OfBody: message.MD5OfBody ?? "",
        eventSource: "aws:sqs",
        eventSourceARN: url,
        awsRegion: process.env["AWS_REGION"] ?? "",
    };
}

function numberOf(variable: string, otherwise: number): number {
    return Number(process.env[variable] ?? otherwise);
}

/** The workers, started again when they end, and ended when the task is. */
class Pool {
    readonly #file: string;
    readonly #names: readonly string[];
    readonly #stopS: number;
    readonly #running = new Set<ChildProcess>();
    readonly #stopping = new AbortController();

    constructor(file: string, names: readonly string[], stopS: number) {
        this.#file = file;
        this.#names = names;
        this.#stopS = stopS;
    }

    /** Keep all of them running until SIGTERM; the exit code. */
    async run(): Promise<number> {
        const stop = (): void => {
            this.#stopping.abort();
        };
        process.on("SIGTERM", stop).on("SIGINT", stop);
        const ended = Promise.all(this.#names.map((name) => this.#keep(name)));
        await new Promise((resolve) => {
            this.#stopping.signal.addEventListener("abort", resolve);
        });
        for (const child of this.#running) child.kill("SIGTERM");
        const late = setTimeout(() => {
            for (const child of this.#running) child.kill("SIGKILL");
        }, 1000 * Math.max(this.#stopS - 2, 1));
        await ended;
        clearTimeout(late);
        return 0;
    }

    /** Run one worker after the other until all are to stop; one that ends is followed after a second. */
    async #keep(name: string): Promise<void> {
        const { signal } = this.#stopping;
        do {
            const how = await this.#once(name);
            if (!signal.aborted) {
                console.error(`a worker ended with ${how}`);
                await wait(1000, undefined, { signal }).catch(() => undefined);
            }
        } while (!signal.aborted);
    }

    /** Run a worker; how it ended. */
    async #once(name: string): Promise<string> {
        const child = fork(this.#file, [name]);
        this.#running.add(child);
        const how = await new Promise<string>((resolve) => {
            child.on("exit", (code, by) => {
                resolve(String(code ?? by));
            });
        });
        this.#running.delete(child);
        return how;
    }
}
