import { describe, expect, it } from "vitest";
import { SecretStoreError, toSetRemedy, type SecretStore } from "../../src/secrets/secret-store.js";

export interface SecretStoreCase {
  /** A store that holds these secrets and nothing else. */
  makeStore: (secrets: Record<string, string>) => Promise<SecretStore>;
  /** False: `set` and `delete` reject with `read_only`. */
  writable: boolean;
  /** Of a store that is not writable: what its remedy says about the secret `telegram`. */
  remedy?: RegExp;
}

const token = "glpat-Ünï\"code\\ 'and $pecial\tcharacters";
const names = ["telegram", "connection/work", "connection/work-2", "member/42/work"];

/** What every secret store promises (secrets/secret-store.ts). */
export function secretStoreContract(name: string, suite: SecretStoreCase): void {
  const { makeStore, writable } = suite;
  describe(`${name} as a secret store`, () => {
    it("gives back what is there, character by character", async () => {
      const store = await makeStore({ telegram: token });
      expect(await store.get("telegram")).toBe(token);
    });

    it("says null for a name that it does not have", async () => {
      const store = await makeStore({ telegram: token });
      expect(await store.get("connection/none")).toBeNull();
    });

    it("keeps names apart and lists them", async () => {
      const store = await makeStore(Object.fromEntries(names.map((one) => [one, `value of ${one}`])));
      for (const one of names) expect(await store.get(one)).toBe(`value of ${one}`);
      expect((await store.list()).sort()).toEqual([...names].sort());
    });

    it("lists nothing when it is empty", async () => {
      expect(await (await makeStore({})).list()).toEqual([]);
    });

    it("says whether it can be written, and how a secret gets into it", async () => {
      const store = await makeStore({});
      expect(store.readOnly).toBe(!writable);
      expect(toSetRemedy(store, "telegram")).toMatch(suite.remedy ?? /`gitnotify secrets set telegram`/);
    });

    it("works when it is tried, and keeps nothing of the trial", async () => {
      const store = await makeStore({ telegram: token });
      await store.probe?.();
      expect(await store.list()).toEqual(["telegram"]);
      expect(await store.get("telegram")).toBe(token);
    });

    if (writable) writes(makeStore);
    else refusals(suite);
  });
}

function writes(makeStore: SecretStoreCase["makeStore"]): void {
  it("replaces a value", async () => {
    const store = await makeStore({ telegram: "old-value" });
    await store.set("telegram", token);
    expect(await store.get("telegram")).toBe(token);
    expect(await store.list()).toEqual(["telegram"]);
  });

  it("deletes, and says whether there was something to delete", async () => {
    const store = await makeStore({ telegram: token });
    expect(await store.delete("telegram")).toBe(true);
    expect(await store.get("telegram")).toBeNull();
    expect(await store.list()).toEqual([]);
    expect(await store.delete("telegram")).toBe(false);
  });

  it("keeps names that mean something to JavaScript", async () => {
    const store = await makeStore({});
    expect(await store.get("connection/__proto__")).toBeNull();
    await store.set("connection/constructor", "some-value");
    expect(await store.get("connection/constructor")).toBe("some-value");
  });

  it("loses no name when several are set at once", async () => {
    const store = await makeStore({});
    await Promise.all(names.map((one) => store.set(one, "some-value")));
    expect((await store.list()).sort()).toEqual([...names].sort());
  });
}

function refusals({ makeStore, remedy = /./ }: SecretStoreCase): void {
  it("refuses to change, with a remedy and without the value", async () => {
    const store = await makeStore({ telegram: token });
    for (const attempt of [store.set("telegram", "new-secret-value"), store.delete("telegram")]) {
      const error: unknown = await attempt.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SecretStoreError);
      expect(error).toMatchObject({
        code: "read_only",
        remedy: expect.stringMatching(remedy) as string,
      });
      expect(String((error as Error).stack)).not.toContain("new-secret-value");
    }
    expect(await store.get("telegram")).toBe(token);
  });
}
