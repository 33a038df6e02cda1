import type { Platform } from "../../../platforms/platform.js";
import { readAddress } from "../address.js";
import type { Ports, ServerSettings } from "../ports.js";
import { probe, type Probed } from "../probe.js";
import { settleTrouble } from "./server-trouble.js";

export interface Reached {
  /** Not always the one that was chosen first. */
  platform: Platform;
  server: ServerSettings;
}

export interface ServerWanted {
  platform: Platform;
  /** The place in the answers: `connections[0]`. */
  id: string;
  /** Proxies that are in use already. */
  proxies: readonly string[];
}

/** Asks for the address until a server answers there as a platform does. */
export async function askServer(ports: Ports, wanted: ServerWanted): Promise<Reached> {
  const { ask } = ports;
  const { platform, id } = wanted;
  const text = await ask.text({
    id: `${id}.url`,
    message: `Where is your ${platform.label}?`,
    initial: platform.defaultUrl,
    check: (typed) => {
      const read = readAddress(typed, platform);
      return read.ok ? undefined : read.message;
    },
  });
  const read = readAddress(text, platform);
  if (!read.ok) {
    ask.tell("problem", read.message);
    return askServer(ports, wanted);
  }
  return (await reach(ports, { ...wanted, bases: read.bases })) ?? askServer(ports, wanted);
}

interface Bases extends ServerWanted {
  /** What the typed address may mean, the likeliest first. */
  bases: readonly string[];
}

/** Tries, lets the person mend what stands in the way (certificate, proxy, private address, http), and tries again. */
async function reach(ports: Ports, wanted: Bases): Promise<Reached | null> {
  const { ask, net } = ports;
  const { platform, id, bases, proxies } = wanted;
  const url = bases[0] ?? "";
  let server: ServerSettings = {
    ...{ url, allowHttp: false, allowPrivateAddress: false },
    ...ports.preset(id),
  };
  let places = bases;
  for (;;) {
    const { host } = new URL(server.url);
    const found = await ask.busy(`Asking ${host} whether it is a ${platform.label}`, () =>
      probe(net, { platform, server, bases: places }, ask.signal),
    );
    switch (found.is) {
      case "own":
        ask.tell("good", `${found.url} is a ${platform.label}.`);
        return { platform, server: { ...server, url: found.url } };
      case "other":
        return takeOther(ports, wanted, found.platform);
      case "strange":
        ask.tell("problem", describeStrange(host, platform, found));
        return null;
      case "moved":
        if (!isUpgrade(server.url, found.url)) {
          ask.tell("problem", `${host} sends on to ${found.url}. If that is yours, type that address.`);
          return null;
        }
        ask.tell("info", `${host} sends on to ${found.url}: that is taken.`);
        places = [found.url];
        server = { ...server, url: found.url, allowHttp: false };
        break;
      case "trouble": {
        const next = await settleTrouble(ports, { id, server, proxies, ...found });
        if (next === null) return null;
        if (next.url !== server.url) places = [next.url];
        server = next;
      }
    }
  }
}

/** From http to https of the very same host. Anything else is for a person to decide. */
function isUpgrade(from: string, to: string): boolean {
  const [old, next] = [new URL(from), new URL(to)];
  return old.protocol === "http:" && next.protocol === "https:" && old.hostname === next.hostname;
}

function describeStrange(
  host: string,
  platform: Platform,
  { status, page }: Extract<Probed, { is: "strange" }>,
): string {
  const what = page
    ? `answers with a web page (HTTP ${status}) where a ${platform.label} talks to programs`
    : `answers (HTTP ${status}), but not as a ${platform.label} does`;
  const advice = "Take the address that the browser shows on its start page, with the path if there is one.";
  return `${host} ${what}. ${advice}${page ? " The sign-in page of a proxy or a Wi-Fi answers like this too." : ""}`;
}

async function takeOther(ports: Ports, wanted: Bases, found: Platform): Promise<Reached | null> {
  const { platform, id } = wanted;
  ports.ask.tell("problem", `This is a ${found.label}, not a ${platform.label}.`);
  const taken = await ports.ask.confirm({
    id: `${id}.platform.other`,
    message: `Set it up as a ${found.label}?`,
    initial: true,
  });
  return taken ? reach(ports, { ...wanted, platform: found }) : null;
}
