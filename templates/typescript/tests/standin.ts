/**
 * A stand-in for AWS on this machine: what the SDK sends is answered here.
 *
 * It takes every call. Tables hold items, and buckets objects; put, get, update (SET, ADD,
 * REMOVE), delete and transactions work, with their conditions. A query or a scan finds
 * nothing, and whatever else is asked gets an empty answer, unless `answers` has another.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { changed, holds, type Item, type Write } from "./expressions.js";

/** The parameters of a call; those of SNS are flat, as it gets them. */
export type Given = Readonly<Record<string, unknown>>;
/** What is answered: JSON, XML where the service has that, or bytes. */
export type Answer = Given | string | Uint8Array;
export type Answering = (given: Given) => Answer;

/** One call: its name, such as `sqs.SendMessage`, and its parameters. */
export interface Call {
    readonly name: string;
    readonly given: Given;
}

/** An answer that is an error; throw it in an answer of your own to have a call fail. */
export class Refusal extends Error {
    override readonly name = "Refusal";
    readonly status: number;
    readonly answer: Given;

    constructor(code: string, more: Given = {}) {
        super(code);
        this.status = code.startsWith("Internal") ? 500 : 400;
        this.answer = { __type: code, message: code, ...more };
    }
}

type Writes = Readonly<Record<string, Write>>;
interface Requests {
    readonly RequestItems: Readonly<Record<string, readonly Writes[]>>;
}

const READING = /^(dynamodb\.(BatchGet|Get|Query|Scan)|s3\.(Get|Head|List))/;
const NONE = { Items: [], Count: 0, ScannedCount: 0 };
const OURS = "penstock.";

/** The stand-in for AWS. */
export class Aws {
    readonly calls: Call[] = [];
    readonly answers = new Map<string, Answer | Answering>();
    readonly items = new Map<string, Item>();
    readonly objects = new Map<string, Uint8Array>();
    readonly #tables: Readonly<Record<string, readonly string[]>>;
    readonly #remembering: readonly string[];
    readonly #known: ReadonlyMap<string, Answering>;
    readonly #server: Server;

