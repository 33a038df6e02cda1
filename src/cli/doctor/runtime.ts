import { openDatabase } from "../../store/database.js";
import { type Check, toFinding, well, wrong } from "./check.js";

/** Node and the one native module without which nothing works. */
export const runtime: Check = {
  name: "runtime",
  look: async () => {
    const { node } = process.versions;
    const version = isSupported(node)
      ? well(`Node ${node}`)
      : wrong(`Node ${node} is too old or not a supported line.`, "Install Node 20.19, 22.14 or newer.");
    return [version, await tryDatabase()];
  },
};

/** As `engines` in package.json has it: ^20.19.0 || >=22.14.0. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 20) return minor >= 19;
  return major > 22 || (major === 22 && minor >= 14);
}

async function tryDatabase() {
  try {
    const { raw } = await openDatabase(":memory:");
    const version = String(raw.prepare("select sqlite_version()").pluck().get());
    raw.close();
    return well(`SQLite ${version}`);
  } catch (error) {
    const finding = toFinding(error, "The database module does not load: ");
    return {
      ...finding,
      remedy: "Run `npm rebuild better-sqlite3`, or install gitnotify again with this Node.",
    };
  }
}
