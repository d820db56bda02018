/**
 * Runs the built functions in this process, on sample events, with a stand-in for AWS.
 *
 *     void test("what it does", async (context) => {
 *         const consumer = await started("fulfil", context);
 *         await consumer.handles(event);
 *         assert.equal(consumer.aws.called("dynamodb.PutItem").length, 1);
 *     });
 *
 * The module `standin` says what the stand-in can do. Another answer than its own is set with
 * `consumer.aws.answers.set("sqs.ReceiveMessage", {...})`, also as a function of the parameters.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { Aws } from "./standin.js";

/** What an event shows: `duplicate` is what comes when `valid` is delivered once more. */
export type Kind = "valid" | "duplicate" | "poison" | "batch";

/** What a consumer gets: `first` is what came before, for one that is delivered again. */
export interface Sample {
    readonly name: string;
    readonly event: unknown;
    readonly first: unknown;
    /** The messages of it that are poison, as the function names them in its answer. */
    readonly bad: readonly string[];
}

/** What ends with a test, as the context of `node:test` has it. */
export interface Ending {
    after(work: () => Promise<void>): void;
}

interface Settings {
    readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly tables: Readonly<Record<string, readonly string[]>>;
    readonly remembering: readonly string[];
}

type Samples = Readonly<Partial<Record<Kind, unknown>>> & {
    readonly message: string;
    readonly source: string;
    readonly bad: Readonly<Record<string, readonly string[]>>;
};

/** The line that the function logs of a message. */
interface Line {
    readonly penstock?: string;
    readonly outcome?: string;
    readonly error?: string | null;
    readonly exception?: string;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const FIXED = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-central-1",
    AWS_EC2_METADATA_DISABLED: "true",
    POWERTOOLS_LOG_LEVEL: "INFO",
    POWERTOOLS_DEV: "false",
};
const CONTEXT = {
    functionName: "function",
    memoryLimitInMB: "128",
    invokedFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:function",
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    getRemainingTimeInMillis: (): number => 60_000,
};
const QUEUES = "https://sqs.";

let starts = 0;

/** All sample events of a kind: one for each message and each way on which it comes. */
export function events(consumer: string, kind: Kind): Sample[] {
    const found = read(`tests/events/${consumer}.json`) as readonly Samples[];
    return found
        .filter((each) => kind in each)
        .map((each) => ({
            name: `${each.message} from ${each.source}`,
            event: each[kind],
            first: each.valid,
            bad: each.bad[kind] ?? [],
        }));
}

/** A function, loaded anew and with the variables that it is deployed with, until the test ends. */
export async function started(name: string, ending: Ending): Promise<Consumer> {
    const settings = read("tests/settings.json") as Settings;
    const aws = new Aws(settings.tables, settings.remembering);
    const address = await aws.open();
    const before = { ...process.env };
    ending.after(async () => {
        for (const variable of Object.keys(process.env)) Reflect.deleteProperty(process.env, variable);
        Object.assign(process.env, before);
        await aws.close();
    });
    const given = Object.entries(settings.environment[name] ?? {});
    const variables = given.map(([variable, value]) => [variable, served(value, address)] as const);
    Object.assign(process.env, Object.fromEntries(variables), FIXED, { AWS_ENDPOINT_URL: address });
    starts += 1;
    const url = `${pathToFileURL(resolve("dist", name, "handler.mjs")).href}?${String(starts)}`;
    const { handler } = (await import(url)) as { readonly handler: Handler };
    return new Consumer(handler, aws);
}

/** One function that was built, ready to be invoked. */
export class Consumer {
    readonly aws: Aws;
    /** What went wrong with each message of the last event. */
    readonly errors: Error[] = [];
    readonly #handler: Handler;
    #told = 0;

    constructor(handler: Handler, aws: Aws) {
        this.#handler = handler;
        this.aws = aws;
    }

    /** What the function answers. */
    async invoke(event: unknown): Promise<unknown> {
        this.errors.length = 0;
        this.#told = 0;
        const ends = [process.stdout, process.stderr].map((stream) => this.#listen(stream));
        try {
            return await this.#handler(structuredClone(event), CONTEXT);
        } finally {
            for (const end of ends) end();
        }
    }

    /** Every message of the event is handled; what your code throws is thrown here. */
    async handles(event: unknown): Promise<unknown> {
        const answer = await this.invoke(event);
        if (this.errors[0] !== undefined) throw this.errors[0];
        assert.notEqual(this.#told, 0, "there was no message in the event");
        return answer;
    }

    /**
     * The bad messages of the event are refused, and those alone, before your code sees them.
     *
     * They go to the dead letters, where the function has a queue for them; else a queue or a
     * stream is told which of them failed. A request is answered with 400. Whatever else
     * invokes the function gets the error.
     */
    async refuses(sample: Sample): Promise<void> {
        let answer: { statusCode?: number; batchItemFailures?: { itemIdentifier: string }[] } | null | undefined;
        let thrown: unknown;
        try {
            answer = (await this.invoke(sample.event)) as typeof answer;
        } catch (error) {
            thrown = error ?? new Error("nothing was thrown");
        }
        const other = this.errors.find((each) => each.name !== "MessageError");
        if (other !== undefined) throw other;
        if (this.errors.length === 0 && thrown !== undefined) throw thrown as Error;
        assert.notEqual(this.errors.length, 0, "nothing was refused");
        if (thrown !== undefined || answer?.statusCode === 400) return;
        const left = (answer?.batchItemFailures ?? []).map((each) => each.itemIdentifier);
        const buried = this.aws.buried.map((told) => told["penstock.message_id"] ?? "");
        if (sample.bad.length === 0 && left.length === 0) return;
        assert.deepEqual([...left, ...buried].sort(), [...sample.bad].sort());
    }

    /** Keep the lines that are about messages from a stream, and note what they say; what ends that. */
    #listen(stream: NodeJS.WriteStream): () => void {
        const write = stream.write.bind(stream);
        const noting = (...given: Parameters<typeof write>): boolean => this.#noted(given[0]) || write(...given);
        stream.write = noting as typeof stream.write;
        return () => {
            stream.write = write;
        };
    }

    /** Whether this was a line of the function's, about a message or with its metrics. */
    #noted(chunk: string | Uint8Array): boolean {
        const line = typeof chunk === "string" ? lineOf(chunk) : undefined;
        if (line?.penstock !== "record") return line !== undefined && "_aws" in line;
        this.#told += 1;
        const { outcome, error = null, exception } = line;
        const failed = outcome === "failed" || outcome === "poison";
        if (failed && error !== null && !error.startsWith("not tried: ")) this.errors.push(errorOf(error, exception));
        return true;
    }
}

/** The error that a line tells of. */
function errorOf(said: string, stack: string | undefined): Error {
    const error = new Error(said.slice(said.indexOf(": ") + 2));
    error.name = said.split(":")[0] ?? "Error";
    error.stack = stack ?? said;
    return error;
}

function lineOf(text: string): Line | undefined {
    try {
        const found: unknown = JSON.parse(text);
        return typeof found === "object" && found !== null ? found : undefined;
    } catch {
        return undefined;
    }
}

/** The value of a variable; SQS is called where a queue's URL says. */
function served(value: string, address: string): string {
    return value.startsWith(QUEUES) ? address + new URL(value).pathname : value;
}

function read(path: string): unknown {
    return JSON.parse(readFileSync(path, "utf8"));
}
