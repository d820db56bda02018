/**
 * Takes the payload of a message out of the wrapping that it arrived in.
 *
 * A queue's record carries the payload itself (from a function, an api, or a topic with raw
 * delivery), a notification (from a topic), an event (from a bus), or Lambda's record of an
 * invocation that it gave up. Topics and buses that invoke a function hand over the same.
 * Pipes and rules have no attributes for the contract's name, so what they bring is
 * wrapped: `message` with the name and `data` with the payload, or `image` with a table's
 * item in DynamoDB's notation. It may lie in a record itself, or in a notification or event.
 */

import { canonical, isObject, type Json, MessageError, own, parse } from "./wire.js";

export type Envelope = "direct" | "notification" | "event" | "wrapped" | "invocation";

/** A record is not wrapped as any sender wraps it, or names no message. */
export class EnvelopeError extends MessageError {
    override readonly name = "EnvelopeError";

    constructor(problem: string) {
        super("", problem);
    }
}

/** A payload as it came, and the name that its sender gave it. */
export interface Payload {
    readonly text: string;
    readonly name: string | undefined;
    readonly data?: unknown;
}

/** A queue's record, as far as it is looked at. */
export interface QueueRecord {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly messageAttributes?: unknown;
}

/** What can arrive from a queue. */
export interface Arriving {
    readonly queue: string;
    readonly envelopes: readonly Envelope[];
    readonly detailTypes?: ReadonlyMap<string, string>;
}

/** The payload as a JSON value. */
export function valueOf(payload: Payload): unknown {
    return payload.data === undefined ? parse(payload.text) : payload.data;
}

/**
 * The payload of an SQS record.
 *
 * The attribute `message` on the record itself says that the body is the payload. Without it
 * the body tells, unless only one wrapping is possible.
 */
export function unwrap(record: QueueRecord, source: Arriving): Payload {
    const { body } = record;
    const name = textAttribute(record.messageAttributes, "message");
    const can = (envelope: Envelope): boolean => source.envelopes.includes(envelope);
    if (can("direct") && (name !== undefined || source.envelopes.length === 1)) return { text: body, name };
    const outer = parsed(body);
    const wrapped = can("wrapped");
    if (can("notification") && isNotification(outer)) return inner(notification(outer), wrapped);
    if (can("event") && isEvent(outer)) return inner(event(outer, source.detailTypes), wrapped);
    if (can("invocation") && "requestPayload" in outer) {
        return ofInvocation(outer["requestPayload"], where(source.queue), wrapped, source.detailTypes);
    }
    if (wrapped && isWrapped(outer)) return opened(outer);
    if (can("direct")) return { text: body, name };
    throw new EnvelopeError(`the record of ${where(source.queue)} is no ${source.envelopes.join(" or ")}`);
}

/** The payload of what a topic or a bus invokes a function with; SNS sends one record. */
export function ofInvocation(
    invocation: unknown,
    from: string,
    wrapped: boolean,
    detailTypes?: ReadonlyMap<string, string>,
): Payload {
    const body = isObject(invocation) ? invocation : {};
    if (isEvent(body)) return inner(event(body, detailTypes), wrapped);
    const records: unknown = body["Records"];
    const first: unknown = Array.isArray(records) && records.length === 1 ? records[0] : undefined;
    const said = isObject(first) ? first["Sns"] : undefined;
    if (isObject(said) && isNotification(said)) return inner(notification(said), wrapped);
    throw new EnvelopeError(`the invocation by ${from} is no notification or event`);
}

/** The contract's name; without one, the only message that can come from there. */
export function messageName(payload: Payload, messages: readonly string[], from: string): string {
    const { name } = payload;
    if (name !== undefined && messages.includes(name)) return name;
    const known = messages.join(", ") || "none";
    if (name !== undefined) {
        const shown = `message '${name.slice(0, 80)}' is none of those that ${from} carries`;
        throw new EnvelopeError(`${shown}: ${known}`);
    }
    const [only] = messages;
    if (only !== undefined && messages.length === 1) return only;
    throw new EnvelopeError(`the attribute 'message' is missing, and ${from} does not carry one message alone: ${known}`);
}

/** The payload that is wrapped with its contract's name. */
export function opened(wrapped: Json): Payload {
    const image = wrapped["image"];
    const data = "data" in wrapped ? wrapped["data"] : item(isObject(image) ? image : {});
    return { text: canonical(data), name: String(wrapped["message"]), data };
}

/** An item in DynamoDB's notation as a JSON object. Sets become lists; binary data stays text in base64. */
export function item(image: Json): Json {
    return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, attributeValue(value)]));
}

/** How errors name a queue. */
export function where(queue: string): string {
    return `queue '${queue}'`;
}

/** The text of a message attribute, of a queue's record or of a notification. */
export function textAttribute(attributes: unknown, name: string, key = "stringValue"): string | undefined {
    const entry = isObject(attributes) ? own(attributes, name) : undefined;
    const value = isObject(entry) ? own(entry, key) : undefined;
    return typeof value === "string" ? value : undefined;
}

function attributeValue(value: unknown): unknown {
    const [entry] = isObject(value) ? Object.entries(value) : [];
    if (entry === undefined) return null;
    const [type, content] = entry;
    switch (type) {
        case "M":
            return isObject(content) ? item(content) : {};
        case "L":
            return Array.isArray(content) ? content.map(attributeValue) : [];
        case "N":
            return Number(content);
        case "NS":
            return Array.isArray(content) ? content.map(Number) : [];
        case "NULL":
            return null;
        default:
            return content;
    }
}

/** What lies in a notification or an event: the payload, or one that is wrapped again. */
function inner(payload: Payload, wrapped: boolean): Payload {
    if (!wrapped) return payload;
    const value = payload.data === undefined ? parsed(payload.text) : payload.data;
    return isWrapped(value) ? opened(value) : payload;
}

/** The body as a JSON object; anything else is an empty one. */
function parsed(body: string): Json {
    try {
        const value = parse(body);
        return isObject(value) ? value : {};
    } catch {
        return {};
    }
}

function isNotification(body: Json): boolean {
    return body["Type"] === "Notification" && typeof body["Message"] === "string";
}

function isEvent(body: Json): boolean {
    return typeof body["detail-type"] === "string" && "source" in body && "detail" in body;
}

function isWrapped(body: unknown): body is Json {
    if (!isObject(body) || Object.keys(body).length !== 2 || !("message" in body)) return false;
    return "data" in body || "image" in body;
}

/** The message of a notification; its attribute `message` says which contract it is. */
function notification(body: Json): Payload {
    return { text: String(body["Message"]), name: textAttribute(body["MessageAttributes"], "message", "Value") };
}

/** The detail of an event; its detail-type says which contract it is. */
function event(body: Json, detailTypes?: ReadonlyMap<string, string>): Payload {
    const type = String(body["detail-type"]);
    const data = body["detail"];
    return { text: canonical(data), name: detailTypes?.get(type) ?? type, data };
}
