/**
 * Tests of function print-receipt.
 *
 * Yours: penstock wrote this file once, together with src/print-receipt.ts, and leaves
 * it alone from then on. It runs in the compiled folder, where each compile copies it
 * to, by `npm test`; what several tests share has its place in src. The events come
 * from the topology and its schemas and are written again by each compile: a message
 * that is new is tested without a change here. What your code does to the world is
 * yours to assert: consumer.aws.calls has all that it asked of AWS.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { events, started } from "./harness.js";

const NAME = "print-receipt";

for (const { name, event } of events(NAME, "valid")) {
    void test(`a message is handled: ${name}`, async (context) => {
        const consumer = await started(NAME, context);
        await consumer.handles(event);
    });
}

for (const { name, event, first } of events(NAME, "duplicate")) {
    void test(`a second delivery changes nothing: ${name}`, async (context) => {
        const consumer = await started(NAME, context);
        await consumer.handles(first);
        const effects = consumer.aws.effects;
        await consumer.handles(event);
        assert.deepEqual(consumer.aws.effects, effects);
    });
}

for (const sample of events(NAME, "poison")) {
    void test(`poison is refused before it has an effect: ${sample.name}`, async (context) => {
        const consumer = await started(NAME, context);
        await consumer.refuses(sample);
        assert.deepEqual(consumer.aws.effects, []);
    });
}

for (const sample of events(NAME, "batch")) {
    void test(`the bad one of a batch fails alone: ${sample.name}`, async (context) => {
        const consumer = await started(NAME, context);
        await consumer.refuses(sample);
    });
}
