/** What stands in the team's files until the team has written what belongs there. */

export class NotImplementedError extends Error {
    override readonly name = "NotImplementedError";
    readonly given: number;

    constructor(words: string, given: number) {
        super(words);
        this.given = given;
    }
}

/** Fail, and say what is to be written; `given` is what there is to write it with. */
export function notImplemented(words: string, ...given: readonly unknown[]): Promise<never> {
    return Promise.reject(new NotImplementedError(words, given.length));
}
