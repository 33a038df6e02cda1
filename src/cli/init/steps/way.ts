import { checkProxy } from "../../../config/addresses.js";
import { parseProxy } from "../../../lib/http-proxies.js";
import type { Choice } from "../ask.js";
import type { Ports } from "../ports.js";
import type { Trouble } from "../probe.js";

/** What stands between this machine and a server. */
export interface Way {
  proxy?: string;
  caFile?: string;
}

export interface WayWanted {
  /** The place in the answers: `connections[0]`, `telegram`. */
  id: string;
  way: Way;
  trouble: Trouble;
  /** Proxies that this run or config.yaml uses for something else. */
  proxies: readonly string[];
  /** What can be done in place of mending the way. */
  other: string;
}

/** null: the person does the other thing. */
export async function askAuthority(ports: Ports, wanted: WayWanted): Promise<Way | null> {
  const { ask, files } = ports;
  const { id, way } = wanted;
  const what = await ask.select({
    id: `${id}.caFile.how`,
    message:
      way.caFile === undefined
        ? "Does your organisation have a certificate authority of its own?"
        : "The authority in that file did not sign it. What now?",
    choices: [
      {
        value: "file",
        label: way.caFile === undefined ? "Yes: I have its certificate in a file (PEM)" : "Use another file",
      },
      { value: "again", label: "Try again" },
      { value: "other", label: wanted.other },
    ],
  });
  if (what === "other") return null;
  if (what === "again") return way;
  const caFile = await ask.text({
    id: `${id}.caFile`,
    message: "Path of the certificate file",
    example: "/etc/ssl/certs/company.pem",
    check: (text) => files.checkAuthority(files.resolve(text)),
  });
  return { ...way, caFile: files.resolve(caFile) };
}

/** null: the person does the other thing. */
export async function askWay(ports: Ports, wanted: WayWanted): Promise<Way | null> {
  const { ask } = ports;
  const { id, way } = wanted;
  const known = wanted.proxies.find((proxy) => proxy !== way.proxy && proxy !== "direct");
  const what = await ask.select({
    id: `${id}.proxy.how`,
    message: "What now?",
    choices: toChoices(wanted, known),
  });
  switch (what) {
    case "other":
      return null;
    case "again":
      return way;
    case "known":
      return known === undefined ? way : { ...way, proxy: known };
    case "direct":
      return withoutProxy(way);
    case "proxy": {
      const typed = await ask.text({
        id: `${id}.proxy`,
        message: "Address of the proxy (http://, https://, socks5://)",
        example: "http://proxy.example.com:3128",
        check: (text) => {
          const checked = checkProxy(text.trim());
          return checked.ok ? undefined : `The address ${checked.message}.`;
        },
      });
      return { ...way, proxy: typed.trim() };
    }
  }
}

/** Where none was named here, it is one of the environment that fails. */
function withoutProxy({ proxy, ...rest }: Way): Way {
  return proxy === undefined ? { ...rest, proxy: "direct" } : rest;
}

type Answer = "again" | "other" | "proxy" | "known" | "direct";

function toChoices({ way, trouble, other }: WayWanted, known: string | undefined): Array<Choice<Answer>> {
  const again = { value: "again" as const, label: "Try again", hint: "after the network is back" };
  const leave = { value: "other" as const, label: other };
  const others = [
    ...(known === undefined
      ? []
      : [{ value: "known" as const, label: `Go through the proxy ${hostOf(known)} here too` }]),
    {
      value: "proxy" as const,
      label: way.proxy === undefined ? "Go through a proxy" : "Type the proxy's address once more",
    },
  ];
  switch (trouble) {
    case "proxy":
      return [...others, { value: "direct", label: "Go without a proxy" }, again, leave];
    // A name that nobody knows is most often mistyped.
    case "name":
      return [leave, again, ...others];
    default:
      return [again, ...others, leave];
  }
}

/** Its password is nothing for the screen. */
function hostOf(proxy: string): string {
  const parsed = parseProxy(proxy);
  return parsed.ok ? parsed.proxy.host : "that is used already";
}

/**
 * Remedies are written for whoever edits config.yaml; here the wizard asks. `Write them into proxy in config.yaml` becomes `Write
 * them into its address`.
 */
export function describeTrouble({
  message,
  remedy,
}: {
  message: string;
  remedy?: string | undefined;
}): string {
  if (remedy === undefined) return message;
  const told = remedy
    .replace("proxy in config.yaml", "its address")
    .replace(/set `proxy: direct`( for it or name it in NO_PROXY)?/, "go without a proxy");
  return /config\.yaml|caFile|apiRoot/.test(told) ? message : `${message} ${told}`;
}
