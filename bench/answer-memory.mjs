// What one answer of nine to ten megabytes costs: the most resident memory of a process that asks, makes objects of it and checks them.
//   node bench/answer-memory.mjs
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread } from "node:worker_threads";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const address = { host: "127.0.0.1", port: 8137 };

const shapes = {
  nothing: () => "[]",
  "flat list of numbers": () => `[${"0,".repeat(4_950_000)}0]`,
  "flat list of empty objects": () => `[${"{},".repeat(3_300_000)}{}]`,
  "just under the limit, words": () => `[${'"",'.repeat(399_990)}""]`,
  "just under the limit, empty objects": () => `[${"{},".repeat(199_990)}{}]`,
  nested: () => `${"[".repeat(4_500_000)}${"]".repeat(4_500_000)}`,
  "pull requests with long descriptions": () => JSON.stringify(Array.from({ length: 100 }, aPull)),
};

function aPull(_, number) {
  const at = "2026-11-30T10:00:00Z";
  const names = ["title", "html_url", "state", "url", "diff_url", "patch_url"];
  const words = Object.fromEntries(names.map((name) => [name, `${name} of ${number}`]));
  return {
    node_id: `PR_${number}`,
    number,
    created_at: at,
    updated_at: at,
    body: "Why. ".repeat(18_000),
    ...words,
  };
}

const asker = `
  import * as z from "zod";
  import { listOf } from "./src/lib/list-of.ts";
  import { createHttpClient } from "./src/lib/http-client.ts";
  import { unlimited } from "./src/lib/host-limit.ts";
  import { toText } from "./src/lib/http.ts";
  const row = z.object({ node_id: z.string(), number: z.number(), title: z.string(), body: z.string().nullish(), created_at: z.iso.datetime() });
  const http = createHttpClient({ allowPrivateAddress: true, allowHttp: true, userAgent: "bench", limit: unlimited, env: {} });
  let became;
  try {
    const answer = await http.request({ method: "GET", url: process.argv[2] });
    const read = listOf(row).safeParse(JSON.parse(toText(answer)));
    became = read.success ? "read" : "refused by the schema, findings: " + read.error.issues.length;
  } catch (error) {
    became = "refused: " + (error.code ?? error.name);
  }
  await http.close();
  console.log(JSON.stringify({ became, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
`;

if (isMainThread) await main();
else serve();

/** In a thread of its own: this one waits for its children without a break. */
function serve() {
  const bodies = Object.values(shapes);
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(bodies[Number(request.url.slice(1))]());
  });
  server.listen(address.port, address.host);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-bench-"));
  const program = join(folder, "ask.mjs");
  const worker = new Worker(fileURLToPath(import.meta.url));
  await build({
    ...{
      stdin: { contents: asker, resolveDir: root },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
    },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  for (const [index, name] of Object.keys(shapes).entries()) {
    const url = `http://${address.host}:${address.port}/${index}`;
    const { stdout, status, signal } = spawnSync(
      process.execPath,
      ["--max-old-space-size=512", program, url],
      { encoding: "utf8" },
    );
    const told =
      status === 0 ? JSON.parse(stdout) : { became: `ended (${signal ?? status})`, megabytes: NaN };
    console.log(`${name.padEnd(40)} ${String(told.megabytes).padStart(5)} MB  ${told.became}`);
  }
  await worker.terminate();
  rmSync(folder, { recursive: true });
}
