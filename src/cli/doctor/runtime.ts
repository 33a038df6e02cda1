import { openDatabase } from "../../store/database.js";
import { type Check, type Finding, toFinding, well, wrong } from "./check.js";

/** Node and the native modules: the database for everybody, the keyring for whoever keeps tokens there. */
export const runtime: Check = {
  name: "runtime",
  when: "first",
  look: async ({ config }) => {
    const { node } = process.versions;
    const version = isSupported(node)
      ? well(`Node ${node}`)
      : wrong(`Node ${node} is too old or not a supported line.`, "Install Node 20.19, 22.14 or newer.");
    const usesKeyring = config !== null && config.secrets.store === "keyring";
    return [version, await tryDatabase(), ...(usesKeyring ? await tryKeyring() : [])];
  },
};

/** As `engines` in package.json has it: ^20.19.0 || >=22.14.0. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 20) return minor >= 19;
  return major > 22 || (major === 22 && minor >= 14);
}

async function tryDatabase(): Promise<Finding> {
  try {
    const { raw } = await openDatabase(":memory:");
    const version = String(raw.prepare("select sqlite_version()").pluck().get());
    raw.close();
    return well(`SQLite ${version}`);
  } catch (error) {
    return toFinding(error);
  }
}

/** Only whether its native part loads; whether the keyring answers is looked at with the secrets. */
async function tryKeyring(): Promise<Finding[]> {
  try {
    await import("@napi-rs/keyring");
    return [];
  } catch (error) {
    const finding = toFinding(error, "The keyring module does not load: ");
    const remedy =
      "Install gitnotify again with this Node, or keep the secrets elsewhere: `gitnotify secrets move file`.";
    return [{ ...finding, remedy }];
  }
}
