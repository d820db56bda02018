/** Starts executions of sagas. */

import { createHash } from "node:crypto";

import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

import { CLIENT, needed } from "./clients.js";
import { bodyOf, checkSize, once, type Parcel } from "./senders.js";

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const states = once(() => new SFNClient(CLIENT));

/**
 * Start an execution of the saga whose ARN the environment variable holds.
 *
 * The message's idempotency key becomes its name, so a second start is the same execution;
 * it is left as it is, also when it has ended.
 */
export async function toSaga(variable: string, parcel: Parcel): Promise<void> {
    const body = bodyOf(parcel);
    checkSize(parcel, Buffer.byteLength(body));
    const named = parcel.deduplication === undefined ? {} : { name: executionName(parcel.deduplication) };
    try {
        await states().send(new StartExecutionCommand({ stateMachineArn: needed(variable), input: body, ...named }));
    } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
}

/** A key as the name of an execution: as it is where AWS takes it, else its digest. */
function executionName(key: string): string {
    return NAME.test(key) ? key : createHash("sha256").update(key, "utf8").digest("hex");
}
