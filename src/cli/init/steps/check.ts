import { isFailure } from "../../../domain/failure.js";
import {
  connectionSecret,
  SecretStoreError,
  telegramSecret,
  type SecretStore,
} from "../../../secrets/secret-store.js";
import type { Draft } from "../draft.js";
import { sayExpiry } from "../expiry.js";
import type { Ports } from "../ports.js";
import { describeLack, describeTrouble } from "../trouble.js";

/** Asks every server with the tokens that are stored. Changes nothing; `gitnotify doctor` looks at everything else. */
export async function checkAll(draft: Draft, ports: Ports): Promise<boolean> {
  const { stores, ask, say } = ports;
  const { config } = draft.existing;
  let good = true;
  try {
    const store = await stores.open(config.secrets.store);
    for (const { id } of config.connections)
      good = (await checkConnection(draft, ports, { store, id })) && good;
    good = (await checkBot(draft, ports, store)) && good;
  } catch (error) {
    if (!(error instanceof SecretStoreError)) throw error;
    ask.tell("problem", describeTrouble(say, error));
    good = false;
  }
  ask.tell("info", say("check.rest"));
  return good;
}

async function checkConnection(
  draft: Draft,
  { net, ask, say, clock }: Ports,
  { store, id }: { store: SecretStore; id: string },
): Promise<boolean> {
  const connection = draft.existing.config.connections.find((one) => one.id === id);
  const token = await store.get(connectionSecret(id));
  if (connection === undefined || token === null) {
    ask.tell("problem", say("check.noToken", { id }));
    return false;
  }
  const client = await net.connect(connection, token);
  return tryIt({ ask, say }, say("check.asking", { id }), async () => {
    const { account, expiresAt, lacks } = await client.checkAccess(ask.signal);
    const expiry = sayExpiry(say, expiresAt, clock.now());
    ask.tell("good", say("check.connection", { id, login: account.login, expiry }));
    for (const lack of lacks) ask.tell("warning", describeLack(say, lack));
  });
}

async function checkBot(draft: Draft, { net, ask, say }: Ports, store: SecretStore): Promise<boolean> {
  const token = await store.get(telegramSecret);
  if (token === null) {
    ask.tell("problem", say("check.noBot"));
    return false;
  }
  const api = await net.telegram({ ...draft.telegram, token });
  return tryIt({ ask, say }, say("check.bot"), async () => {
    const { username } = await api.getMe(ask.signal);
    ask.tell("good", say("check.bot.is", { username }));
  });
}

async function tryIt(
  { ask, say }: Pick<Ports, "ask" | "say">,
  words: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await ask.busy(words, work);
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    ask.tell("problem", describeTrouble(say, error));
    return false;
  }
}
