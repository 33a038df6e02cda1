import { toHtml } from "../../../channels/telegram/html.js";
import { isFailure } from "../../../domain/failure.js";
import { createTranslator, type Translate } from "../../../i18n/index.js";
import type { Say } from "../../../i18n/wizard.js";
import { SecretStoreError, telegramSecret } from "../../../secrets/secret-store.js";
import type { Draft, DraftBot } from "../draft.js";
import type { Paired, Pairing } from "../listen.js";
import type { Ports } from "../ports.js";
import { drawQr } from "../qr.js";
import { describeBotTrouble, describeTrouble } from "../trouble.js";

/** Finds out which Telegram account is the person's: whoever sends the code owns the daemon. */
export async function pairOwner(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, say } = ports;
  const bot = draft.bot ?? (await storedBot(draft, ports));
  if (bot === null) {
    ask.tell("warning", say("owner.noBot"));
    return draft;
  }
  for (;;) {
    const how = await ask.select({
      id: "telegram.pairing",
      message: say("owner.ask"),
      choices: [
        { value: "now", label: say("owner.now"), hint: say("owner.now.hint") },
        { value: "id", label: say("owner.id"), hint: say("owner.id.hint") },
        { value: "later", label: say("owner.later"), hint: say("owner.later.hint") },
      ],
      unattended: "later",
    });
    if (how === "later") return draft;
    if (how === "id") return { ...draft, owner: await askId(ports) };
    // Two that fetch the messages of one bot take them from each other.
    const daemon = draft.bot === undefined ? await ports.findDaemon() : null;
    if (daemon !== null) {
      ask.tell(
        "problem",
        say("owner.rival", { pid: daemon === 0 ? say("owner.rival.unknown") : String(daemon) }),
      );
      continue;
    }
    const paired = await pair(draft, ports, bot);
    if (paired === "skipped") return draft;
    if (paired !== null) return { ...draft, owner: paired };
    ask.tell("problem", say("owner.expired"));
  }
}

async function storedBot(draft: Draft, { net, stores, ask, say }: Ports): Promise<DraftBot | null> {
  try {
    const store = await stores.open(draft.existing.config.secrets.store);
    const token = await store.get(telegramSecret);
    if (token === null) return null;
    const api = await net.telegram({ ...draft.telegram, token });
    return { token, identity: await ask.busy(say("bot.asking"), () => api.getMe(ask.signal)) };
  } catch (error) {
    if (!isFailure(error) && !(error instanceof SecretStoreError)) throw error;
    const why = isFailure(error)
      ? describeBotTrouble(say, error, draft.telegram)
      : describeTrouble(say, error);
    ask.tell("problem", why);
    return null;
  }
}

async function askId({ ask, say }: Ports): Promise<{ id: string; name: string }> {
  const id = await ask.text({
    id: "telegram.owner",
    message: say("owner.id.ask"),
    example: say("owner.id.example"),
    check: (text) => (/^[1-9]\d{0,15}$/.test(text.trim()) ? undefined : say("owner.id.not")),
  });
  return { id: id.trim(), name: id.trim() };
}

/** null: the code has expired. */
async function pair(draft: Draft, ports: Ports, bot: DraftBot): Promise<Paired | "skipped" | null> {
  const { ask, say, net } = ports;
  const pairing = await net.pair({ ...draft.telegram, token: bot.token });
  const skipped = new AbortController();
  try {
    await show(ports, bot, pairing);
    const paired = await ask.busy(
      waitingWords(pairing, ports),
      (show) => wait(ports, { pairing, show, skipped: skipped.signal, translate: toTranslate(draft) }),
      () => skipped.abort(),
    );
    if (paired === null && skipped.signal.aborted) {
      ask.tell("info", say("owner.skipped"));
      return "skipped";
    }
    if (paired === null) return null;
    ask.tell("good", say("owner.paired", { name: paired.name, id: paired.id }));
    await greet(draft, ports, { bot, paired });
    return paired;
  } finally {
    await pairing.close();
  }
}

async function show(ports: Ports, { identity }: DraftBot, pairing: Pairing): Promise<void> {
  const { ask, say } = ports;
  const { code } = pairing;
  const address = `t.me/${identity.username}?start=${code}`;
  const link = `https://${address}`;
  const isWide = link.length + barWidth <= ask.screen.columns;
  // A terminal that breaks it makes it hard to click and to copy; browsers know the scheme by themselves.
  const shown = isWide || address.length + barWidth > ask.screen.columns ? link : address;
  const orSend = say("owner.orSend", { username: identity.username, code });
  const words = [say("owner.openOrScan"), shown, orSend, waitingWords(pairing, ports)];
  const qr = await drawQr(link, ask.screen, words);
  ask.note(say(qr === null ? "owner.open" : "owner.openOrScan"), [shown, orSend, ...(qr ?? [])]);
}

/** The bar with its two spaces. */
const barWidth = 3;
const secondMs = 1_000;

/** null: the code has expired, or the person does not want to wait. */
async function wait(
  ports: Ports,
  given: { pairing: Pairing; show: (words: string) => void; skipped: AbortSignal; translate: Translate },
): Promise<Paired | null> {
  const { ask, say, clock } = ports;
  const { pairing, show, skipped, translate } = given;
  const over = new AbortController();
  const waiting = AbortSignal.any([ask.signal, skipped, over.signal]);
  let news = "";
  const tick = async () => {
    while (!waiting.aborted) {
      show(`${news}${waitingWords(pairing, ports)}`);
      await clock.sleep(secondMs, waiting).catch(() => undefined);
    }
  };
  const ticked = tick();
  try {
    const onNews = (told: News) => void (news = describeNews(say, told));
    return await pairing.wait({ signal: waiting, translate, onNews });
  } catch (error) {
    if (skipped.aborted) return null;
    throw error;
  } finally {
    over.abort();
    await ticked;
  }
}

type News = Parameters<Parameters<Pairing["wait"]>[0]["onNews"]>[0];

function describeNews(say: Say, told: News): string {
  if (told.is === "wrong_code") return `${say("owner.news.code", { name: told.name })} `;
  return told.what === null ? "" : `${say(`owner.news.${told.what}`)} `;
}

function waitingWords({ expiresAt }: Pairing, { clock, say }: Ports): string {
  const seconds = Math.max(0, Math.round((expiresAt - clock.now()) / secondMs));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return say("owner.waiting", { left });
}

function toTranslate({ language, existing }: Draft): Translate {
  return createTranslator(language ?? existing.config.language);
}

/** The person looks at Telegram now: it tells them to come back. */
async function greet(
  draft: Draft,
  ports: Ports,
  { bot, paired }: { bot: DraftBot; paired: Paired },
): Promise<void> {
  const { ask, say, net } = ports;
  const translate = toTranslate(draft);
  const text = toHtml([{ node: "text", text: translate("init.paired", { name: paired.name }) }]);
  const api = await net.telegram({ ...draft.telegram, token: bot.token });
  try {
    await api.sendMessage({ chat: paired.id, text, html: true, keyboard: [] }, ask.signal);
  } catch (error) {
    if (!isFailure(error)) throw error;
    ask.tell("warning", say("owner.notGreeted", { why: describeBotTrouble(say, error, draft.telegram) }));
  }
}
