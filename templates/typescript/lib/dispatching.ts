/** Hands messages to the code that is written for them, and failures back to Lambda. */

import type { Handles, Outcome, Sighting } from "./outcomes.js";

/** What Lambda's pollers take: the records that come again. */
export interface Response {
    readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Hand a message to the code that is written for it; the outcome. */
export async function dispatch(handles: Handles, name: string, data: unknown, sighting: Sighting): Promise<Outcome> {
    const handle = handles.get(name);
    if (handle === undefined) throw new Error(`there is no code for message '${name}'`);
    return handle(data, sighting);
}

/** The failures in an answer of Powertools. */
export function failuresOf(answer: {
    readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}): { itemIdentifier: string }[] {
    return answer.batchItemFailures.map(({ itemIdentifier }) => ({ itemIdentifier }));
}

/** What there is by that name. */
export function among<T>(found: ReadonlyMap<string, T>, name: string): T {
    const value = found.get(name);
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
}
