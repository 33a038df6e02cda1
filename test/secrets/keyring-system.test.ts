import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseStore } from "../../src/secrets/choose.js";
import { createKeyringStore } from "../../src/secrets/keyring.js";
import { secretStoreContract } from "../contracts/secret-store-contract.js";
import { hasSessionKeyring, startSessionKeyring, type SessionKeyring } from "./session-keyring.js";

let made = 0;

function aStore(service = `gitnotify-test-${(made += 1)}`) {
  const namesFile = join(mkdtempSync(join(tmpdir(), "names-")), "names.json");
  return createKeyringStore({ service, namesFile, scope: "" });
}

function aContext() {
  const folder = mkdtempSync(join(tmpdir(), "choose-"));
  const [namesFile, storeFile] = [join(folder, "names.json"), join(folder, "secrets.enc")];
  return { env: {}, names: () => [], namesFile, storeFile, scope: "test" };
}

describe.skipIf(!hasSessionKeyring())("a real GNOME keyring (needs dbus and gnome-keyring)", () => {
  let keyring: SessionKeyring;

  beforeAll(async () => {
    keyring = await startSessionKeyring();
    // Read by the native library at its first call; every test file has a process of its own.
    process.env["DBUS_SESSION_BUS_ADDRESS"] = keyring.bus;
  });
  afterAll(() => keyring.stop());

  secretStoreContract("the system's keyring", {
    writable: true,
    makeStore: async (secrets) => {
      const store = aStore();
      for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
      return store;
    },
  });

  it("gives a secret to another process of the same home", async () => {
    await aStore("gitnotify-test-shared").set("telegram", "shared-value");
    expect(await aStore("gitnotify-test-shared").get("telegram")).toBe("shared-value");
  });

  it("is what a desktop session gets", async () => {
    const choice = await chooseStore({ runsAs: "terminal", context: aContext() });
    expect(choice).toMatchObject({ id: "keyring", passedOver: [] });
  });

  it("is tried by several at once without one spoiling the other's trial", async () => {
    await Promise.all([1, 2, 3, 4].map(() => aStore("gitnotify-test-trial").probe!()));
  });

  // The last one: the keyring stays locked.
  it("says that it is locked, and does not take that for a missing secret", async () => {
    await aStore("gitnotify-test-locked").set("telegram", "locked-value");
    await keyring.lock();
    const started = performance.now();
    await expect(aStore("gitnotify-test-locked").get("telegram")).rejects.toMatchObject({ code: "locked" });
    await expect(aStore("gitnotify-test-locked").set("telegram", "new-value")).rejects.toMatchObject({
      code: "locked",
    });
    expect(performance.now() - started).toBeLessThan(7_000);
    const tried = performance.now();
    await expect(aStore().probe!()).rejects.toMatchObject({
      code: "locked",
      remedy: expect.stringContaining("`gitnotify secrets move file`") as string,
    });
    expect(performance.now() - tried).toBeLessThan(3_500);
    const choice = await chooseStore({ runsAs: "user-service", context: aContext() });
    expect(choice).toMatchObject({
      id: "file",
      passedOver: [{ id: "keyring", why: "The keyring is locked." }],
    });
  });
});
