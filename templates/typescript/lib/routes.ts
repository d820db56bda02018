/**
 * Answers requests of a REST API with proxy integration.
 *
 * 202: the message is handled. 400: it does not match its schema. 409: a copy of it is being
 * handled right now. What else goes wrong is thrown, so that it shows as an error of the
 * function; API Gateway answers it with 502.
 */

import { dispatch } from "./dispatching.js";
import { digest, type Handles, type Outcomes, sighted } from "./outcomes.js";
import { isObject, type Json, MessageError, parse } from "./wire.js";

/** What API Gateway takes. */
export interface Answer {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/** Whether the event is a request. */
export function isRequest(event: unknown): boolean {
    return isObject(event) && "httpMethod" in event;
}

/** Hand the request's message over; `routes` says which message a route carries. */
export async function answer(
    event: unknown,
    routes: ReadonlyMap<string, string>,
    handles: Handles,
    outcomes: Outcomes,
): Promise<Answer> {
    const request = isObject(event) ? event : {};
    const sighting = sighted();
    try {
        await outcomes.observed(sighting, async () => {
            const text = bodyOf(request);
            sighting.bodySha256 = digest(text);
            const name = messageOf(request, routes);
            sighting.message = name;
            return dispatch(handles, name, parse(text), sighting);
        });
    } catch (error) {
        if (error instanceof MessageError) return response(400, { error: error.message });
        if (error instanceof Error && error.name === "IdempotencyAlreadyInProgressError") {
            return response(409, { error: "a copy of this message is being handled" });
        }
        throw error;
    }
    return response(202, { status: "accepted" });
}

/** The message of the route; with one route there is nothing to tell apart. */
function messageOf(request: Json, routes: ReadonlyMap<string, string>): string {
    const route = `${String(request["httpMethod"])} ${String(request["resource"])}`;
    const [only] = routes.values();
    const found = routes.size === 1 ? only : routes.get(route);
    if (found === undefined) throw new MessageError("", `there is no route '${route.slice(0, 200)}'`);
    return found;
}

/** The request's body as text. */
function bodyOf(request: Json): string {
    const body = request["body"];
    const text = typeof body === "string" ? body : "";
    if (request["isBase64Encoded"] !== true) return text;
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "base64"));
    } catch {
        throw new MessageError("", "the body is no text in UTF-8");
    }
}

function response(statusCode: number, body: Readonly<Record<string, string>>): Answer {
    return { statusCode, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}
