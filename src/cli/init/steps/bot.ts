import type { BotIdentity, TelegramApi } from "../../../channels/telegram/api.js";
import { type Failure, isFailure } from "../../../domain/failure.js";
import { telegramSecret } from "../../../secrets/secret-store.js";
import { type Draft, proxiesOf, type TelegramWay } from "../draft.js";
import type { Ports } from "../ports.js";
import { toTrouble } from "../probe.js";
import { cleanToken, findBotTokenProblem } from "../token-kind.js";
import { askAuthority, askWay, describeTrouble } from "./way.js";

const howTo = {
  title: "A Telegram bot of your own (one minute)",
  lines: [
    "1. Open https://t.me/BotFather in Telegram and send: /newbot",
    "2. Give it a name, then a user name that ends in “bot”",
    "3. Copy the token that it answers with: 123456:ABC…",
  ],
};

/** The bot's token: how to get one, checked live, and whether its messages come to us and to nobody else. */
export async function setUpBot(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, net } = ports;
  let next = draft;
  for (let isFirst = true; ; isFirst = false) {
    const token = cleanToken(
      await ask.secret({
        id: "telegram.token",
        secret: telegramSecret,
        message: "Paste the bot token (it is not shown)",
        ...(isFirst ? { howTo } : {}),
        check: (text) => findBotTokenProblem(text, net.platforms),
      }),
    );
    const reached = await reachBot(next, ports, token);
    next = { ...next, telegram: reached.telegram };
    if (reached.identity === null) continue;
    const { identity } = reached;
    ask.tell("good", `The bot is @${identity.username} (${identity.name}).`);
    const api = await net.telegram({ ...next.telegram, token });
    if (await isOurs(ports, { draft: next, api, identity })) return { ...next, bot: { token, identity } };
  }
}

/** Asks Telegram who the bot is, and lets the person mend the way there. No identity: another token is wanted. */
async function reachBot(
  draft: Draft,
  { ask, ...rest }: Ports,
  token: string,
): Promise<{ telegram: TelegramWay; identity: BotIdentity | null }> {
  let { telegram } = draft;
  for (;;) {
    try {
      const identity = await ask.busy("Asking Telegram for the bot", async () => {
        const api = await rest.net.telegram({ ...telegram, token });
        return api.getMe(ask.signal);
      });
      return { telegram, identity };
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (error.kind === "unauthorized") {
        ask.tell(
          "problem",
          "Telegram knows no bot with this token: it was revoked, or is not complete. Copy all of it.",
        );
        return { telegram, identity: null };
      }
      ask.tell("problem", describeTrouble(error));
      const next = await mendWay({ ...draft, telegram }, { ask, ...rest }, error);
      if (next === null) return { telegram, identity: null };
      telegram = next;
    }
  }
}

/** null: another token is wanted. */
async function mendWay(draft: Draft, ports: Ports, failure: Failure): Promise<TelegramWay | null> {
  const { apiRoot, ...way } = draft.telegram;
  const trouble = toTrouble(failure);
  const wanted = { id: "telegram", way, trouble, proxies: proxiesOf(draft), other: "Paste another token" };
  const ask = trouble === "unknown_authority" ? askAuthority : askWay;
  const next = await ask(ports, wanted);
  return next === null ? null : { apiRoot, ...next };
}

interface Bot {
  draft: Draft;
  api: TelegramApi;
  identity: BotIdentity;
}

/** False: another bot is wanted. */
async function isOurs(ports: Ports, bot: Bot): Promise<boolean> {
  const { ask } = ports;
  // The daemon of this very home is no stranger.
  if (bot.draft.existing.daemon !== null) return true;
  for (;;) {
    const conflict = await ask.busy("Looking whether another program listens to this bot", () =>
      findConflict(bot.api, ask.signal),
    );
    if (conflict === null) return true;
    const settled = conflict === "webhook" ? await settleWebhook(ports, bot) : await settlePoller(ports, bot);
    if (settled !== "again") return settled === "go on";
  }
}

/** Long enough that another program comes round again after this request has thrown it out. */
const lookS = 2;

/** Nothing is confirmed: whoever listens gets every message later. */
async function findConflict(api: TelegramApi, signal: AbortSignal): Promise<"webhook" | "poller" | null> {
  try {
    await api.getUpdates({ offset: 0, limit: 1, timeoutS: lookS }, signal);
    return null;
  } catch (error) {
    if (!isFailure(error) || error.kind !== "conflict") {
      // The bot itself has answered; a fault of this request alone is no reason to stop.
      if (isFailure(error)) return null;
      throw error;
    }
    return error.code === "webhook" ? "webhook" : "poller";
  }
}

type Settled = "again" | "go on" | "another";

async function settleWebhook({ ask }: Ports, { api, identity }: Bot): Promise<Settled> {
  ask.tell(
    "problem",
    `@${identity.username} has a webhook: Telegram gives its messages to a web server of another program, and gitnotify would hear none.`,
  );
  const what = await ask.select({
    id: "telegram.webhook",
    message: "What shall become of it?",
    choices: [
      { value: "remove", label: "Remove the webhook", hint: "the other program hears nothing any more" },
      { value: "another", label: "Leave it, and use another bot" },
    ],
  });
  if (what === "another") return "another";
  await ask.busy("Removing the webhook", () => api.deleteWebhook(ask.signal));
  return "again";
}

async function settlePoller({ ask }: Ports, { identity }: Bot): Promise<Settled> {
  ask.tell(
    "problem",
    `Another program listens to @${identity.username} with this token. Only one can: each would miss what the other takes.`,
  );
  return ask.select<Settled>({
    id: "telegram.otherPoller",
    message: "What now?",
    choices: [
      { value: "again", label: "I have stopped it: look again" },
      { value: "another", label: "Use another bot", hint: "one for gitnotify alone is best" },
      { value: "go on", label: "Go on all the same", hint: "I stop it before gitnotify starts" },
    ],
  });
}
