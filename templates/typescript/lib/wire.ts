/**
 * Checks JSON values and says where one does not fit.
 *
 * A check takes a value and its place in the message, and throws MessageError. Errors name
 * places and rules, never values: they end up in logs.
 */

export type Check = (value: unknown, path: string) => void;
export type Json = Readonly<Record<string, unknown>>;

/** A message does not match its schema; `path` says where, as in items[0].sku. */
export class MessageError extends Error {
    override readonly name: string = "MessageError";
    readonly path: string;
    readonly problem: string;

    constructor(path: string, problem: string) {
        super(path === "" ? problem : `${path}: ${problem}`);
        this.path = path;
        this.problem = problem;
    }
}

/** What is known of the fields of an object. */
export interface Fields {
    readonly required?: readonly (readonly [string, Check])[];
    readonly optional?: readonly (readonly [string, Check])[];
    /** Fields that must be there and are not described. */
    readonly demanded?: readonly string[];
    /** What the fields without a name must be; without it there can be none. */
    readonly extra?: Check;
}

export interface Bounds {
    readonly minimum?: number;
    readonly maximum?: number;
    readonly above?: number;
    readonly below?: number;
    readonly multipleOf?: number;
}

/** A JSON text as a value. */
export function parse(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        throw new MessageError("", "the payload is not JSON");
    }
}

export function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's value; undefined where the object has none of its own. */
export function own(value: Json, key: string): unknown {
    return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An object with these fields. */
export function object(fields: Fields): Check {
    const checks = new Map([...(fields.required ?? []), ...(fields.optional ?? [])]);
    const demanded = [...(fields.required ?? []).map(([key]) => key), ...(fields.demanded ?? [])];
    return (value, path) => {
        if (!isObject(value)) throw new MessageError(path, `should be an object, is ${kind(value)}`);
        for (const key of demanded) {
            if (own(value, key) === undefined) throw new MessageError(member(path, key), "is missing");
        }
        for (const [key, item] of Object.entries(value)) {
            const check = checks.get(key) ?? fields.extra;
            if (item === undefined) continue;
            if (check === undefined) throw new MessageError(member(path, key), "is not a field of this message");
            check(item, member(path, key));
        }
    };
}

export const anything: Check = () => undefined;

export const nothing: Check = (value, path) => {
    if (value !== null) throw new MessageError(path, `should be null, is ${kind(value)}`);
};
export { nothing as null };

export const boolean: Check = (value, path) => {
    if (typeof value !== "boolean") throw new MessageError(path, `should be true or false, is ${kind(value)}`);
};

/** Text; lengths are counted in characters, and the pattern may match anywhere. */
export function string(limits: { minLength?: number; maxLength?: number; pattern?: string } = {}): Check {
    const { minLength = 0, maxLength = Infinity, pattern } = limits;
    const expression = pattern === undefined ? undefined : regular(pattern);
    return (value, path) => {
        if (typeof value !== "string") throw new MessageError(path, `should be text, is ${kind(value)}`);
        const length = minLength > 0 || maxLength < Infinity ? characters(value) : 0;
        if (length < minLength) throw new MessageError(path, `should have at least ${String(minLength)} characters`);
        if (length > maxLength) throw new MessageError(path, `should have at most ${String(maxLength)} characters`);
        if (expression?.test(value) === false) throw new MessageError(path, `should match ${pattern ?? ""}`);
    };
}

/** A whole number, up to the size at which JavaScript begins to lose digits. */
export function integer(bounds: Bounds = {}): Check {
    return (value, path) => {
        if (typeof value !== "number" || (Number.isFinite(value) && !Number.isInteger(value))) {
            throw new MessageError(path, `should be a whole number, is ${kind(value)}`);
        }
        if (!Number.isSafeInteger(value)) throw new MessageError(path, "should have no more digits than a number keeps");
        bounded(value, path, bounds);
    };
}

export function number(bounds: Bounds = {}): Check {
    return (value, path) => {
        if (typeof value !== "number") throw new MessageError(path, `should be a number, is ${kind(value)}`);
        if (!Number.isFinite(value)) throw new MessageError(path, "should be a number that JSON can write");
        bounded(value, path, bounds);
    };
}

/** A list whose items pass the check. */
export function array(
    check: Check,
    limits: { minItems?: number; maxItems?: number; unique?: boolean } = {},
): Check {
    const { minItems = 0, maxItems = Infinity, unique = false } = limits;
    return (value, path) => {
        if (!Array.isArray(value)) throw new MessageError(path, `should be a list, is ${kind(value)}`);
        if (value.length < minItems) throw new MessageError(path, `should have at least ${String(minItems)} items`);
        if (value.length > maxItems) throw new MessageError(path, `should have at most ${String(maxItems)} items`);
        if (unique && new Set(value.map(canonical)).size < value.length) {
            throw new MessageError(path, "should not have the same item twice");
        }
        for (const [at, item] of value.entries()) check(item, `${path}[${String(at)}]`);
    };
}

/** An object with any keys, whose values pass the check. */
export function mapping(check: Check): Check {
    return object({ extra: check });
}

/** What the check lets pass, or null. */
export function nullable(check: Check): Check {
    return (value, path) => {
        if (value !== null) check(value, path);
    };
}

/** One of the given values. */
export function literal(...allowed: readonly unknown[]): Check {
    const known = new Set(allowed.map(canonical));
    const shown = allowed.map(canonical).join(", ");
    return (value, path) => {
        if (!known.has(canonical(value))) throw new MessageError(path, shown ? `should be ${shown}` : "has no value");
    };
}

/** What at least one of the checks lets pass. */
export function anyOf(...checks: readonly Check[]): Check {
    return (value, path) => {
        const errors = refusals(checks, value, path);
        if (errors.length === checks.length) throw nearest(errors, path);
    };
}

/** What exactly one of the checks lets pass; two that agree are an error. */
export function oneOf(...checks: readonly Check[]): Check {
    return (value, path) => {
        const errors = refusals(checks, value, path);
        if (errors.length === checks.length) throw nearest(errors, path);
        if (errors.length < checks.length - 1) throw new MessageError(path, "fits more than one of the alternatives");
    };
}

/** A text that is equal for equal JSON values, whatever the order of their keys. */
export function canonical(value: unknown): string {
    const text = JSON.stringify(settled(value)) as string | undefined;
    return (text ?? "null").replace(/[\u007f-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The place of a field below a place. */
export function member(path: string, key: string): string {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(key)) return `${path}[${canonical(key.slice(0, 60))}]`;
    return path === "" ? key : `${path}.${key}`;
}

function kind(value: unknown): string {
    if (value === null) return "null";
    if (Array.isArray(value)) return "a list";
    switch (typeof value) {
        case "boolean":
            return "true or false";
        case "string":
            return "text";
        case "number":
            return Number.isInteger(value) ? "a whole number" : "a number";
        default:
            return "an object";
    }
}

/** JSON Schema's patterns are JavaScript's, with the flag for Unicode wherever they allow it. */
function regular(pattern: string): RegExp {
    try {
        return new RegExp(pattern, "u");
    } catch {
        return new RegExp(pattern);
    }
}

function characters(text: string): number {
    let count = 0;
    for (const each of text) count += each === "" ? 0 : 1;
    return count;
}

function refusals(checks: readonly Check[], value: unknown, path: string): MessageError[] {
    const errors: MessageError[] = [];
    for (const check of checks) {
        try {
            check(value, path);
        } catch (error) {
            if (!(error instanceof MessageError)) throw error;
            errors.push(error);
        }
    }
    return errors;
}

/** The error of the alternative that came furthest, or all where none came further. */
function nearest(errors: readonly MessageError[], path: string): MessageError {
    let deepest: MessageError | undefined;
    for (const error of errors) {
        if (deepest === undefined || error.path.length > deepest.path.length) deepest = error;
    }
    if (deepest !== undefined && deepest.path.length > path.length) return deepest;
    const problems = new Set(errors.map((error) => error.problem));
    return new MessageError(path, [...problems].join("; or "));
}

function settled(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(settled);
    if (!isObject(value)) return value;
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, settled(value[key])]));
}

