import { join } from "node:path";
import type { Connection } from "../domain/connection.js";
import type { Clock } from "../lib/clock.js";
import type { HostLimit } from "../lib/host-limit.js";
import { createHttpClient } from "../lib/http-client.js";
import type { HttpClient } from "../lib/http.js";
import type { Log } from "../lib/log.js";
import { platforms } from "../platforms/index.js";
import type { LiveConnection, PlatformConnection } from "../platforms/platform.js";
import { connectionSecret, memberSecret } from "../secrets/secret-store.js";
import type { Credentials } from "./credentials.js";
import { hideEchoes } from "./hide-echoes.js";

export interface ConnectionsOptions {
  connections: readonly Connection[];
  credentials: Credentials;
  limit: HostLimit;
  userAgent: string;
  cacheDir: string;
  clock: Clock;
  log: Log;
}

export interface Connections {
  live: ReadonlyMap<string, LiveConnection>;
  /** The way to the servers of each connection, by its id: for looking at the way itself. */
  ways: ReadonlyMap<string, HttpClient>;
  /** The adapter with the credential of this very member; the owner is the account of the connection itself. */
  clientFor(member: { id: string; owner: boolean }, connectionId: string): Promise<PlatformConnection | null>;
  close(): Promise<void>;
}

export async function openConnections(options: ConnectionsOptions): Promise<Connections> {
  const live = new Map<string, LiveConnection>();
  const clients: HttpClient[] = [];
  for (const connection of options.connections) {
    const entry = platforms.find((platform) => platform.id === connection.platform);
    if (entry === undefined) throw new Error(`There is no platform “${connection.platform}”.`);
    const { redact } = options.credentials;
    const http = hideEchoes(createHttpClient(toHttpOptions(connection, options)), redact);
    clients.push(http);
    const platform = await entry.load();
    const context = toContext(options, { connection, http, secret: connectionSecret(connection.id) });
    live.set(connection.id, { connection, platform, client: platform.connect(connection, context) });
  }
  const httpOf = new Map(
    options.connections.flatMap(({ id }, index) => {
      const client = clients[index];
      return client === undefined ? [] : [[id, client] as const];
    }),
  );
  return {
    live,
    ways: httpOf,
    clientFor: async (member, connectionId) => {
      const found = live.get(connectionId);
      if (found === undefined) return null;
      if (member.owner) return found.client;
      const secret = memberSecret(member.id, connectionId);
      const http = httpOf.get(connectionId);
      if (http === undefined || !(await options.credentials.has(secret))) return null;
      return found.platform.connect(
        found.connection,
        toContext(options, { connection: found.connection, http, secret }),
      );
    },
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
}

function toHttpOptions(connection: Connection, { limit, userAgent }: ConnectionsOptions) {
  return {
    ...(connection.caFile === undefined ? {} : { caFile: connection.caFile }),
    ...(connection.proxy === undefined ? {} : { proxy: connection.proxy }),
    origins: [connection.url, ...(connection.apiUrl === undefined ? [] : [connection.apiUrl])],
    allowPrivateAddress: connection.allowPrivateAddress,
    allowHttp: connection.allowHttp,
    userAgent,
    limit,
  };
}

function toContext(
  { credentials, clock, log, cacheDir }: ConnectionsOptions,
  { connection, http, secret }: { connection: Connection; http: HttpClient; secret: string },
) {
  const credential = () => credentials.read(secret);
  return { http, credential, clock, log, cacheDir: join(cacheDir, connection.id) };
}
