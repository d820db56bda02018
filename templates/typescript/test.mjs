/** Runs the tests in tests/ on the handlers in dist/: bundled into .tests/, so that Node.js can run them in any version. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

const ENDING = /\.test\.ts$/;

await rm(".tests", { recursive: true, force: true });
const found = existsSync("tests") ? await readdir("tests") : [];
const names = found.filter((name) => ENDING.test(name)).sort();
if (names.length === 0) {
    console.log("there are no tests");
    process.exit();
}
await build({
    entryPoints: names.map((name) => `tests/${name}`),
    outdir: ".tests",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
});
const files = names.map((name) => `.tests/${name.replace(ENDING, ".test.mjs")}`);
const shown = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
const options = ["--enable-source-maps", "--test", "--test-timeout=60000", ...shown, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, [...options, ...files], { stdio: "inherit" }).status ?? 1;
