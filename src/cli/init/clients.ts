import { isFailure } from "../../domain/failure.js";
import type { PlatformConnection } from "../../platforms/platform.js";
import { connectionSecret, SecretStoreError } from "../../secrets/secret-store.js";
import type { Draft } from "./draft.js";
import type { Ports } from "./ports.js";
import { describeTrouble } from "./trouble.js";

export interface Client {
  /** Of the connection. */
  id: string;
  client: PlatformConnection;
  /** Whether the inbox can be read; undefined: not known in this run. */
  inbox?: boolean;
}

/** Every connection with its token, those of this run first. What has no token to be read is told and left out. */
export async function openClients(draft: Draft, ports: Ports): Promise<Client[]> {
  const fresh = draft.connections.map(({ connection, client, access }) => ({
    ...{ id: connection.id, client, inbox: access.inbox },
  }));
  const rest = draft.existing.config.connections.filter(({ id }) => !fresh.some((one) => one.id === id));
  // A new connection was just added: its projects are what is chosen now.
  if (rest.length === 0 || draft.connections.some(({ isNew }) => isNew)) return fresh;
  const clients: Client[] = [];
  for (const connection of rest) {
    const token = await readToken(draft, ports, connection.id);
    if (token !== null)
      clients.push({ id: connection.id, client: await ports.net.connect(connection, token) });
  }
  return [...fresh, ...clients];
}

async function readToken(draft: Draft, { stores, ask, say }: Ports, id: string): Promise<string | null> {
  try {
    const store = await stores.open(draft.existing.config.secrets.store);
    const token = await store.get(connectionSecret(id));
    if (token === null) ask.tell("warning", say("token.missing", { id }));
    return token;
  } catch (error) {
    if (!(error instanceof SecretStoreError) && !isFailure(error)) throw error;
    ask.tell("warning", say("token.unreadable", { id, why: describeTrouble(say, error) }));
    return null;
  }
}
