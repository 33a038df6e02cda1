import { describe, expect, it } from "vitest";
import { createSecretStore, secretStoreIds } from "../../src/secrets/index.js";

const context = {
  env: {},
  names: () => [],
  namesFile: "/nowhere/names.json",
  storeFile: "/nowhere/secrets.enc",
  scope: "",
};

describe("the list of secret stores", () => {
  it("makes each store by its id", () => {
    for (const id of secretStoreIds) expect(createSecretStore(id, context).id).toBe(id);
  });

  it("says which there are when asked for another", () => {
    expect(() => createSecretStore("vault", context)).toThrow('"vault"');
    try {
      createSecretStore("vault", context);
    } catch (error) {
      expect(error).toMatchObject({
        code: "absent",
        remedy: expect.stringContaining("keyring, systemd, file, env") as string,
      });
    }
  });
});
