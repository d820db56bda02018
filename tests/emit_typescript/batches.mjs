// Sends the batches on stdin; AWS is an HTTP stand-in that refuses each message as often, and with the errors, that its payload says.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const CODES = { t: "ThrottlingException", f: "InternalFailure", s: "SenderMalformed" };
const md5 = (text) => createHash("md5").update(text).digest("hex"); // which the SDK compares
let [calls, accepted, tries] = [[], [], new Map()];

/** The error for a message this time, from a payload like "3:tts" with its name and what comes of its first three tries. */
function verdict(payload) {
    const [name, refusals = ""] = JSON.parse(payload).split(":");
    calls.at(-1).push(name);
    const tried = tries.get(name) ?? 0;
    tries.set(name, tried + 1);
    const code = CODES[refusals[tried]];
    if (code === undefined) accepted.push(name);
    return code;
}

function failed(entries) {
    const found = entries.map(({ Id, body }) => ({ Id, Code: verdict(body), Message: "no" }));
    return found.filter(({ Code }) => Code).map((each) => ({ ...each, SenderFault: each.Code.startsWith("Sender") }));
}

function results(payloads) {
    const codes = payloads.map(verdict);
    return codes.map((code) => (code ? { ErrorCode: code, ErrorMessage: "no" } : { SequenceNumber: "1", ShardId: "1" }));
}

function answered(target, text) {
    calls.push([]);
    if (target.endsWith("SendMessageBatch")) {
        const { Entries } = JSON.parse(text);
        if (Entries.some(({ MessageBody }) => MessageBody.includes("denied"))) return [400, { __type: "AccessDenied", message: "no right" }];
        const Failed = failed(Entries.map(({ Id, MessageBody: body }) => ({ Id, body })));
        const gone = Entries.filter(({ Id }) => Failed.every((each) => each.Id !== Id));
        return [200, { Failed, Successful: gone.map(({ Id, MessageBody }) => ({ Id, MessageId: "1", MD5OfMessageBody: md5(MessageBody) })) }];
    }
    if (target.endsWith("PutRecords")) {
        const { Records } = JSON.parse(text);
        return [200, { Records: results(Records.map(({ Data }) => JSON.stringify(JSON.parse(Buffer.from(Data, "base64")).data))) }];
    }
    if (target.endsWith("PutEvents")) return [200, { Entries: results(JSON.parse(text).Entries.map(({ Detail }) => Detail)) }];
    const query = new URLSearchParams(text);
    const at = [...Array(10).keys()].map((each) => `PublishBatchRequestEntries.member.${each + 1}`).filter((each) => query.has(`${each}.Id`));
    const members = failed(at.map((each) => ({ Id: query.get(`${each}.Id`), body: query.get(`${each}.Message`) })));
    const told = members.map((each) => `<member>${Object.entries(each).map(([name, value]) => `<${name}>${value}</${name}>`).join("")}</member>`);
    return [200, `<PublishBatchResponse><PublishBatchResult><Failed>${told.join("")}</Failed></PublishBatchResult></PublishBatchResponse>`];
}

const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const [status, answer] = answered(request.headers["x-amz-target"] ?? "", Buffer.concat(parts).toString());
        response.writeHead(status, { "Content-Type": typeof answer === "string" ? "text/xml" : "application/x-amz-json-1.0" });
        response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${server.address().port}`;
Object.assign(process.env, {
    AWS_ENDPOINT_URL: address,
    QUEUE: `${address}/111122223333/q`, // its URL is where SQS is called
    TOPIC: "arn:aws:sns:eu-central-1:111122223333:t",
    STREAM: "arn:aws:kinesis:eu-central-1:111122223333:stream/s",
    BUS: "commerce",
});
Math.random = () => 0; // nothing waits between tries
const batches = await import(pathToFileURL("dist/batches.mjs").href);
let given = "";
for await (const part of process.stdin) given += part;
const found = [];
for (const { kind, parcels, ordered } of JSON.parse(given)) {
    [calls, accepted, tries] = [[], [], new Map()];
    const send = batches[`to${kind}Batch`];
    let error = null;
    try {
        await send(kind.toUpperCase(), parcels, kind === "Bus" ? { source: "s", detailType: "M" } : ordered);
    } catch (raised) {
        error = { name: raised.name, message: raised.message, reasons: [...(raised.reasons ?? [])], cause: raised.cause?.name };
    }
    found.push({ calls, accepted, error });
}
await new Promise((done) => process.stdout.write(JSON.stringify(found), done));
process.exit(0);
