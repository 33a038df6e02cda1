/**
 * What a bundler takes along as soon as one line asks for a package in the wrong way, unnoticed but for the time and memory of every
 * start: `import { z } from "zod"` brings fifty languages, `import("kysely")` the dialects of all databases.
 */
const unwanted = [
  { file: /\/zod\/v4\/locales\/(?!en\.js)/, remedy: 'write `import * as z from "zod"`' },
  {
    file: /\/kysely\/dist\/esm\/dialect\/(mysql|mssql)\//,
    remedy: "import kysely's names at the top of a file",
  },
  { file: /\/undici\/lib\/web\/fetch\/index\.js$/, remedy: "see scripts/bundle/used-parts.mjs" },
  { file: /\/yaml\/dist\//, remedy: "see scripts/bundle/used-parts.mjs" },
];

/** One sentence for each kind of thing that should have been left out; `metafile` is esbuild's. */
export function findUnwanted({ outputs }) {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  return unwanted.flatMap(({ file, remedy }) => {
    const found = files.find((each) => file.test(each));
    return found === undefined ? [] : [`${found} is in the bundle and should not be: ${remedy}.`];
  });
}
