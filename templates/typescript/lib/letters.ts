/**
 * A message that cannot be read, as it goes to the dead letters.
 *
 * What a queue brought stays as it came. What invoked the function, or came from a stream, is
 * told in a record like those that Lambda makes of what failed.
 */

import type { Sighting } from "./outcomes.js";

/** An attribute of a message as SQS takes it. */
export interface Attribute {
    readonly DataType: string;
    readonly StringValue?: string;
    readonly BinaryValue?: Uint8Array;
}

/** A message as it came, and what SQS wants besides. */
export interface Letter {
    readonly body: string;
    readonly ident: string;
    readonly source: string;
    readonly receives?: number;
    readonly attributes?: Readonly<Record<string, Attribute>>;
    readonly options?: { readonly MessageGroupId?: string; readonly MessageDeduplicationId?: string };
    readonly trace?: string | undefined;
}

/** A record of a failed invocation. */
export function failedRecord(sighting: Sighting, given: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({
        version: "1.0",
        timestamp: new Date().toISOString(),
        requestContext: { functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"], condition: "Poison" },
        responsePayload: { errorMessage: sighting.error },
        ...given,
    });
}
