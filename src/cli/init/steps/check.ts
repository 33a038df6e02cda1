import { isFailure } from "../../../domain/failure.js";
import { lackInEnglish } from "../../../i18n/en/access.js";
import {
  connectionSecret,
  SecretStoreError,
  telegramSecret,
  type SecretStore,
} from "../../../secrets/secret-store.js";
import { describeExpiry } from "../../expiry.js";
import type { Draft } from "../draft.js";
import type { Ports } from "../ports.js";

/** Asks every server with the tokens that are stored. Changes nothing; `gitnotify doctor` looks at everything else. */
export async function checkAll(draft: Draft, ports: Ports): Promise<boolean> {
  const { stores, ask } = ports;
  const { config } = draft.existing;
  let good = true;
  try {
    const store = await stores.open(config.secrets.store);
    for (const { id } of config.connections)
      good = (await checkConnection(draft, ports, { store, id })) && good;
    good = (await checkBot(draft, ports, store)) && good;
  } catch (error) {
    if (!(error instanceof SecretStoreError)) throw error;
    ask.tell("problem", `${error.message} ${error.remedy}`);
    good = false;
  }
  ask.tell("info", "`gitnotify doctor` looks at everything else: network, clock, database, service.");
  return good;
}

async function checkConnection(
  draft: Draft,
  { net, ask, clock }: Ports,
  { store, id }: { store: SecretStore; id: string },
): Promise<boolean> {
  const connection = draft.existing.config.connections.find((one) => one.id === id);
  const token = await store.get(connectionSecret(id));
  if (connection === undefined || token === null) {
    ask.tell("problem", `${id} has no token: \`gitnotify init\`, “Replace a token”.`);
    return false;
  }
  const client = await net.connect(connection, token);
  return tryIt(ask, `Asking ${id}`, async () => {
    const { account, expiresAt, lacks } = await client.checkAccess(ask.signal);
    ask.tell("good", `${id}: ${account.login}, ${describeExpiry(expiresAt, clock.now())}.`);
    for (const lack of lacks) ask.tell("warning", Object.values(lackInEnglish(lack)).join(" "));
  });
}

async function checkBot(draft: Draft, { net, ask }: Ports, store: SecretStore): Promise<boolean> {
  const token = await store.get(telegramSecret);
  if (token === null) {
    ask.tell("problem", "The bot has no token: `gitnotify init`, “Another Telegram bot”.");
    return false;
  }
  const api = await net.telegram({ ...draft.telegram, token });
  return tryIt(ask, "Asking Telegram", async () => {
    ask.tell("good", `The bot is @${(await api.getMe(ask.signal)).username}.`);
  });
}

async function tryIt(ask: Ports["ask"], words: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await ask.busy(words, work);
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    ask.tell("problem", [error.message, error.remedy].filter(Boolean).join(" "));
    return false;
  }
}
