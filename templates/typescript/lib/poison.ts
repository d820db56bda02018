/**
 * Sends a message that cannot be read to its dead-letter queue at once, with the reason.
 *
 * It would fail at every delivery, so nothing is gained by another. Its own attributes stay;
 * those that begin with `penstock.` say why it is there and where it was: the reason, the
 * message's id, its source, the function, and how often it was received, if anybody counts
 * that. SQS takes ten attributes and a bounded size: where there is no room for all, the last
 * of them give way.
 *
 * What the queue does not take fails as any other message does, and comes again. Where SQS
 * cannot be reached, as from a VPC without a way to it, nothing more is sent for a minute, so
 * that the others of a batch have their time. Between the sending and the end of the delivery
 * the process may die: then a second copy is sent.
 */

import { SendMessageCommand, SQSClient, SQSServiceException } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { needed } from "./clients.js";
import type { Attribute, Letter } from "./letters.js";
import { type Bury, describe, type Sighting } from "./outcomes.js";

const OURS = "penstock.";
const MOST_ATTRIBUTES = 10;
const LONGEST_REASON = 1000;
const UNFIT = /[^\P{C}\t\n\r]/gu;

const SILENCE_MS = 60_000;
const PATIENCE = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };

let client: SQSClient | undefined;
let silentUntil = 0;

/** The queue whose URL an environment variable holds, and the largest message that it takes. */
export class DeadLetters {
    readonly #variable: string;
    readonly #maxBytes: number;

    constructor(variable: string, maxBytes: number) {
        this.#variable = variable;
        this.#maxBytes = maxBytes;
    }

    /** What sends a letter, and says whether it was taken. */
    bury(letter: (sighting: Sighting) => Letter): Bury {
        return async (sighting, by) => {
            if (Date.now() < silentUntil) return false;
            try {
                await this.#send(letter(sighting), sighting, by);
                return true;
            } catch (error) {
                if (!(error instanceof SQSServiceException)) silentUntil = Date.now() + SILENCE_MS;
                sighting.error = `${sighting.error ?? ""}; not taken by its dead-letter queue: ${describe(error)}`;
                return false;
            }
        };
    }

    async #send(letter: Letter, sighting: Sighting, by: string): Promise<void> {
        client ??= new SQSClient({ maxAttempts: 2, requestHandler: new NodeHttpHandler(PATIENCE) });
        const { trace } = letter;
        const header = { AWSTraceHeader: { DataType: "String", StringValue: trace } };
        await client.send(
            new SendMessageCommand({
                QueueUrl: needed(this.#variable),
                MessageBody: letter.body,
                MessageAttributes: this.#attributes(letter, sighting, by),
                ...(trace === undefined ? {} : { MessageSystemAttributes: header }),
                ...letter.options,
            }),
        );
    }

    /** The message's own attributes, and as many of ours as there is room for. */
    #attributes(letter: Letter, sighting: Sighting, by: string): Record<string, Attribute> {
        const told = {
            reason: (sighting.error ?? "").replaceAll(UNFIT, "?").slice(0, LONGEST_REASON),
            message_id: letter.ident,
            source: letter.source,
            function: by,
            receive_count: letter.receives === undefined ? "" : String(letter.receives),
        };
        const own = Object.entries(letter.attributes ?? {}).filter(([name]) => !name.startsWith(OURS));
        const found: Record<string, Attribute> = Object.fromEntries(own);
        let room = this.#maxBytes - Buffer.byteLength(letter.body);
        for (const [name, attribute] of own) room -= sizeOf(name, attribute);
        for (const [name, value] of Object.entries(told)) {
            const attribute = { DataType: "String", StringValue: value };
            const size = sizeOf(OURS + name, attribute);
            if (value === "" || Object.keys(found).length >= MOST_ATTRIBUTES || size > room) continue;
            found[OURS + name] = attribute;
            room -= size;
        }
        return found;
    }
}

/** What an attribute counts: its name, its type and its value, in bytes. */
function sizeOf(name: string, attribute: Attribute): number {
    const value = attribute.BinaryValue?.byteLength ?? Buffer.byteLength(attribute.StringValue ?? "");
    return Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + value;
}
