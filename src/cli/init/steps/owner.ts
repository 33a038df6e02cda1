import { toHtml } from "../../../channels/telegram/html.js";
import { isFailure } from "../../../domain/failure.js";
import { createTranslator } from "../../../i18n/index.js";
import { SecretStoreError, telegramSecret } from "../../../secrets/secret-store.js";
import type { Draft, DraftBot } from "../draft.js";
import type { Paired, Pairing } from "../listen.js";
import type { Ports } from "../ports.js";
import { drawQr } from "../qr.js";
import { guessLanguage } from "./language.js";
import { describeTrouble } from "./way.js";

/** Finds out which Telegram account is the person's: whoever sends the code owns the daemon. */
export async function pairOwner(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask } = ports;
  const bot = draft.bot ?? (await storedBot(draft, ports));
  if (bot === null) {
    ask.tell(
      "warning",
      "Without the bot's token nobody can be paired now. `gitnotify start` prints a link later.",
    );
    return draft;
  }
  for (;;) {
    const how = await ask.select({
      id: "telegram.pairing",
      message: "Now the bot must learn who you are. Pair it with your Telegram account?",
      choices: [
        { value: "now", label: "Yes, now", hint: "a link, a QR code, one tap" },
        { value: "id", label: "I know my Telegram user id", hint: "a number like 123456789" },
        { value: "later", label: "Later", hint: "`gitnotify start` prints a link" },
      ],
      unattended: "later",
    });
    if (how === "later") return draft;
    if (how === "id") return { ...draft, owner: await askId(ports) };
    // Two that fetch the messages of one bot take them from each other.
    const daemon = draft.bot === undefined ? await ports.findDaemon() : null;
    if (daemon !== null) {
      ask.tell("problem", describeRival(daemon));
      continue;
    }
    const paired = await pair(draft, ports, bot);
    if (paired === "skipped") return draft;
    if (paired !== null) return { ...draft, owner: paired };
    ask.tell("problem", "Nobody sent the code in time. A new one can be made.");
  }
}

function describeRival(pid: number): string {
  const ways = "`gitnotify service stop`, or Ctrl-C where it was started";
  return `gitnotify runs (process ${pid || "unknown"}) and takes what is sent to this bot. Stop it for now (${ways}), then choose again.`;
}

async function storedBot(draft: Draft, { net, stores, ask }: Ports): Promise<DraftBot | null> {
  try {
    const store = await stores.open(draft.existing.config.secrets.store);
    const token = await store.get(telegramSecret);
    if (token === null) return null;
    const api = await net.telegram({ ...draft.telegram, token });
    return { token, identity: await ask.busy("Asking Telegram for the bot", () => api.getMe(ask.signal)) };
  } catch (error) {
    if (!isFailure(error) && !(error instanceof SecretStoreError)) throw error;
    ask.tell("problem", describeTrouble(error));
    return null;
  }
}

async function askId({ ask }: Ports): Promise<{ id: string; name: string }> {
  const id = await ask.text({
    id: "telegram.owner",
    message: "Your Telegram user id",
    example: "123456789; @userinfobot tells it",
    check: (text) =>
      /^[1-9]\d{0,15}$/.test(text.trim())
        ? undefined
        : "This is not a Telegram user id: it is a number like 123456789, not a name and not a phone number.",
  });
  return { id: id.trim(), name: id.trim() };
}

/** null: the code has expired. */
async function pair(draft: Draft, ports: Ports, bot: DraftBot): Promise<Paired | "skipped" | null> {
  const { ask, net } = ports;
  const pairing = await net.pair({ ...draft.telegram, token: bot.token });
  const skipped = new AbortController();
  try {
    await show(ports, bot, pairing);
    const paired = await ask.busy(
      waitingWords(pairing, ports),
      (say) => wait(ports, { pairing, say, skipped: skipped.signal }),
      () => skipped.abort(),
    );
    if (paired === null && skipped.signal.aborted) {
      ask.tell("info", "Later, then: `gitnotify start` prints a link.");
      return "skipped";
    }
    if (paired === null) return null;
    ask.tell("good", `Paired with ${paired.name} (Telegram id ${paired.id}).`);
    await greet(draft, ports, { bot, paired });
    return paired;
  } finally {
    await pairing.close();
  }
}

async function show({ ask }: Ports, { identity }: DraftBot, { code }: Pairing): Promise<void> {
  const link = `https://t.me/${identity.username}?start=${code}`;
  const qr = await drawQr(link, ask.screen);
  const open =
    qr === null ? "Open this link and press Start" : "Open this link (or scan the code) and press Start";
  ask.note(open, [link, `or send to @${identity.username}: /start ${code}`, ...(qr === null ? [] : qr)]);
}

const secondMs = 1_000;

/** null: the code has expired, or the person does not want to wait. */
async function wait(
  ports: Ports,
  given: { pairing: Pairing; say: (words: string) => void; skipped: AbortSignal },
): Promise<Paired | null> {
  const { ask, clock } = ports;
  const { pairing, say, skipped } = given;
  const over = new AbortController();
  const waiting = AbortSignal.any([ask.signal, skipped, over.signal]);
  let news = "";
  const tick = async () => {
    while (!waiting.aborted) {
      say(`${news}${waitingWords(pairing, ports)}`);
      await clock.sleep(secondMs, waiting).catch(() => undefined);
    }
  };
  const ticked = tick();
  try {
    return await pairing.wait({ signal: waiting, onNews: (told) => (news = describeNews(told)) });
  } catch (error) {
    if (skipped.aborted) return null;
    throw error;
  } finally {
    over.abort();
    await ticked;
  }
}

function describeNews(told: Parameters<Parameters<Pairing["wait"]>[0]["onNews"]>[0]): string {
  if (told.is === "wrong_code") return `${told.name} sent another code. `;
  switch (told.what) {
    case null:
      return "";
    case "other_poller":
      return "Another program takes the bot's messages: stop it. ";
    case "webhook":
      return "Another program has set a webhook. ";
    case "unauthorized":
      return "Telegram refuses the token. ";
    case "unreachable":
      return "Telegram does not answer. ";
  }
}

function waitingWords({ expiresAt }: Pairing, { clock }: Ports): string {
  const seconds = Math.max(0, Math.round((expiresAt - clock.now()) / secondMs));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `Waiting for you in Telegram, ${left} left (Enter: pair later)`;
}

/** The person looks at Telegram now: it tells them to come back. */
async function greet(
  draft: Draft,
  ports: Ports,
  { bot, paired }: { bot: DraftBot; paired: Paired },
): Promise<void> {
  const { ask, net } = ports;
  const translate = createTranslator(draft.language ?? guessLanguage(ports, paired.language));
  const text = toHtml([{ node: "text", text: translate("init.paired", { name: paired.name }) }]);
  const api = await net.telegram({ ...draft.telegram, token: bot.token });
  try {
    await api.sendMessage({ chat: paired.id, text, html: true, keyboard: [] }, ask.signal);
  } catch (error) {
    if (!isFailure(error)) throw error;
    ask.tell("warning", `The answer in Telegram could not be sent: ${error.message}`);
  }
}
