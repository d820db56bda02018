/**
 * Handles invocations that carry one message: by a topic or a bus, or by a sender that
 * waits for nothing, such as a schedule, whose event is the payload.
 *
 * What fails is thrown: then Lambda invokes the function with the same message again, as
 * often as the topology says, and gives it up after that. What a topic or a bus brings and
 * nobody can read goes at once where Lambda sends what it gives up, if that is a queue.
 */

import { dispatch } from "./dispatching.js";
import { messageName, ofInvocation, valueOf } from "./envelopes.js";
import { failedRecord, type Letter } from "./letters.js";
import { ageMs, digest, type Handles, type Outcome, type Outcomes, type Sighting, sighted } from "./outcomes.js";
import type { DeadLetters } from "./poison.js";
import { canonical, isObject, type Json } from "./wire.js";

/** What invokes the function, in words, and which messages it can bring. */
export interface Channel {
    readonly where: string;
    readonly messages: readonly string[];
    readonly detailTypes?: ReadonlyMap<string, string>;
    readonly wrapped?: boolean;
    readonly deadLetters?: DeadLetters;
}

/** Whether a topic or a bus invokes the function, and not a queue's poller. */
export function isDirect(event: unknown): boolean {
    return isObject(event) && ("detail-type" in event || "Sns" in firstRecord(event));
}

/** Whether the event is a message itself, and no batch of records. */
export function isPayload(event: unknown): boolean {
    return !isObject(event) || !("Records" in event);
}

/** Hand the message over; an error passes through, for Lambda to try again. */
export async function accept(event: unknown, channel: Channel, handles: Handles, outcomes: Outcomes): Promise<null> {
    const sighting = sighted({ ageMs: isObject(event) ? ageMs(sentAt(event)) : 0 });
    const work = async (): Promise<Outcome> => {
        const payload = ofInvocation(event, channel.where, channel.wrapped ?? false, channel.detailTypes);
        sighting.bodySha256 = digest(payload.text);
        const name = messageName(payload, channel.messages, channel.where);
        sighting.message = name;
        return dispatch(handles, name, valueOf(payload), sighting);
    };
    await outcomes.observed(sighting, work, channel.deadLetters?.bury((seen) => letterOf(event, channel, seen)));
    return null;
}

/** Hand the message over that the function was invoked with. */
export async function invoked(event: unknown, message: string, handles: Handles, outcomes: Outcomes): Promise<null> {
    const sighting = sighted({ message, bodySha256: digest(canonical(event)) });
    await outcomes.observed(sighting, () => dispatch(handles, message, event, sighting));
    return null;
}

/** An invocation for the dead letters; topics and buses give what they send an id. */
function letterOf(event: unknown, channel: Channel, sighting: Sighting): Letter {
    const json = isObject(event) ? event : {};
    const sns = firstRecord(json)["Sns"];
    const ident = json["id"] ?? (isObject(sns) ? sns["MessageId"] : undefined);
    const body = failedRecord(sighting, { requestPayload: event });
    return { body, ident: typeof ident === "string" ? ident : "", source: channel.where };
}

function firstRecord(event: Json): Json {
    const records: unknown = event["Records"];
    const first: unknown = Array.isArray(records) ? records[0] : undefined;
    return isObject(first) ? first : {};
}

/** When the message was sent, in milliseconds. */
function sentAt(event: Json): number {
    const sns = firstRecord(event)["Sns"];
    const sent = event["time"] ?? (isObject(sns) ? sns["Timestamp"] : undefined);
    return typeof sent === "string" ? Date.parse(sent) : NaN;
}
