// Bundles src/ into dist/: start-up time is mostly the opening of hundreds of small files (docs/decisions/0008).
// `node scripts/build.mjs` makes what is published; `… bench` makes the modules that the benchmarks call by themselves.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { lateChildProcess } from "./bundle/late-child-process.mjs";
import { usedParts } from "./bundle/used-parts.mjs";
import { findCommonJsByName } from "./bundle/common-js.mjs";
import { findUnwanted } from "./bundle/left-out.mjs";
import { toCommonJs } from "./bundle/to-common-js.mjs";
import { collectLicences } from "./bundle/licences.mjs";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

const targets = {
  dist: ["cli/main", "cli/manual", "sandbox/serve"],
  "bench/built": [
    ...["app/app", "app/daemon-home", "config/home", "config/load", "platforms/index", "secrets/index"],
    ...["polling/round", "polling/commit-facts", "polling/compare/index", "store/database"],
    ...["sandbox/github/index", "sandbox/telegram/index", "sandbox/surroundings"],
  ],
};

const target = process.argv[2] === "bench" ? "bench/built" : "dist";
// Made beside the old one and then put in its place: a program that starts meanwhile finds one or the other.
const draft = `${target}.${process.pid}`;
try {
  const { metafile, outputFiles } = await build({
    entryPoints: targets[target].map((name) => ({ in: `src/${name}.ts`, out: name })),
    outdir: draft,
    chunkNames: "chunks/[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    ...{ bundle: true, splitting: true, write: false, format: "esm", platform: "node", target: "node20.19" },
    // Names stay as they are written, for a stack trace that somebody sends must be readable.
    ...{ minifySyntax: true, minifyWhitespace: true, legalComments: "none", metafile: true },
    plugins: [lateChildProcess, usedParts],
    external: Object.keys(dependencies),
    logLevel: "warning",
  });
  const broken = [...findCommonJsByName(metafile), ...(target === "dist" ? findUnwanted(metafile) : [])];
  if (broken.length > 0) throw new Error(broken.join("\n"));
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, toCommonJs(text));
  }
  if (target === "dist") {
    writeFileSync(join(draft, "THIRD-PARTY-LICENSES.txt"), collectLicences(metafile));
    const { renderManual } = await import(pathToFileURL(join(draft, "cli/manual.cjs")).href);
    writeFileSync(join(draft, "gitnotify.1"), await renderManual());
    writeFileSync(
      join(draft, "cli/help.txt"),
      execFileSync(process.execPath, [join(draft, "cli/main.cjs"), "--help"]),
    );
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
