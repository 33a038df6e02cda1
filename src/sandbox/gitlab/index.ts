import { startSandboxServer, type SandboxServer } from "../server.js";
import type { Settings } from "./model.js";
import { createRateLimits } from "./rate-limits.js";
import { createRouter } from "./router.js";
import { accountRoutes } from "./routes-account.js";
import { mergeRequestActionRoutes } from "./routes-merge-request-actions.js";
import { mergeRequestRoutes } from "./routes-merge-requests.js";
import { noteRoutes } from "./routes-notes.js";
import { pipelineRoutes } from "./routes-pipelines.js";
import { repositoryRoutes } from "./routes-repository.js";
import { createState } from "./state.js";
import { createWorld, type World } from "./world.js";

export interface GitLabSandbox extends Omit<World, "close"> {
  /** The web address with the sub-path, no slash at the end; the API is at `${url}/api/v4`. */
  url: string;
  server: SandboxServer;
  /** Switches for odd behaviour; change them at any time. */
  settings: Settings;
  /** What people do here, for code that scripts a scenario and does not start or stop anything. */
  world: World;
  /** Without arguments stops the server; with them closes a merge request. */
  close: Close;
}

interface Close {
  (): Promise<void>;
  (...args: Parameters<World["close"]>): void;
}

/** A GitLab on 127.0.0.1 that remembers. It starts empty: add users, tokens and projects. */
export async function startGitLabSandbox(
  options: { port?: number; now?: () => number; subPath?: "" | "/gitlab" } = {},
): Promise<GitLabSandbox> {
  const now = options.now ?? Date.now;
  const subPath = options.subPath ?? "";
  const state = createState(now);
  const limits = createRateLimits(state);
  const routes = [
    ...accountRoutes,
    ...mergeRequestRoutes,
    ...mergeRequestActionRoutes,
    ...noteRoutes(limits),
    ...pipelineRoutes,
    ...repositoryRoutes,
  ];
  const handle = createRouter({ state, limits, prefix: `${subPath}/api/v4`, routes });
  const port = options.port === undefined ? {} : { port: options.port };
  const server = await startSandboxServer({ ...port, now, handle });
  state.url = `${server.url}${subPath}`;
  const world = createWorld(state);
  function close(): Promise<void>;
  function close(...args: Parameters<World["close"]>): void;
  function close(...args: Parameters<World["close"]> | []): Promise<void> | void {
    return args.length === 0 ? server.close() : world.close(...args);
  }
  return { ...world, url: state.url, server, settings: state.settings, world, close };
}
