import type { MessageValues } from "../../i18n/index.js";
import type { WizardKey } from "../../i18n/wizard.js";
import type { Platform } from "../../platforms/platform.js";

/** What a person typed as the address of a server. */
export type TypedAddress =
  { ok: true; bases: string[] } | { ok: false; why: WizardKey; values: MessageValues };

/** Takes host names without a scheme and the addresses of pages. The likeliest base first, none with a slash at its end. */
export function readServerAddress(text: string, platform: Platform): TypedAddress {
  const typed = text.trim().replace(/^["'<]+|["'>]+$/g, "");
  const refuse = (why: WizardKey): TypedAddress => ({
    ...{ ok: false, why },
    values: { platform: platform.label, example: `https://${platform.id}.example.com`, typed },
  });
  if (typed === "") return refuse("address.empty");
  if (/\s/.test(typed)) return refuse("address.spaces");
  if (/^[\w.+-]+@[\w.-]+:/.test(typed)) return refuse("address.git");
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return refuse("address.not");
  if (url.username !== "" || url.password !== "") return refuse("address.login");
  if (withScheme !== typed && !isHostName(url)) return refuse("address.noDot");
  return { ok: true, bases: [...new Set((platform.setup?.toBases(url) ?? [url.origin]).map(trimSlash))] };
}

/** What was typed without https:// is taken for the name of a server only if it looks like one. */
function isHostName({ hostname, port }: URL): boolean {
  return hostname.includes(".") || hostname === "localhost" || hostname.startsWith("[") || port !== "";
}

function trimSlash(base: string): string {
  return base.replace(/\/+$/, "");
}

/** First words of host names that say what runs there and not whose it is. */
const generic = new Set(["www", "git", "ghe", "gl", "code", "scm", "source", "vcs", "dev", "api"]);

/** A short name for a connection that is not taken: `github`, `gitlab`, `example` for https://gitlab.example.com. */
export function toConnectionId(url: string, platform: Platform, taken: readonly string[]): string {
  const base = baseName(new URL(url), platform);
  if (!taken.includes(base)) return base;
  let count = 2;
  while (taken.includes(`${base}-${count}`)) count += 1;
  return `${base}-${count}`;
}

function baseName(url: URL, platform: Platform): string {
  const isPublic = platform.defaultUrl === url.origin;
  const isAddress = /^\[|^\d+(\.\d+){3}$/.test(url.hostname) || !url.hostname.includes(".");
  if (isPublic || isAddress) return platform.id;
  const labels = url.hostname.split(".").slice(0, -1);
  const telling = labels.find((label) => !generic.has(label) && label !== platform.id) ?? platform.id;
  const word = telling.toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, ""); // prettier-ignore
  return word === "" ? platform.id : word;
}
