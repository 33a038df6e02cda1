import type { BotIdentity, TelegramApi } from "../../../channels/telegram/api.js";
import { type Failure, isFailure } from "../../../domain/failure.js";
import { telegramSecret } from "../../../secrets/secret-store.js";
import { type Draft, proxiesOf, type TelegramWay } from "../draft.js";
import type { Ports } from "../ports.js";
import { toTrouble } from "../probe.js";
import { cleanToken, findBotTokenProblem } from "../token-kind.js";
import { describeBotTrouble } from "../trouble.js";
import { askAuthority, askWay } from "./way.js";

/** The bot's token: how to get one, checked live, and whether its messages come to us and to nobody else. */
export async function setUpBot(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, net, say } = ports;
  const lines = [say("bot.howTo.1"), say("bot.howTo.2"), say("bot.howTo.3")];
  let next = draft;
  for (let isFirst = true; ; isFirst = false) {
    const token = cleanToken(
      await ask.secret({
        id: "telegram.token",
        secret: telegramSecret,
        message: say("bot.paste"),
        howTo: isFirst ? { title: say("bot.howTo"), lines } : undefined,
        check: (text) => findBotTokenProblem(text, { platforms: net.platforms, say }),
      }),
    );
    const reached = await reachBot(next, ports, token);
    next = { ...next, telegram: reached.telegram };
    if (reached.identity === null) continue;
    const { identity } = reached;
    ask.tell("good", say("bot.is", { username: identity.username, name: identity.name }));
    const api = await net.telegram({ ...next.telegram, token });
    if (await isOurs(ports, { draft: next, api, identity })) return { ...next, bot: { token, identity } };
  }
}

/** Asks Telegram who the bot is, and lets the person mend the way there. No identity: another token is wanted. */
async function reachBot(
  draft: Draft,
  { ask, say, ...rest }: Ports,
  token: string,
): Promise<{ telegram: TelegramWay; identity: BotIdentity | null }> {
  let { telegram } = draft;
  for (;;) {
    try {
      const identity = await ask.busy(say("bot.asking"), async () => {
        const api = await rest.net.telegram({ ...telegram, token });
        return api.getMe(ask.signal);
      });
      return { telegram, identity };
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (error.kind === "unauthorized") {
        ask.tell("problem", say("bot.unknown"));
        return { telegram, identity: null };
      }
      ask.tell("problem", describeBotTrouble(say, error, telegram));
      const next = await mendWay({ ...draft, telegram }, { ask, say, ...rest }, error);
      if (next === null) return { telegram, identity: null };
      telegram = next;
    }
  }
}

/** null: another token is wanted. */
async function mendWay(draft: Draft, ports: Ports, failure: Failure): Promise<TelegramWay | null> {
  const { apiRoot, ...way } = draft.telegram;
  const trouble = toTrouble(failure);
  const other = ports.say("way.otherToken");
  const wanted = { ...{ id: "telegram", way, trouble, other }, mendsName: false, proxies: proxiesOf(draft) };
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
  const { ask, say } = ports;
  // The daemon of this very home is no stranger.
  if (bot.draft.existing.daemon !== null) return true;
  for (;;) {
    const conflict = await ask.busy(say("bot.looking"), () => findConflict(bot.api, ask.signal));
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

async function settleWebhook({ ask, say }: Ports, { api, identity }: Bot): Promise<Settled> {
  ask.tell("problem", say("bot.webhook", { username: identity.username }));
  const what = await ask.select({
    id: "telegram.webhook",
    message: say("bot.webhook.ask"),
    choices: [
      { value: "remove", label: say("bot.webhook.remove"), hint: say("bot.webhook.remove.hint") },
      { value: "another", label: say("bot.webhook.other") },
    ],
  });
  if (what === "another") return "another";
  await ask.busy(say("bot.webhook.removing"), () => api.deleteWebhook(ask.signal));
  return "again";
}

async function settlePoller({ ask, say }: Ports, { identity }: Bot): Promise<Settled> {
  ask.tell("problem", say("bot.poller", { username: identity.username }));
  return ask.select<Settled>({
    id: "telegram.otherPoller",
    message: say("bot.poller.ask"),
    choices: [
      { value: "again", label: say("bot.poller.again") },
      { value: "another", label: say("bot.poller.other"), hint: say("bot.poller.other.hint") },
      { value: "go on", label: say("bot.poller.goOn"), hint: say("bot.poller.goOn.hint") },
    ],
  });
}
