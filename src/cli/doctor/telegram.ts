import type { TelegramApi } from "../../channels/telegram/api.js";
import type { Config } from "../../config/load.js";
import { isFailure } from "../../domain/failure.js";
import type { Recipient } from "../../domain/subscription.js";
import type { DaemonStatus } from "../../operations/status-report.js";
import { findOwner } from "../../store/members.js";
import { toSpan } from "../format.js";
import { type Check, type Finding, isToldBySecrets, toFinding, warning, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";
import { findOtherPoller } from "./other-poller.js";

/** The bot's token, who else uses it, who owns the bot, and whether it may write where it shall. */
export const telegram: Check = {
  name: "telegram",
  needsSettings: true,
  when: "beside",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const owner = await ownerOf(ground, config);
    const recipients = (await ground.subscriptions(config)).map(({ to }) => to);
    const daemon = await ground.daemon();
    const ownership = lookAtOwner({ owner, recipients, isRunning: daemon.running });
    try {
      const bot = await ground.bot(config);
      const { api } = (await ground.platforms(config)).telegram;
      const chats = toChats(owner, recipients).map((chat) => lookAtChat(ground, api, chat));
      const [others, ...closed] = await Promise.all([lookForOthers(ground, api, daemon), ...chats]);
      return [well(`bot @${bot.username}`), ...others, ownership, ...closed.flat()];
    } catch (error) {
      if (ground.signal.aborted) throw error;
      if (isToldBySecrets(error) || (await isSilent(ground, config, error))) return [ownership];
      return [toFinding(error), ownership];
    }
  },
};

/** No answer at all: the check of the network says why. */
async function isSilent(ground: Ground, config: Config, error: unknown): Promise<boolean> {
  const isQuiet = isFailure(error) && error.kind === "unreachable" && error.code !== "schema";
  return isQuiet && !(await ground.isReached(config, "telegram"));
}

async function ownerOf(ground: Ground, config: Config): Promise<string | null> {
  if (config.telegram.owner !== undefined) return config.telegram.owner;
  const store = await ground.store().catch(() => null);
  return store === null ? null : ((await findOwner(store.db).catch(() => null))?.id ?? null);
}

function lookAtOwner(given: {
  owner: string | null;
  recipients: readonly Recipient[];
  isRunning: boolean;
}): Finding {
  const { owner, recipients } = given;
  if (owner !== null) return well(`owner ${owner}`);
  const remedy = given.isRunning
    ? "Restart the daemon and open the link that it prints, within ten minutes."
    : "Run `gitnotify start` and open the link that it prints.";
  const isMissed = recipients.length === 0 || recipients.includes("owner");
  return isMissed ? wrong("Nobody owns this bot yet.", remedy) : warning("Nobody owns this bot yet.", remedy);
}

const ownBot = "Stop the other one, or make a bot of your own with @BotFather: one bot serves one program.";

/** Updates go to one program alone: to a webhook, or to whoever asked last. */
async function lookForOthers(ground: Ground, api: TelegramApi, daemon: DaemonStatus): Promise<Finding[]> {
  const { host } = await api.getWebhook(ground.signal);
  if (host !== null) {
    const text = `Telegram sends this bot's updates to a webhook at ${host}, not to gitnotify.`;
    const remedy = `${ownBot} \`gitnotify start\` takes the webhook away.`;
    return [daemon.running ? wrong(text, ownBot) : warning(text, remedy)];
  }
  if (daemon.running) {
    const trouble = daemon.telegramTrouble;
    if (trouble === null) return [];
    const text = `The daemon gets no updates for ${toSpan(ground.clock.now() - trouble.since)}: ${trouble.what}`;
    return [wrong(text, /other|another|conflict/i.test(trouble.what) ? ownBot : undefined)];
  }
  if (!ground.listen) return [];
  const isPolled = await findOtherPoller(api, ground);
  return isPolled
    ? [wrong("Another program asks for this bot's updates and takes them away.", ownBot)]
    : [well("no other program asks for this bot's updates")];
}

/** Asking for each of hundreds of chats would take long; most people have a few. */
const mostChats = 20;

function toChats(owner: string | null, recipients: readonly Recipient[]): string[] {
  const named = recipients.flatMap((to) => {
    if (to === "owner") return [];
    return "member" in to ? [to.member] : [to.chat];
  });
  return [...new Set([...(owner === null ? [] : [owner]), ...named])].slice(0, mostChats);
}

async function lookAtChat(ground: Ground, api: TelegramApi, chat: string): Promise<Finding[]> {
  const isGroup = chat.startsWith("-");
  try {
    // A person who blocked the bot is still found by `getChat`; only writing tells, and "typing…" is the least of it.
    if (isGroup) await api.getChat(chat, ground.signal);
    else await api.showTyping(chat, ground.signal);
    return [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind !== "gone" && error.kind !== "forbidden" && error.kind !== "rejected") {
      return [toFinding(error, `chat ${chat}: `)];
    }
    const remedy = isGroup
      ? "Add the bot to that group, or take the chat out of the subscriptions."
      : "That person has to open the bot and press Start.";
    return [wrong(`The bot cannot write to the chat ${chat}: ${error.message}`, remedy)];
  }
}
