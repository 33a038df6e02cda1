import type { Platform } from "./platform.js";

/** One registered platform. Loaded only when a connection uses it. */
export interface PlatformEntry {
  id: string;
  load(): Promise<Platform>;
}

/** The list. A platform is one line here and one folder beside. */
export const platforms: readonly PlatformEntry[] = [
  { id: "github", load: async () => (await import("./github/index.js")).github },
  { id: "gitlab", load: async () => (await import("./gitlab/index.js")).gitlab },
];

export const platformIds: readonly string[] = platforms.map((platform) => platform.id);
