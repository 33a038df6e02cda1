import { secretStoreContract } from "../contracts/secret-store-contract.js";
import { createMemorySecretStore } from "../support/memory-secret-store.js";

secretStoreContract("the tests' own memory", {
  writable: true,
  makeStore: async (secrets) => createMemorySecretStore(secrets),
});
