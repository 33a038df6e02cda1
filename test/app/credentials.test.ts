import { expect, it } from "vitest";
import { createCredentials } from "../../src/app/credentials.js";
import { type SecretStore, SecretStoreError } from "../../src/secrets/secret-store.js";
import { createFakeClock } from "../support/fake-clock.js";
import { createMemorySecretStore } from "../support/memory-secret-store.js";

function createWorld(initial: Record<string, string> = {}) {
  const clock = createFakeClock();
  const inner = createMemorySecretStore(initial);
  const heard: string[] = [];
  const world = { asked: 0, trouble: null as Error | null };
  const store: SecretStore = {
    ...inner,
    get: async (name) => {
      world.asked += 1;
      if (world.trouble !== null) throw world.trouble;
      return inner.get(name);
    },
  };
  const credentials = createCredentials({ store, clock, onRead: (secret) => heard.push(secret) });
  return { clock, store, heard, world, credentials };
}

const locked = new SecretStoreError("locked", "The keyring is locked.", "Unlock it.");

it("names a secret that is missing and how to store it, and never a value", async () => {
  const { credentials } = createWorld();
  expect(await credentials.has("connection/work")).toBe(false);
  await expect(credentials.read("connection/work")).rejects.toMatchObject({
    kind: "unauthorized",
    code: "missing",
    message: "The secret “connection/work” is missing in the store “memory”.",
    remedy: "Store it with `gitnotify secrets set connection/work`.",
  });
});

it("reads a secret once a minute, so that a changed one counts soon", async () => {
  const { clock, store, credentials, world } = createWorld({ telegram: "old" });
  for (let n = 0; n < 5; n += 1) expect(await credentials.read("telegram")).toBe("old");
  expect(world.asked).toBe(1);
  await store.set("telegram", "new");
  await clock.advance(60_000);
  expect(await credentials.read("telegram")).toBe("new");
});

it("lets the redaction hear of every value before anybody uses it", async () => {
  const { credentials, heard } = createWorld({ telegram: "123:abc" });
  const reading = credentials.read("telegram").then(() => heard.length);
  expect([await reading, heard]).toEqual([1, ["123:abc"]]);
});

it("goes on with what it knows when the store locks itself, and does not ask it for every request", async () => {
  const { clock, credentials, world } = createWorld({ telegram: "123:abc" });
  await credentials.read("telegram");
  world.trouble = locked;
  await clock.advance(60_000);
  for (let n = 0; n < 5; n += 1) expect(await credentials.read("telegram")).toBe("123:abc");
  expect(world.asked).toBe(2);
});

it("says what is wrong with the store when it knows nothing yet", async () => {
  const { credentials, world } = createWorld({ telegram: "123:abc" });
  world.trouble = locked;
  await expect(credentials.read("telegram")).rejects.toMatchObject({
    kind: "unreachable",
    code: "secret_store_locked",
    remedy: "Unlock it.",
  });
});

it("forgets a secret that was deleted, also when the store fails afterwards", async () => {
  const { clock, store, credentials, world } = createWorld({ telegram: "123:abc" });
  await credentials.read("telegram");
  await store.delete("telegram");
  await clock.advance(60_000);
  expect(await credentials.has("telegram")).toBe(false);
  world.trouble = locked;
  await expect(credentials.read("telegram")).rejects.toMatchObject({ kind: "unreachable" });
});
