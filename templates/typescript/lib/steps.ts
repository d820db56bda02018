/**
 * Takes the steps of sagas: a state machine invokes the function and waits for the result.
 *
 * What is thrown fails the attempt. Step Functions then tries again, as often as the step
 * says, always with the same idempotency key; in the end the saga is undone.
 */

import { digest, type Outcomes, sighted } from "./outcomes.js";
import { canonical, isObject, type Json } from "./wire.js";

/**
 * One step of one execution, the same however often it is tried.
 *
 * A compensation gets what the step got, the step's key in `undoes`, and its result, which is
 * null where the step failed: it may have acted all the same, or not at all.
 */
export interface Step {
    readonly saga: string;
    readonly name: string;
    readonly idempotencyKey: string;
    readonly input: Json;
    readonly undoes?: string;
    readonly result: unknown;
    readonly taskToken?: string;
}

export type Work = (step: Step) => Promise<unknown>;
/** The code of steps, by `saga/step`. */
export type Works = ReadonlyMap<string, Work>;

/** What remembers results, so that a step that was done answers with what it answered then. */
export interface Memory {
    result(identity: string, work: () => Promise<unknown>): Promise<unknown>;
}

/** Whether the event is a step. */
export function isStep(event: unknown): boolean {
    return isObject(event) && "step" in event;
}

/** Do what a step says, or undo it; the result. */
export async function stepped(
    event: unknown,
    steps: Works,
    undoes: Works,
    outcomes: Outcomes,
    memory?: Memory,
): Promise<unknown> {
    const step = stepOf(event);
    const work = (step.undoes === undefined ? steps : undoes).get(`${step.saga}/${step.name}`);
    if (work === undefined) throw new Error(`there is no code for step '${step.name}' of saga '${step.saga}'`);
    const sighting = sighted({
        message: step.name,
        key: step.idempotencyKey,
        bodySha256: digest(canonical(step.input)),
    });
    let result: unknown;
    await outcomes.observed(sighting, async () => {
        const done = (): Promise<unknown> => work(step);
        const identity = `${step.saga}#${step.idempotencyKey}`;
        result = await (memory === undefined ? done() : memory.result(identity, done));
        return "handled";
    });
    return result;
}

function stepOf(event: unknown): Step {
    const given = isObject(event) ? event : {};
    const { input, undoes, task_token: token } = given;
    return {
        saga: String(given["saga"]),
        name: String(given["step"]),
        idempotencyKey: String(given["idempotency_key"]),
        input: isObject(input) ? input : {},
        result: given["result"] ?? null,
        ...(typeof undoes === "string" ? { undoes } : {}),
        ...(typeof token === "string" ? { taskToken: token } : {}),
    };
}
