import type { Connection } from "../../../domain/connection.js";
import type { Platform } from "../../../platforms/platform.js";
import { toConnectionId } from "../address.js";
import { allConnections, type Draft, type DraftConnection, proxiesOf } from "../draft.js";
import type { Ports } from "../ports.js";
import { askServer } from "./server.js";
import { askToken } from "./token.js";

/** As many connections as the person wants, one after another. Each is complete before the next begins. */
export async function addConnections(draft: Draft, ports: Ports): Promise<Draft> {
  let next = draft;
  for (let index = 0; ; index += 1) {
    const place = `connections[${index}]`;
    if (index > 0 && !(await wantsMore(next, ports, place))) return next;
    const added = await addConnection(next, ports, place);
    if (added !== null) next = { ...next, connections: [...next.connections, added] };
  }
}

function wantsMore(draft: Draft, { ask, say }: Ports, place: string): Promise<boolean> {
  const ids = allConnections(draft).map(({ id }) => id);
  return ask.confirm({
    id: `${place}.more`,
    message: say("more.ask", { ids: ids.join(", ") }),
    initial: false,
  });
}

/** null: it is set up already. */
async function addConnection(draft: Draft, ports: Ports, place: string): Promise<DraftConnection | null> {
  const { ask, net, say } = ports;
  const chosen = await ask.select({
    id: `${place}.platform`,
    message: say("platform.ask"),
    choices: net.platforms.map((platform) => ({
      value: platform.id,
      label: platform.label,
      hint: say("platform.hint", { host: new URL(platform.defaultUrl).host }),
    })),
  });
  const platform = net.platforms.find(({ id }) => id === chosen) ?? net.platforms[0];
  if (platform === undefined) throw new Error("This build has no platforms.");
  const reached = await askServer(ports, { platform, id: place, proxies: proxiesOf(draft) });
  const known = allConnections(draft);
  const twin = known.find(({ url }) => url === reached.server.url);
  if (twin !== undefined && !(await wantsTwin(ports, { place, twin, platform: reached.platform })))
    return null;
  const id = ports.presetId(place) ?? toConnectionId(reached.server.url, reached.platform, known.map((one) => one.id)); // prettier-ignore
  const connection: Connection = { id, platform: reached.platform.id, ...reached.server };
  const checked = await askToken(ports, { connection, platform: reached.platform, place });
  return { connection, isNew: true, ...checked };
}

function wantsTwin(
  { ask, say }: Ports,
  { place, twin, platform }: { place: string; twin: Connection; platform: Platform },
): Promise<boolean> {
  ask.tell("info", say("twin.told", { url: twin.url, id: twin.id }));
  return ask.confirm({
    id: `${place}.twin`,
    message: say("twin.ask", { platform: platform.label }),
    initial: false,
  });
}
