import type { Platform } from "../../../platforms/platform.js";
import { readServerAddress } from "../address.js";
import type { Ports, ServerSettings } from "../ports.js";
import { probe } from "../probe.js";
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
  const { ask, say } = ports;
  const { platform, id } = wanted;
  const text = await ask.text({
    id: `${id}.url`,
    message: say("address.ask", { platform: platform.label }),
    initial: platform.defaultUrl,
    check: (typed) => {
      const read = readServerAddress(typed, platform);
      return read.ok ? undefined : say(read.why, read.values);
    },
  });
  const read = readServerAddress(text, platform);
  if (!read.ok) {
    ask.tell("problem", say(read.why, read.values));
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
  const { ask, net, say } = ports;
  const { label } = wanted.platform;
  const { platform, id, bases, proxies } = wanted;
  const url = bases[0] ?? "";
  let server: ServerSettings = {
    ...{ url, allowHttp: false, allowPrivateAddress: false },
    ...ports.preset(id),
  };
  let places = bases;
  for (;;) {
    const { host } = new URL(server.url);
    const found = await ask.busy(say("address.asking", { host, platform: label }), () =>
      probe(net, { platform, server, bases: places }, ask.signal),
    );
    switch (found.is) {
      case "own":
        ask.tell("good", say("address.is", { url: found.url, platform: label }));
        return { platform, server: { ...server, url: found.url } };
      case "other":
        return takeOther(ports, wanted, found.platform);
      case "strange":
        ask.tell(
          "problem",
          say(found.page ? "address.page" : "address.strange", {
            host,
            platform: label,
            status: String(found.status),
          }),
        );
        return null;
      case "moved":
        if (!isUpgrade(server.url, found.url)) {
          ask.tell("problem", say("address.moved", { host, url: found.url }));
          return null;
        }
        ask.tell("info", say("address.follow", { host, url: found.url }));
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

async function takeOther(ports: Ports, wanted: Bases, found: Platform): Promise<Reached | null> {
  const { platform, id } = wanted;
  const names = { found: found.label, platform: platform.label };
  ports.ask.tell("problem", ports.say("other.told", names));
  const taken = await ports.ask.confirm({
    id: `${id}.platform.other`,
    message: ports.say("other.ask", names),
    initial: true,
  });
  return taken ? reach(ports, { ...wanted, platform: found }) : null;
}
