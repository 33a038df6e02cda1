import type { Channel, MessageAddress } from "../../src/channels/channel.js";
import type { Destination } from "../../src/domain/destination.js";
import type { Notification } from "../../src/domain/notification.js";

/** What a channel was asked to do, in order. */
export interface Shown {
  what: "send" | "edit" | "remove";
  destination: Destination;
  messageId: string;
  notification: Notification;
  text: string;
  replyTo?: string;
}

export interface FakeChannel extends Channel {
  shown: Shown[];
  /** Called before each request is carried out; what it rejects with is what the channel answers. */
  before: (request: Omit<Shown, "messageId" | "text"> & { messageId?: string }) => Promise<void>;
  /** Requests under way, and the most that ever were at once, in all and in one chat. */
  most: { atOnce: number; inOneChat: number };
}

export function createFakeChannel(limits: { gapMs?: number; perMinute?: number } = {}): FakeChannel {
  const underWay: string[] = [];
  const channel: FakeChannel = {
    id: "telegram",
    limits: {
      textLength: 4096,
      gapMs: () => limits.gapMs ?? 0,
      perMinute: () => limits.perMinute ?? 1_000,
    },
    shown: [],
    before: async () => {},
    most: { atOnce: 0, inOneChat: 0 },
    send: async (destination, notification, { replyTo }) => {
      await watched(destination, () =>
        channel.before({
          what: "send",
          destination,
          notification,
          ...(replyTo !== undefined && { replyTo }),
        }),
      );
      const messageId = String(1000 + channel.shown.length);
      channel.shown.push({
        ...{ what: "send", destination, messageId, notification, text: plain(notification) },
        ...(replyTo !== undefined && { replyTo }),
      });
      return { messageId };
    },
    edit: async (message: MessageAddress, notification) => {
      const { destination, messageId } = message;
      await watched(destination, () =>
        channel.before({ what: "edit", destination, notification, messageId }),
      );
      channel.shown.push({ what: "edit", destination, messageId, notification, text: plain(notification) });
    },
    remove: async ({ destination, messageId }) => {
      const gone = { what: "remove" as const, destination, messageId, notification: nothing };
      await watched(destination, () => channel.before(gone));
      channel.shown.push({ ...gone, text: "" });
    },
  };

  async function watched(destination: Destination, work: () => Promise<void>): Promise<void> {
    underWay.push(destination.chat);
    channel.most.atOnce = Math.max(channel.most.atOnce, underWay.length);
    const here = underWay.filter((chat) => chat === destination.chat).length;
    channel.most.inOneChat = Math.max(channel.most.inOneChat, here);
    try {
      await work();
    } finally {
      underWay.splice(underWay.indexOf(destination.chat), 1);
    }
  }

  return channel;
}

const nothing: Notification = { text: [], buttons: [], silent: true };

export function plain(notification: Notification): string {
  return notification.text.map((node) => (node.node === "break" ? "\n" : node.text)).join("");
}
