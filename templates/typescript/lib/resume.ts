/**
 * Answers the callbacks of sagas: an execution waits until its task token is answered.
 *
 * A token is answered once. One whose step has timed out meanwhile is refused by AWS with
 * TaskTimedOut: the saga has gone on without the answer, and nothing is left to do.
 */

import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from "@aws-sdk/client-sfn";

import { CLIENT } from "./clients.js";

let made: SFNClient | undefined;

/** The client of Step Functions, made once per execution environment. */
function states(): SFNClient {
    return (made ??= new SFNClient(CLIENT));
}

/** The step has succeeded; its result is a JSON value. */
export async function succeed(taskToken: string, result: unknown): Promise<void> {
    await states().send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(result ?? null) }));
}

/** The step has failed with an error of this name. */
export async function fail(taskToken: string, error: string, cause = ""): Promise<void> {
    await states().send(new SendTaskFailureCommand({ taskToken, error, cause }));
}

/** The step is being worked on; without this it fails after its heartbeat. */
export async function beat(taskToken: string): Promise<void> {
    await states().send(new SendTaskHeartbeatCommand({ taskToken }));
}
