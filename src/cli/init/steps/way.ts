import { checkProxy } from "../../../config/addresses.js";
import { parseProxy } from "../../../lib/http-proxies.js";
import type { Say } from "../../../i18n/wizard.js";
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
  /** What can be done instead of mending the way, and whether that mends a name which nobody knows. */
  other: string;
  mendsName: boolean;
}

/** null: the person does the other thing. */
export async function askAuthority(ports: Ports, wanted: WayWanted): Promise<Way | null> {
  const { ask, files, say } = ports;
  const { id, way } = wanted;
  const what = await ask.select({
    id: `${id}.caFile.how`,
    message: say(way.caFile === undefined ? "ca.ask" : "ca.askAgain"),
    choices: [
      { value: "file", label: say(way.caFile === undefined ? "ca.file" : "ca.otherFile") },
      { value: "again", label: say("way.again") },
      { value: "other", label: wanted.other },
    ],
  });
  if (what === "other") return null;
  if (what === "again") return way;
  const caFile = await ask.text({
    id: `${id}.caFile`,
    message: say("ca.path"),
    example: "/etc/ssl/certs/company.pem",
    check: (text) => {
      const path = files.resolve(text);
      const wrong = files.checkAuthority(path);
      return wrong === undefined ? undefined : say(wrong, { path });
    },
  });
  return { ...way, caFile: files.resolve(caFile) };
}

/** null: the person does the other thing. */
export async function askWay(ports: Ports, wanted: WayWanted): Promise<Way | null> {
  const { ask, say } = ports;
  const { id, way } = wanted;
  const known = wanted.proxies.find((proxy) => proxy !== way.proxy && proxy !== "direct");
  const what = await ask.select({
    id: `${id}.proxy.how`,
    message: say("way.ask"),
    choices: toChoices(wanted, known, say),
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
        message: say("proxy.ask"),
        example: "http://proxy.example.com:3128",
        check: (text) => (checkProxy(text.trim()).ok ? undefined : say("proxy.not")),
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

function toChoices(
  { way, trouble, other, mendsName }: WayWanted,
  known: string | undefined,
  say: Say,
): Array<Choice<Answer>> {
  const again = { value: "again" as const, label: say("way.again"), hint: say("way.again.hint") };
  const leave = { value: "other" as const, label: other };
  const others = [
    ...(known === undefined
      ? []
      : [{ value: "known" as const, label: say("way.known", { host: hostOf(known, say) }) }]),
    {
      value: "proxy" as const,
      label: say(way.proxy === undefined ? "way.proxy" : "way.proxyAgain"),
    },
  ];
  switch (trouble) {
    case "proxy":
      return [...others, { value: "direct", label: say("way.direct") }, again, leave];
    // A name that nobody knows is most often mistyped.
    case "name":
      return mendsName ? [leave, again, ...others] : [again, ...others, leave];
    default:
      return [again, ...others, leave];
  }
}

/** Its password is nothing for the screen. */
function hostOf(proxy: string, say: Say): string {
  const parsed = parseProxy(proxy);
  return parsed.ok ? parsed.proxy.host : say("way.used");
}
