import type { Config } from "../../../config/load.js";
import { neededSecrets } from "../../registry.js";
import type { Ground } from "../ground.js";

const secretVariable = /SECRET|TOKEN|PASS|_KEY$|CREDENTIAL/i;
const proxyVariable = /_proxy$/i;

/** Every secret of this home that can be known: of the environment, the addresses in config.yaml, and the secret store. */
export async function findKnownSecrets(ground: Ground): Promise<string[]> {
  const { config, env } = ground;
  const variables = Object.entries(env).flatMap(([name, value = ""]) => {
    if (proxyVariable.test(name)) return fromAddress(value);
    return secretVariable.test(name) && !name.endsWith("_FILE") ? [value] : [];
  });
  const stored = config === null ? [] : await readStored(ground, config);
  const addresses = config === null ? [] : addressesOf(config).flatMap(fromAddress);
  const found = [...variables, ...stored, ...addresses].map((value) => value.trim());
  return [...new Set([...found, ...found.flatMap(botTokenPart)])].filter((value) => value !== "");
}

/** A store that fails keeps nobody from making a bundle: what it holds is then hidden by its shape alone. */
async function readStored(ground: Ground, config: Config): Promise<string[]> {
  const store = await ground.secrets(config).catch(() => null);
  if (store === null) return [];
  const listed = await store.list().catch(() => []);
  const names = [...new Set([...listed, ...neededSecrets(config)])];
  const values = await Promise.all(names.map((name) => store.get(name).catch(() => null)));
  return values.flatMap((value) => value ?? []);
}

/** Whatever in the settings is an address, wherever: keys for further proxies may be added without a thought of this. */
function addressesOf(config: Config): string[] {
  const texts: string[] = [];
  JSON.stringify(config, (_key, value: unknown) => {
    if (typeof value === "string" && value.includes("://")) texts.push(value);
    return value;
  });
  return texts;
}

/** User and password of an address, as they are written and as they are meant. */
function fromAddress(address: string): string[] {
  const written = /^[a-z][a-z\d+.-]*:\/\/([^/@]*)@/i.exec(address)?.[1]?.split(":") ?? [];
  return [...written, ...written.map(decoded)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Of a bot token the part behind the number is as good as the whole. */
function botTokenPart(value: string): string[] {
  const part = /^\d+:(.{20,})$/.exec(value)?.[1];
  return part === undefined ? [] : [part];
}
