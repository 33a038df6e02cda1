import { SecretStoreError } from "../../src/secrets/secret-store.js";

/** The refusal that this ends in; anything else fails the test. */
export async function troubleOf(promise: Promise<unknown>): Promise<SecretStoreError> {
  const error: unknown = await promise.then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SecretStoreError)) throw error;
  return error;
}
