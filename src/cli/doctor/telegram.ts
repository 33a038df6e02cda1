import type { Config } from "../../config/load.js";
import { isFailure } from "../../domain/failure.js";
import type { Recipient } from "../../domain/subscription.js";
import { findOwner } from "../../store/members.js";
import { type Check, type Finding, isToldBySecrets, toFinding, warning, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";

/** The bot's token, who owns the bot, and whether it may write where it shall. */
export const telegram: Check = {
  name: "telegram",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const owner = await ownerOf(ground, config);
    const recipients = (await ground.subscriptions(config)).map(({ to }) => to);
    const isRunning = (await ground.daemon().catch(() => null)) !== null;
    const ownership = lookAtOwner({ owner, recipients, isRunning });
    try {
      const bot = await ground.bot(config);
      const chats = toChats(owner, recipients);
      const closed = await Promise.all(chats.map((chat) => lookAtChat(ground, config, chat)));
      return [well(`bot @${bot.username}`), ownership, ...closed.flat()];
    } catch (error) {
      if (ground.signal.aborted) throw error;
      return isToldBySecrets(error) ? [ownership] : [toFinding(error), ownership];
    }
  },
};

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

/** Asking for each of hundreds of chats would take long; most people have a few. */
const mostChats = 20;

function toChats(owner: string | null, recipients: readonly Recipient[]): string[] {
  const named = recipients.flatMap((to) => {
    if (to === "owner") return [];
    return "member" in to ? [to.member] : [to.chat];
  });
  return [...new Set([...(owner === null ? [] : [owner]), ...named])].slice(0, mostChats);
}

async function lookAtChat(ground: Ground, config: Config, chat: string): Promise<Finding[]> {
  const { telegram: opened } = await ground.platforms(config);
  try {
    await opened.api.getChat(chat, ground.signal);
    return [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind !== "gone" && error.kind !== "forbidden" && error.kind !== "rejected") {
      return [toFinding(error, `chat ${chat}: `)];
    }
    const remedy = chat.startsWith("-")
      ? "Add the bot to that group, or take the chat out of the subscriptions."
      : "That person has to open the bot and press Start.";
    return [wrong(`The bot cannot write to the chat ${chat}: ${error.message}`, remedy)];
  }
}
