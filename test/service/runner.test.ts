import { expect, it } from "vitest";
import { createRunner } from "../../src/service/runner.js";

it("runs programs without the secrets of its own environment", async () => {
  const secrets = {
    GITNOTIFY_SECRET_TELEGRAM: "1:abc",
    gitnotify_secret_connection_work: "glpat-x",
    GITNOTIFY_PASSPHRASE: "open sesame",
  };
  const env = { PATH: process.env["PATH"], GITNOTIFY_HOME: "/home/of/mia", ...secrets };
  const { stdout } = await createRunner(env).run([process.execPath, "-p", "JSON.stringify(process.env)"]);
  expect(stdout).toContain("/home/of/mia");
  for (const secret of Object.values(secrets)) expect(stdout).not.toContain(secret);
});
