// Runs the built handler that the argument names for one event after the other, each a line on stdin with the time that it is then.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

let now = 0;
Date.now = () => now;
Math.random = () => 0; // nothing waits between tries
const { handler } = await import(pathToFileURL(process.argv[2]).href);
const say = (what) => process.stderr.write(`${JSON.stringify(what)}\n`);
say("ready");
for await (const line of createInterface({ input: process.stdin })) {
    const { event, ms } = JSON.parse(line);
    now = ms;
    try {
        say({ answer: (await handler(event, { getRemainingTimeInMillis: () => 30_000, awsRequestId: "request" })) ?? null });
    } catch (error) {
        say({ raised: error.name, text: String(error.stack) });
    }
}
