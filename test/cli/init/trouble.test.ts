import { expect, it } from "vitest";
import { describeBotTrouble } from "../../../src/cli/init/trouble.js";
import { Failure } from "../../../src/domain/failure.js";
import { createSay } from "../../../src/i18n/wizard.js";

const apiRoot = "https://api.telegram.org";
const noName = new Failure("unreachable", {
  message: "api.telegram.org gave no answer to getMe (dns).",
  ...{ code: "dns", values: { server: "api.telegram.org" } },
});

it("blames no spelling for the name of Telegram, which nobody typed", () => {
  expect(describeBotTrouble(createSay("en"), noName, { apiRoot })).toBe(
    "Telegram cannot be reached: this machine has no DNS, or the network needs a proxy.",
  );
  expect(describeBotTrouble(createSay("ru"), noName, { apiRoot })).toMatch(/^Telegram недоступен: .*DNS/);
});

it("asks for the spelling of a Bot API server that somebody typed", () => {
  const typed = { apiRoot: "https://bots.example.com" };
  expect(describeBotTrouble(createSay("en"), noName, typed)).toContain("Check the spelling");
});
