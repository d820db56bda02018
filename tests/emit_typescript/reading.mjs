// Reads messages given as JSON texts on stdin, with the readers that were built, and tells what came of each.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { messages, wire } = await import(pathToFileURL("dist/messages.mjs").href);

function came(name, text) {
    try {
        return { read: JSON.stringify(messages[`read${name}`](wire.parse(text))) };
    } catch (error) {
        if (error instanceof wire.MessageError) return { refused: error.message };
        return { failed: String(error.stack) };
    }
}

const given = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(given.map(([name, texts]) => texts.map((text) => came(name, text)))));
