import { telegramChannelId } from "./telegram/index.js";

/** Every kind of channel. A new one is a folder beside this file, and one line here. */
export const channelIds = [telegramChannelId] as const;

export { createTelegramChannel } from "./telegram/index.js";
