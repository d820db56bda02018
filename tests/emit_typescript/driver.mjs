// Runs the built handler that the arguments name for each event on stdin; AWS is an HTTP stand-in with the one table that it needs.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const items = new Map();
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

function table(operation, call) {
    const id = call.Key?.id.S ?? call.Item?.id.S;
    if (operation === "PutItem") {
        if (items.has(id)) return [400, { __type: "ConditionalCheckFailedException", message: "no", Item: items.get(id) }];
        items.set(id, call.Item);
    } else if (operation === "UpdateItem") {
        const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = call;
        for (const [short, name] of Object.entries(names)) items.get(id)[name] = values[short.replace("#", ":")];
        tell({ sent: { store: call.TableName, key: id } });
    } else if (operation === "DeleteItem") items.delete(id);
    return [200, {}];
}

function answered(target, body) {
    if (target.startsWith("DynamoDB")) return table(target.split(".")[1], JSON.parse(body));
    if (target === "") {
        tell({ sent: Object.fromEntries(new URLSearchParams(body)) });
        return [200, "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"];
    }
    const call = JSON.parse(body);
    if (call.MessageBody?.includes("unburied")) return [400, { __type: "AccessDenied", message: "no right" }];
    tell({ sent: { ...call, ...(call.Data ? { Data: Buffer.from(call.Data, "base64").toString() } : {}) } });
    if (target.endsWith("PutEvents")) {
        const verdict = ({ Detail }) => (Detail.includes("refuse") ? "Throttled" : Detail.includes("forbid") ? "NotAuthorized" : "");
        const codes = call.Entries.map(verdict);
        const Entries = codes.map((code) => (code === "" ? { EventId: "1" } : { ErrorCode: code, ErrorMessage: "no" }));
        return [200, { FailedEntryCount: codes.filter((code) => code !== "").length, Entries }];
    }
    if (target.endsWith("PutRecords")) return [200, { Records: call.Records.map(() => ({ SequenceNumber: "1", ShardId: "1" })) }];
    if (call.name === "again") return [400, { __type: "ExecutionAlreadyExists", message: "no" }];
    const digest = createHash("md5").update(call.MessageBody ?? "").digest("hex"); // which the SDK compares
    return [200, { MD5OfMessageBody: digest, MessageId: "1", ShardId: "1", SequenceNumber: "1", executionArn: "arn", startDate: 1 }];
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
process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${server.address().port}`;
process.env.PENSTOCK_QUEUE_FULFILMENT_DLQ = `${process.env.AWS_ENDPOINT_URL}/111122223333/dead`;
process.env.PENSTOCK_QUEUE_INTAKE = `${process.env.AWS_ENDPOINT_URL}/111122223333/intake`; // its URL is where SQS is called
let given = "";
for await (const part of process.stdin) given += part;
for (const { run, events } of JSON.parse(given)) {
    items.clear();
    tell({ run });
    const { handler } = await import(pathToFileURL(`dist/${run}/handler.mjs`).href);
    for (const event of events) {
        let answer;
        try {
            answer = await handler(event, { getRemainingTimeInMillis: () => 10_000, awsRequestId: "request" });
        } catch (error) {
            answer = { raised: `${error.name}: ${error.message}` };
        }
        tell({ answer: answer ?? null });
    }
}
process.exit(0);
