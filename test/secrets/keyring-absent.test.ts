import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chooseStore } from "../../src/secrets/choose.js";
import { createKeyringStore } from "../../src/secrets/keyring.js";

// Alone in its file: the native library reads the address once in a process.
it.skipIf(process.platform !== "linux")(
  "says within three seconds that there is no keyring, and what to do",
  async () => {
    process.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere/bus";
    const namesFile = join(mkdtempSync(join(tmpdir(), "names-")), "names.json");
    const store = createKeyringStore({ namesFile, scope: "" });
    const started = performance.now();
    for (const call of [
      () => store.get("telegram"),
      () => store.set("telegram", "canary-value"),
      () => store.delete("telegram"),
      () => store.probe!(),
    ]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: "SecretStoreError",
        code: "absent",
        remedy: expect.stringContaining("gnome-keyring") as string,
      });
      expect(String(error)).not.toContain("canary");
    }
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await store.list()).toEqual([]);
    const storeFile = `${namesFile}.enc`;
    const context = { env: {}, names: () => [], namesFile, storeFile, scope: "" };
    expect(await chooseStore({ runsAs: "terminal", context })).toMatchObject({
      id: "file",
      passedOver: [{ id: "keyring", remedy: expect.stringContaining("gnome-keyring") as string }],
    });
  },
);
