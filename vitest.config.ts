import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // better-sqlite3 is a native module: processes, not threads. Two, as many as the smallest machine has cores.
    pool: "forks",
    maxWorkers: 2,
  },
});
