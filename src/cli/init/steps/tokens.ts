import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";
import { askToken } from "./token.js";

/** A new token for a connection that is set up already; everything else of it stays. */
export async function replaceTokens(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, net, say } = ports;
  const { connections } = draft.existing.config;
  if (connections.length === 0) return draft;
  const missing = connections.find(({ id }) => !draft.existing.secrets.includes(`connection/${id}`));
  const id = await ask.select({
    id: "tokens.connection",
    message: say("token.connection"),
    choices: connections.map((connection) => ({
      value: connection.id,
      label: connection.id,
      hint: connection === missing ? say("token.none", { url: connection.url }) : connection.url,
    })),
    initial: missing?.id,
  });
  const connection = connections.find((one) => one.id === id);
  const platform = net.platforms.find((one) => one.id === connection?.platform);
  if (connection === undefined || platform === undefined) return draft;
  const checked = await askToken(ports, { connection, platform, place: `tokens.${id}` });
  const others = draft.connections.filter((one) => one.connection.id !== id);
  return { ...draft, connections: [...others, { connection, isNew: false, ...checked }] };
}
