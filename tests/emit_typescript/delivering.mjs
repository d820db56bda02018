// Runs the built handler that the argument names for each event on stdin.
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(`dist/${process.argv[2]}/handler.mjs`).href);
let given = "";
for await (const part of process.stdin) given += part;
const left = Number(process.env.REMAINING_MS ?? "10000");
for (const event of JSON.parse(given)) await handler(event, { getRemainingTimeInMillis: () => left, awsRequestId: "request" });
process.exit(0);
