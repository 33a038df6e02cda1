import { transformSync } from "esbuild";

/** What stands for `import.meta.url`, which a few packages ask at once when they are loaded. */
const place = "__placeOfThisFile";
const findPlace = `const ${place} = require("node:url").pathToFileURL(__filename).href;`;

/**
 * The text of one bundled ES module as CommonJS. Only ES modules can be split into chunks, but Node loads CommonJS in half of
 * the time: it waits for nothing between two files, and does not look at every name of each built-in module.
 */
export function toCommonJs(text) {
  const { code } = transformSync(text, {
    ...{ format: "cjs", platform: "node", target: "node20.19" },
    ...{ minifySyntax: true, minifyWhitespace: true, legalComments: "none" },
    supported: { "dynamic-import": false },
    define: { "import.meta.url": place },
    banner: text.includes("import.meta.url") ? findPlace : "",
  });
  return code;
}