function bounded(value: number, path: string, bounds: Bounds): void {
    const { minimum, maximum, above, below, multipleOf } = bounds;
    if (minimum !== undefined && value < minimum) refuse(path, "at least", minimum);
    if (maximum !== undefined && value > maximum) refuse(path, "at most", maximum);
    if (above !== undefined && value <= above) refuse(path, "above", above);
    if (below !== undefined && value >= below) refuse(path, "below", below);
    if (multipleOf !== undefined && !divides(multipleOf, value)) refuse(path, "a multiple of", multipleOf);
}

function refuse(path: string, what: string, bound: number): never {
    throw new MessageError(path, `should be ${what} ${String(bound)}`);
}

/** Whether a number is a multiple of another as both are written, not as they are stored. */
function divides(unit: number, value: number): boolean {
    const [left, right] = [decimal(value), decimal(unit)];
    const scale = Math.min(left.exponent, right.exponent);
    const whole = (each: Decimal): bigint => each.digits * 10n ** BigInt(each.exponent - scale);
    return right.digits !== 0n && whole(left) % whole(right) === 0n;
}

interface Decimal {
    readonly digits: bigint;
    readonly exponent: number;
}

function decimal(value: number): Decimal {
    const [mantissa = "0", exponent = "0"] = String(value).split("e");
    const [whole = "0", fraction = ""] = mantissa.split(".");
    return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** An object of these entries. */
export function record(entries: readonly (readonly [string, unknown])[]): Json {
    return Object.fromEntries(entries);
}
