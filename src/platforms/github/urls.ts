import type { Connection } from "../../domain/connection.js";

/** Where the API of an instance is: GitHub.com, GHE.com with data residency, or a GitHub Enterprise Server. */
export function toApiUrl(connection: Pick<Connection, "url" | "apiUrl">): string {
  if (connection.apiUrl !== undefined) return connection.apiUrl.replace(/\/+$/, "");
  const url = new URL(connection.url);
  const hosted = url.hostname === "github.com" || url.hostname.endsWith(".ghe.com");
  return hosted ? `${url.protocol}//api.${url.host}` : `${connection.url.replace(/\/+$/, "")}/api/v3`;
}
