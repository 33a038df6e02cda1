import { startSandboxServer, type Exchange, type Reply, type SandboxServer } from "../server.js";
import { serveBlob } from "./blobs.js";
import { serveGit } from "./git-http.js";
import { createGraphql } from "./graphql/server.js";
import { RateLimits } from "./rate-limits.js";
import { createRest } from "./rest/router.js";
import { createState } from "./state.js";
import { createWorld, type GitHubWorld } from "./world.js";

export type { GitHubWorld } from "./world.js";

export type GitHubSandbox = GitHubWorld & {
  /** Web address, as in a connection's `url`. */
  url: string;
  /** REST at `url` + `/api/v3`; GraphQL is beside it at `/api/graphql`. */
  apiUrl: string;
  server: SandboxServer;
  /** The host of logs: another origin, with switches and a ledger of its own. */
  blobs: SandboxServer;
  limits: RateLimits;
  close(): Promise<void>;
};

/** A GitHub on 127.0.0.1, laid out like GitHub Enterprise Server. It is empty until the world's methods fill it. */
export async function startGitHubSandbox(
  options: { port?: number; now?: () => number } = {},
): Promise<GitHubSandbox> {
  const now = options.now ?? (() => Date.now());
  const state = createState(now);
  const world = createWorld(state);
  const limits = new RateLimits(now);
  const rest = createRest({ state, world, limits });
  const graphql = createGraphql({ state, limits });
  const answer = (exchange: Exchange): Reply => {
    if (exchange.path.startsWith("/api/v3/")) return withIdentity(rest(exchange));
    if (exchange.path === "/api/graphql" && exchange.method === "POST")
      return withIdentity(graphql(exchange));
    return serveGit(state, exchange) ?? toPage(exchange);
  };
  const handle = async (exchange: Exchange): Promise<Reply> => {
    try {
      return answer(exchange);
    } catch (error) {
      // A mistake in a test's world or in the sandbox shows its reason instead of a closed connection.
      return { status: 500, body: { message: `Sandbox error: ${String(error)}` } };
    }
  };
  const port = options.port === undefined ? {} : { port: options.port };
  const server = await startSandboxServer({ now, handle, ...port });
  const blobs = await startSandboxServer({ now, handle: async (exchange) => serveBlob(state, exchange) });
  state.urls = { web: server.url, api: `${server.url}/api/v3`, blobs: blobs.url };
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), blobs.close()]);
  };
  return { ...world, url: server.url, apiUrl: state.urls.api, server, blobs, limits, close };
}

function withIdentity(reply: Reply): Reply {
  return { ...reply, headers: { server: "github.com", "x-github-request-id": "SANDBOX", ...reply.headers } };
}

/** The web pages that messages link to are not drawn. */
function toPage(exchange: Exchange): Reply {
  const headers = { "content-type": "text/html; charset=utf-8" };
  return { status: 404, operation: "web", headers, body: `<title>Not Found</title>${exchange.path.length}` };
}
