/** The expressions of DynamoDB, as far as the stand-in for AWS knows them: conditions and updates of items. */

import { isDeepStrictEqual } from "node:util";

/** A value in the notation of DynamoDB, such as `{ S: "text" }`. */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/** A write of one item, by itself or in a transaction. */
export interface Write {
    readonly TableName: string;
    readonly Item?: Item;
    readonly Key?: Item;
    readonly ConditionExpression?: string;
    readonly UpdateExpression?: string;
    readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues?: Readonly<Record<string, Value>>;
    readonly ReturnValues?: string;
    readonly ReturnValuesOnConditionCheckFailure?: string;
}

const TOKEN = /[#:]?[\w.#]+|<>|<=|>=|[=<>(),+-]/g;
const BETWEEN = /,(?![^(]*\))/; // commas that do not stand in brackets
const CLAUSE = /\b(SET|ADD|REMOVE|DELETE)\b/;
const SIGNS = new Map<string, (a: number | string, b: number | string) => boolean>([
    ["<", (a, b) => a < b],
    ["<=", (a, b) => a <= b],
    [">", (a, b) => a > b],
    [">=", (a, b) => a >= b],
]);

/** Whether the item is as the condition of the write wants it. */
export function holds(write: Write, item: Item): boolean {
    const text = write.ConditionExpression;
    return text === undefined || new Expression(text, item, write).either();
}

/** The item after the update of the write. */
export function changed(item: Item, write: Write): Item {
    const made: Record<string, Value> = { ...item };
    const [, ...pieces] = (write.UpdateExpression ?? "").split(CLAUSE);
    for (let at = 0; at < pieces.length; at += 2) {
        const [word = "", parts = ""] = pieces.slice(at, at + 2);
        for (const part of parts.split(BETWEEN)) apply(made, word, part.trim(), item, write);
    }
    return made;
}

/** Change an item by one part of a clause; what is computed is computed of the item as it was. */
function apply(made: Record<string, Value>, word: string, part: string, item: Item, write: Write): void {
    const [short = "", text = ""] = word === "SET" ? split(part, "=") : split(part, " ");
    const name = write.ExpressionAttributeNames?.[short] ?? short;
    if (word === "REMOVE") {
        Reflect.deleteProperty(made, name);
        return;
    }
    const value = new Expression(text, item, write).sum();
    if (value === undefined) throw new Error(`the stand-in for AWS does not know what ${part} gives`);
    if (word === "SET") made[name] = value;
    else if (word === "ADD" && "N" in value) made[name] = numbers(made[name] ?? { N: "0" }, value, 1);
    else made[name] = merged(made[name], value, word === "ADD");
}

/** A set with more in it, or less. */
function merged(before: Value | undefined, value: Value, more: boolean): Value {
    const [kind = "SS"] = Object.keys(value);
    const [had, given] = [before?.[kind] ?? [], value[kind]] as [string[], string[]];
    const left = had.filter((each) => !given.includes(each));
    return { [kind]: (more ? [...left, ...given] : left).sort() };
}

function split(text: string, by: string): string[] {
    const at = text.indexOf(by);
    return at < 0 ? [text] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function numbers(left: Value, right: Value, sign: number): Value {
    return { N: String(Number(left["N"]) + sign * Number(right["N"])) };
}

/** Reads an expression from its start to its end. */
class Expression {
    readonly #tokens: string[];
    readonly #item: Item;
    readonly #write: Write;

    constructor(text: string, item: Item, write: Write) {
        this.#tokens = text.match(TOKEN) ?? [];
        this.#item = item;
        this.#write = write;
    }

    /** Whether one of several conditions holds. */
    either(): boolean {
        let found = this.#all();
        while (this.#next("OR")) found = this.#all() || found;
        return found;
    }

    /** A value, or a sum or difference of two. */
    sum(): Value | undefined {
        const left = this.#operand();
        for (const [token, sign] of [["+", 1], ["-", -1]] as const) {
            if (this.#next(token)) {
                const right = this.#operand();
                return left === undefined || right === undefined ? undefined : numbers(left, right, sign);
            }
        }
        return left;
    }

    #all(): boolean {
        let found = this.#one();
        while (this.#next("AND")) found = this.#one() && found;
        return found;
    }

    #one(): boolean {
        if (this.#next("NOT")) return !this.#one();
        if (this.#next("(")) {
            const found = this.either();
            this.#next(")");
            return found;
        }
        const word = this.#take();
        return this.#next("(") ? this.#function(word) : this.#compared(this.#value(word));
    }

    #operand(): Value | undefined {
        const word = this.#take();
        if (!this.#next("(")) return this.#value(word);
        const [first, second] = this.#arguments();
        if (word === "if_not_exists") return first ?? second;
        if (word !== "list_append") throw unknown(word);
        return { L: [first, second].flatMap((each) => (each?.["L"] ?? []) as unknown[]) };
    }

    #arguments(): (Value | undefined)[] {
        const found: (Value | undefined)[] = [];
        while (this.#tokens.length > 0 && !this.#next(")")) {
            if (!this.#next(",")) found.push(this.#value(this.#take()));
        }
        return found;
    }

    #function(word: string): boolean {
        const [first, second] = this.#arguments();
        if (word === "attribute_exists") return first !== undefined;
        if (word === "attribute_not_exists") return first === undefined;
        const [whole, part] = [plain(first), plain(second)];
        if (word === "begins_with") return typeof whole === "string" && whole.startsWith(String(part));
        if (word !== "contains") throw unknown(word);
        if (typeof whole === "string") return whole.includes(String(part));
        return Array.isArray(whole) && whole.some((each) => isDeepStrictEqual(each, part));
    }

    #compared(left: Value | undefined): boolean {
        const sign = this.#take().toUpperCase();
        if (sign === "BETWEEN") {
            const low = this.#value(this.#take());
            this.#next("AND");
            return ordered(low, "<=", left) && ordered(left, "<=", this.#value(this.#take()));
        }
        if (sign === "IN") {
            this.#next("(");
            return this.#arguments().some((each) => isDeepStrictEqual(plain(each), plain(left)));
        }
        const right = this.#value(this.#take());
        if (sign === "=" || sign === "<>") return isDeepStrictEqual(plain(left), plain(right)) === (sign === "=");
        return ordered(left, sign, right);
    }

    #take(): string {
        return this.#tokens.shift() ?? "";
    }

    #next(token: string): boolean {
        if (this.#tokens[0]?.toUpperCase() !== token) return false;
        this.#tokens.shift();
        return true;
    }

    /** A value of the call, or what the item has at a path. */
    #value(token: string): Value | undefined {
        if (token.startsWith(":")) return this.#write.ExpressionAttributeValues?.[token];
        let found: Value | undefined = { M: this.#item };
        for (const short of token.split(".")) {
            const inner: Item | undefined = found?.["M"] as Item | undefined;
            found = inner?.[this.#write.ExpressionAttributeNames?.[short] ?? short];
        }
        return found;
    }
}

function ordered(left: Value | undefined, sign: string, right: Value | undefined): boolean {
    const compares = SIGNS.get(sign);
    if (compares === undefined) throw unknown(sign);
    const [a, b] = [plain(left), plain(right)];
    if (typeof a === "number" && typeof b === "number") return compares(a, b);
    return typeof a === "string" && typeof b === "string" && compares(a, b);
}

/** A value in DynamoDB's notation as JavaScript has it. */
function plain(value: Value | undefined): unknown {
    const [entry] = Object.entries(value ?? {});
    if (entry === undefined) return undefined;
    const [kind, inner] = entry;
    if (kind === "N") return Number(inner);
    if (kind === "L") return (inner as Value[]).map(plain);
    if (kind === "NS") return (inner as string[]).map(Number);
    return inner;
}

function unknown(word: string): Error {
    return new Error(`the stand-in for AWS does not know ${word}`);
}
