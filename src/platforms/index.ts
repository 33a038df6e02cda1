import type { Routes } from "../domain/routes.js";
import { routes as ofGitHub } from "./github/routes.js";
import { routes as ofGitLab } from "./gitlab/routes.js";
import type { Platform } from "./platform.js";

/** One registered platform. Loaded only when a connection uses it; its addresses are known before. */
export interface PlatformEntry {
  id: string;
  routes: Routes;
  load(): Promise<Platform>;
}

/** The list. A platform is one line here and one folder beside. */
export const platforms: readonly PlatformEntry[] = [
  { id: "github", routes: ofGitHub, load: async () => (await import("./github/index.js")).github },
  { id: "gitlab", routes: ofGitLab, load: async () => (await import("./gitlab/index.js")).gitlab },
];

export const platformIds: readonly string[] = platforms.map((platform) => platform.id);

/** By the id of the platform. */
export const routesOf: Readonly<Record<string, Routes>> = Object.fromEntries(
  platforms.map(({ id, routes }) => [id, routes]),
);
