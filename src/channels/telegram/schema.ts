import * as z from "zod";
import { listOf } from "../../lib/list-of.js";

/** The fields of the Bot API that gitnotify reads; snake_case ends in this folder. */
const id = z.number().int();

export const meSchema = z.object({
  id,
  first_name: z.string(),
  username: z.string().optional(),
  can_read_all_group_messages: z.boolean().optional(),
});

export const chatSchema = z.object({
  id,
  type: z.enum(["private", "group", "supergroup", "channel"]),
  title: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  is_forum: z.boolean().optional(),
});

export const webhookSchema = z.object({ url: z.string(), pending_update_count: z.number().int() });

export const sentSchema = z.object({ message_id: id });

/** Kept whole: what is inside is only looked at when it is handled. */
export const updatesSchema = listOf(z.looseObject({ update_id: id }));

const userSchema = z.object({
  id,
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
  language_code: z.string().optional(),
});

export type User = z.infer<typeof userSchema>;
export type Chat = z.infer<typeof chatSchema>;

const placeSchema = z.object({
  message_id: id,
  date: z.number(),
  chat: chatSchema,
  message_thread_id: id.optional(),
  is_topic_message: z.boolean().optional(),
});

/** What a person can send instead of a text, by the names of the Bot API. Service messages (a pin, a new member) are none of it. */
export const mediaFields = [
  ...(["animation", "audio", "contact", "dice", "document", "location", "photo"] as const),
  ...(["poll", "sticker", "story", "venue", "video", "video_note", "voice"] as const),
] as const;

const media = Object.fromEntries(mediaFields.map((field) => [field, z.unknown().optional()])) as Record<
  (typeof mediaFields)[number],
  z.ZodOptional<z.ZodUnknown>
>;

const messageSchema = placeSchema.extend({
  ...media,
  caption: z.string().optional(),
  from: userSchema.optional(),
  sender_chat: z.object({ id }).optional(),
  text: z.string().optional(),
  forward_origin: z.unknown().optional(),
  // How servers of before Bot API 7.0, which still run, tell of a forwarded message.
  forward_from: z.unknown().optional(),
  forward_from_chat: z.unknown().optional(),
  forward_sender_name: z.unknown().optional(),
  forward_date: z.unknown().optional(),
  is_automatic_forward: z.boolean().optional(),
  via_bot: z.unknown().optional(),
  migrate_to_chat_id: id.optional(),
  reply_to_message: z.object({ message_id: id, from: userSchema.optional() }).optional(),
});

export type Message = z.infer<typeof messageSchema>;

/** `message` is absent for a press on a message sent inline, and has date 0 when the message is gone. */
const callbackQuerySchema = z.object({
  id: z.string(),
  from: userSchema,
  message: placeSchema.optional(),
  data: z.string().optional(),
});

export type CallbackQuery = z.infer<typeof callbackQuerySchema>;

const memberSchema = z.object({
  status: z.string(),
  is_member: z.boolean().optional(),
  can_send_messages: z.boolean().optional(),
});

const membershipSchema = z.object({ chat: chatSchema, from: userSchema, new_chat_member: memberSchema });

export type Membership = z.infer<typeof membershipSchema>;

export const updateSchema = z.object({
  update_id: id,
  message: messageSchema.optional(),
  callback_query: callbackQuerySchema.optional(),
  my_chat_member: membershipSchema.optional(),
});
