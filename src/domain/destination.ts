/** An address in a channel. Telegram: a chat and, in a forum, a topic. */
export interface Destination {
  channel: string;
  chat: string;
  topic?: string;
}

export function toDestinationKey(destination: Destination): string {
  return [destination.channel, destination.chat, destination.topic ?? ""].join(":");
}

/** The inverse of `toDestinationKey`. */
export function toDestination(key: string): Destination {
  const [channel = "", chat = "", topic = ""] = key.split(":");
  return topic === "" ? { channel, chat } : { channel, chat, topic };
}
