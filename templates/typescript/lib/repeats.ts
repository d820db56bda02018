/** Sees to it that work is done once per message, however often the message comes. */

import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";

import { CLIENT, needed } from "./clients.js";
import type { Outcome } from "./outcomes.js";

/** The context of an invocation, as Powertools takes it. */
export type LambdaContext = Parameters<IdempotencyConfig["registerLambdaContext"]>[0];

/** The table that remembers, as the topology declares it. */
export interface Store {
    /** The environment variable with the table's name. */
    readonly variable: string;
    readonly seconds: number;
    /** What the keys begin with, because functions may share a table. */
    readonly prefix: string;
    readonly key: string;
    readonly sortKey?: string;
    readonly expiry?: string;
}

/**
 * Work behind an idempotency table: done, in progress elsewhere, or to be done.
 *
 * Work that fails leaves nothing behind and may be tried again. An entry of an invocation
 * that died is taken over once that invocation's time was up.
 */
export class Once {
    readonly #config: IdempotencyConfig;
    readonly #run: (identity: string, work: () => Promise<unknown>) => Promise<unknown>;

    constructor(store: Store) {
        this.#config = new IdempotencyConfig({ expiresAfterSeconds: store.seconds, hashFunction: "sha256" });
        const run = (_identity: string, work: () => Promise<unknown>): Promise<unknown> => work();
        this.#run = makeIdempotent(run, {
            persistenceStore: new DynamoDBPersistenceLayer({
                tableName: needed(store.variable),
                keyAttr: store.key,
                ...(store.sortKey === undefined ? {} : { sortKeyAttr: store.sortKey, staticPkValue: store.prefix }),
                ...(store.expiry === undefined ? {} : { expiryAttr: store.expiry }),
                clientConfig: CLIENT,
            }),
            config: this.#config,
            keyPrefix: store.prefix,
        });
    }

    /** Note when this invocation ends at the latest. */
    begin(context: LambdaContext): void {
        this.#config.registerLambdaContext(context);
    }

    /** Do the work unless it was done; the outcome says which. */
    async do(identity: string, work: () => Promise<void>): Promise<Outcome> {
        let outcome: Outcome = "duplicate";
        await this.#run(identity, async () => {
            await work();
            outcome = "handled";
            return outcome;
        });
        return outcome;
    }

    /** Do the work unless it was done; the result that it has, or had then. */
    async result(identity: string, work: () => Promise<unknown>): Promise<unknown> {
        return this.#run(identity, work);
    }
}
