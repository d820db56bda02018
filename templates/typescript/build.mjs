/** Makes of each function one file that Lambda runs, dist/<function>/handler.mjs, and of each service dist/<service>/worker.mjs. */

import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";

import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });
const entryPoints = {};
for (const [folder, file] of [["functions", "handler"], ["services", "handler"], ["services", "worker"]]) {
    for (const name of existsSync(folder) ? await readdir(folder) : []) {
        if (existsSync(`${folder}/${name}/${file}.ts`)) entryPoints[`${name}/${file}`] = `${folder}/${name}/${file}.ts`;
    }
}
await build({
    entryPoints,
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