    constructor(tables: Readonly<Record<string, readonly string[]>> = {}, remembering: readonly string[] = []) {
        this.#tables = tables;
        this.#remembering = remembering;
        this.#known = new Map([...SENDING, ...this.#storing()]);
        this.#server = createServer((request, response) => {
            void this.#serve(request, response);
        });
    }

    /** Begin to listen; the address. */
    async open(): Promise<string> {
        await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
        return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    }

    async close(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((closed) => this.#server.close(closed));
    }

    /** The parameters of all calls of an operation, as `sqs.SendMessage`. */
    called(operation: string): Given[] {
        return this.calls.filter(({ name }) => name === operation).map(({ given }) => given);
    }

    /**
     * What was called, without reads and without what is no work of yours.
     *
     * That is what remembers that a message was seen, and what buries one.
     */
    get effects(): Call[] {
        return this.calls.filter(({ name, given }) => {
            const ours = this.#remembering.includes(String(given["TableName"]));
            return !ours && !READING.test(name) && told(given) === undefined;
        });
    }

    /** What was told of each message that went to the dead letters, as `penstock.reason`. */
    get buried(): Readonly<Record<string, string>>[] {
        const letters = this.called("sqs.SendMessage").map(told);
        return letters.filter((each) => each !== undefined);
    }

    /** An item of a table by its key, in the notation of DynamoDB. */
    item(table: string, key: Item): Item | undefined {
        return this.items.get(this.#place(table, key));
    }

    async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        const call = callOf(request, Buffer.concat(parts));
        this.calls.push(call);
        const [status, answer] = this.#said(call);
        const raw = typeof answer === "string" || answer instanceof Uint8Array;
        response.writeHead(status, { "Content-Type": raw ? "application/xml" : "application/x-amz-json-1.0" });
        response.end(raw ? answer : JSON.stringify(answer));
    }

    #said(call: Call): readonly [number, Answer] {
        try {
            return [200, this.#say(call)];
        } catch (error) {
            const refusal = error instanceof Refusal ? error : new Refusal("InternalFailure", { message: String(error) });
            return [refusal.status, refusal.answer];
        }
    }

    #say({ name, given }: Call): Answer {
        const answer = this.answers.get(name) ?? this.#known.get(name) ?? (name.startsWith("s3.") ? "" : {});
        return typeof answer === "function" ? answer(given) : answer;
    }

    #storing(): [string, Answering][] {
        const put = (write: Write): Given => this.#write(write, write.Item);
        const remove = (write: Write): Given => this.#write(write, undefined);
        const update = (write: Write): Given => {
            const place = this.#place(write.TableName, write.Key ?? {});
            const item = changed(this.items.get(place) ?? write.Key ?? {}, write);
            this.#write(write, item);
            return write.ReturnValues === undefined ? {} : { Attributes: item };
        };
        const does = new Map(Object.entries({ Put: put, Update: update, Delete: remove }));
        return [
            ["dynamodb.PutItem", (given) => put(given as unknown as Write)],
            ["dynamodb.UpdateItem", (given) => update(given as unknown as Write)],
            ["dynamodb.DeleteItem", (given) => remove(given as unknown as Write)],
            ["dynamodb.GetItem", (given) => this.#got(given as unknown as Write)],
            ["dynamodb.TransactWriteItems", ({ TransactItems: writes }) => this.#together(writes as Writes[], does)],
            ["dynamodb.BatchWriteItem", (given) => this.#many(given as unknown as Requests, put, remove)],
            ["dynamodb.BatchGetItem", () => ({ Responses: {}, UnprocessedKeys: {} })],
            ["dynamodb.Query", () => NONE],
            ["dynamodb.Scan", () => NONE],
            ["s3.PutObject", (given) => this.#keep(given)],
            ["s3.GetObject", (given) => this.#kept(given)],
        ];
    }

    #keep({ Key: key, Body: body }: Given): string {
        this.objects.set(String(key), body as Uint8Array);
        return "";
    }

    #kept({ Key: key }: Given): Uint8Array {
        const found = this.objects.get(String(key));
        if (found === undefined) throw new Refusal("NoSuchKey");
        return found;
    }

    #place(table: string, item: Item): string {
        const names = this.#tables[table] ?? Object.keys(item).sort();
        return JSON.stringify([table, ...names.map((name) => item[name] ?? null)]);
    }

    #got(given: Write): Given {
        const item = this.items.get(this.#place(given.TableName, given.Key ?? {}));
        return item === undefined ? {} : { Item: item };
    }

    /** Have an item stand in the place of the one that was there, if the condition holds. */
    #write(write: Write, item: Item | undefined): Given {
        this.#check(write);
        const place = this.#place(write.TableName, write.Item ?? write.Key ?? {});
        if (item === undefined) this.items.delete(place);
        else this.items.set(place, item);
        return {};
    }

    #many(given: Requests, put: (write: Write) => Given, remove: (write: Write) => Given): Given {
        for (const [TableName, requests] of Object.entries(given.RequestItems)) {
            for (const { PutRequest: added, DeleteRequest: removed } of requests) {
                if (added !== undefined) put({ ...added, TableName });
                if (removed !== undefined) remove({ ...removed, TableName });
            }
        }
        return { UnprocessedItems: {} };
    }

    #together(writes: readonly Writes[], does: ReadonlyMap<string, (write: Write) => Given>): Given {
        const all = writes.flatMap((each) => Object.entries(each));
        const reasons = all.map(([, write]) => ({ Code: this.#fits(write) ? "None" : "ConditionalCheckFailed" }));
        if (reasons.some(({ Code: code }) => code !== "None")) {
            throw new Refusal("TransactionCanceledException", { CancellationReasons: reasons });
        }
        for (const [word, write] of all) does.get(word)?.(write);
        return {};
    }

    #fits(write: Write): boolean {
        return holds(write, this.items.get(this.#place(write.TableName, write.Item ?? write.Key ?? {})) ?? {});
    }

    /** Refuse what its condition refuses. */
    #check(write: Write): void {
        if (this.#fits(write)) return;
        const item = this.items.get(this.#place(write.TableName, write.Item ?? write.Key ?? {}));
        const told = write.ReturnValuesOnConditionCheckFailure === undefined ? {} : { Item: item };
        throw new Refusal("ConditionalCheckFailedException", told);
    }
}

const md5 = (text: unknown): string => createHash("md5").update(String(text)).digest("hex"); // which the SDK compares

const EVENT = { EventId: "1" };
const RECORD = { SequenceNumber: "1", ShardId: "1" };
const STARTED = { executionArn: "arn:aws:states:eu-central-1:111122223333:execution:1", startDate: 1 };
const PUBLISHED = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
/** What senders are answered: all was taken. */
const SENDING: readonly [string, Answering][] = [
    ["events.PutEvents", ({ Entries: sent }) => ({ FailedEntryCount: 0, Entries: listed(sent).map(() => EVENT) })],
    ["kinesis.PutRecord", () => RECORD],
    ["kinesis.PutRecords", ({ Records: sent }) => ({ FailedRecordCount: 0, Records: listed(sent).map(() => RECORD) })],
    ["sns.Publish", () => PUBLISHED],
    ["sns.PublishBatch", () => "<PublishBatchResponse><PublishBatchResult></PublishBatchResult></PublishBatchResponse>"],
    ["sqs.SendMessage", (given) => ({ MessageId: "1", MD5OfMessageBody: md5(given["MessageBody"]) })],
    ["sqs.SendMessageBatch", (given) => ({ Failed: [], Successful: listed(given["Entries"]).map(taken) })],
    ["states.StartExecution", () => STARTED],
];

function listed(value: unknown): Given[] {
    return Array.isArray(value) ? (value as Given[]) : [];
}

function taken(entry: Given): Given {
    return { Id: entry["Id"], MessageId: "1", MD5OfMessageBody: md5(entry["MessageBody"]) };
}

/** What a request calls: its service stands in its signature. */
function callOf(request: IncomingMessage, body: Buffer): Call {
    const service = /Credential=[^,]*\/([^/,]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "aws";
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target !== "") {
        return { name: `${service}.${target.split(".").at(-1) ?? ""}`, given: JSON.parse(body.toString()) as Given };
    }
    if (service === "s3") {
        const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "").slice(1);
        const word = `${(request.method ?? "").slice(0, 1)}${(request.method ?? "").slice(1).toLowerCase()}`;
        return { name: `s3.${word}Object`, given: { Key: path, Body: new Uint8Array(body) } };
    }
    const given = Object.fromEntries(new URLSearchParams(body.toString()));
    return { name: `${service}.${given["Action"] ?? `${request.method ?? ""} ${request.url ?? ""}`}`, given };
}

/** What a call says of a message that it buries. */
function told(given: Given): Readonly<Record<string, string>> | undefined {
    const attributes = Object.entries((given["MessageAttributes"] ?? {}) as Record<string, { StringValue?: string }>);
    const ours = attributes.filter(([name]) => name.startsWith(OURS));
    if (ours.length === 0) return undefined;
    return Object.fromEntries(ours.map(([name, each]) => [name, each.StringValue ?? ""]));
}
