import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { executable } from "./process.js";

/** In no list of users, as one that systemd makes for a service where its library for such lists is not installed. */
const nobodyKnows = { uid: 54_321, gid: 54_321 };

const asStranger = (...words: string[]) =>
  spawnSync(process.execPath, words, { ...nobodyKnows, encoding: "utf8", env: {}, cwd: "/" });

const isRoot = process.getuid?.() === 0;
const mayRead =
  isRoot && asStranger("-e", `require("node:fs").readFileSync(${JSON.stringify(executable)})`).status === 0;

describe.skipIf(!mayRead)(
  "a user without a home folder (needs root, and a checkout that others may read)",
  () => {
    it("runs gitnotify in the folder that is named", () => {
      const home = mkdtempSync(join(tmpdir(), "gitnotify-stranger-"));
      onTestFinished(() => rmSync(home, { recursive: true, force: true }));
      chmodSync(home, 0o777);
      writeFileSync(join(home, "config.yaml"), "connections: []\n", { mode: 0o644 });
      for (const words of [["status"], ["config", "check"], ["db", "migrate"]]) {
        const { status, stdout, stderr } = asStranger(executable, "--home", home, ...words);
        expect([status, stderr], `${words.join(" ")}: ${stdout}`).toEqual([
          0,
          expect.not.stringContaining("homedir"),
        ]);
      }
    });

    it("is told to name one", () => {
      const { status, stderr } = asStranger(executable, "status");
      expect([status, stderr]).toEqual([1, expect.stringContaining("GITNOTIFY_HOME")]);
      expect(stderr).not.toContain("    at ");
    });
  },
);
