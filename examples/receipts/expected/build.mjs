/** Makes of each function one file that Lambda runs: dist/<function>/handler.mjs. */

import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });
const found = await readdir("functions", { recursive: true });
const handlers = found.map((name) => name.replaceAll("\\", "/")).filter((name) => /^[^/]+\/handler\.ts$/.test(name));
await build({
    entryPoints: handlers.map((name) => `functions/${name}`),
    outbase: "functions",
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "info",
});
