// Bundles src/ into dist/: start-up time is mostly the opening of hundreds of small files (docs/decisions/0008).
// `node scripts/build.mjs` makes what is published; `… bench` makes the modules that the benchmarks call by themselves.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { lateChildProcess } from "./bundle/late-child-process.mjs";
import { usedParts } from "./bundle/used-parts.mjs";
import { findCommonJsByName } from "./bundle/common-js.mjs";
import { findUnwanted } from "./bundle/left-out.mjs";
import { collectLicences } from "./bundle/licences.mjs";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

const targets = {
  dist: ["cli/main", "cli/manual", "sandbox/serve"],
  "bench/built": [
    ...["app/app", "app/daemon-home", "config/home", "config/load", "platforms/index", "secrets/index"],
    ...["polling/round", "polling/commit-facts", "polling/compare/index", "store/database"],
    ...["sandbox/github/index", "sandbox/telegram/index"],
  ],
};

const target = process.argv[2] === "bench" ? "bench/built" : "dist";
// Made beside the old one and then put in its place: a program that starts meanwhile finds one or the other.
const draft = `${target}.${process.pid}`;
try {
  const { metafile } = await build({
    entryPoints: targets[target].map((name) => ({ in: `src/${name}.ts`, out: name })),
    outdir: draft,
    chunkNames: "chunks/[name]-[hash]",
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", target: "node20.19" },
    // Names stay as they are written, for a stack trace that somebody sends must be readable.
    ...{ minifySyntax: true, minifyWhitespace: true, legalComments: "none", metafile: true },
    plugins: [lateChildProcess, usedParts],
    external: Object.keys(dependencies),
    // Packages in the older module format call require() for what is built into Node.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const broken = [...findCommonJsByName(metafile), ...(target === "dist" ? findUnwanted(metafile) : [])];
  if (broken.length > 0) throw new Error(broken.join("\n"));
  if (target === "dist") {
    writeFileSync(join(draft, "THIRD-PARTY-LICENSES.txt"), collectLicences(metafile));
    const { renderManual } = await import(pathToFileURL(join(draft, "cli/manual.js")).href);
    writeFileSync(join(draft, "gitnotify.1"), await renderManual());
  }
  rmSync(`${target}.old`, { recursive: true, force: true });
  renameIfThere(target, `${target}.old`);
  renameSync(draft, target);
  rmSync(`${target}.old`, { recursive: true, force: true });
} finally {
  rmSync(draft, { recursive: true, force: true });
}

function renameIfThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
