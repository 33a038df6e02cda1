import { join, resolve } from "node:path";

/**
 * Large packages of which gitnotify uses little, and which a bundler cannot take apart by itself. Each entry says what stands in the
 * place of what; where a new version has moved the file, the build fails.
 */
const parts = [
  {
    // The pools and their connector are all that src/lib and fetch-socks ask for; the package's front door loads a whole fetch.
    asked: /^undici$/,
    by: /^/,
    toText: () => `
      exports.Agent = require(${quote("undici/lib/dispatcher/agent.js")});
      exports.buildConnector = require(${quote("undici/lib/core/connect.js")});`,
  },
  {
    // It loads Node's HTTP/2, which no pool of ours offers to a server.
    asked: /\/client-h2\.js$/,
    by: /\/undici\//,
    toText: () => `
      module.exports = (...given) => require(${quote("undici/lib/dispatcher/client-h2.js")})(...given);`,
  },
  {
    // It makes a Request to find out whether fetch can stream, and that loads all of Node's fetch. Ours takes no files at all.
    asked: /^\.\/multipart\.js$/,
    by: /\/node-telegram-bot-api\//,
    toText: () => `
      export { bufferBody, multipartBody, streamBody } from ${quote("node-telegram-bot-api/dist/core/multipart.js")};
      export const supportsRequestStreams = () => true;`,
  },
];

/** The same code as ES modules, of which unused parts fall away. The folder is named for browsers; nothing in it needs one. */
const yaml = { index: "yaml/browser/index.js", folder: /\/yaml\/browser\// };

export const usedParts = {
  name: "used-parts",
  setup(bundle) {
    for (const [index, { asked, by, toText }] of parts.entries()) {
      const namespace = `used-part-${index}`;
      bundle.onResolve({ filter: asked }, ({ importer, path }) =>
        by.test(importer) ? { path, namespace } : undefined,
      );
      bundle.onLoad({ filter: /^/, namespace }, () => ({ contents: toText(), resolveDir: resolve(".") }));
    }
    bundle.onResolve({ filter: /^yaml$/ }, () => ({ path: inPackages(yaml.index), sideEffects: false }));
    bundle.onResolve({ filter: /^\./ }, ({ importer, resolveDir, path }) =>
      yaml.folder.test(importer) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

const inPackages = (file) => resolve("node_modules", file);

function quote(file) {
  return JSON.stringify(inPackages(file));
}
