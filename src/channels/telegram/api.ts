/** The few methods of the Bot API that gitnotify uses. Every one rejects with a `Failure`, or with the signal's reason, and retries nothing. */
export interface TelegramApi {
  /** Who the token is. Works while another process polls. */
  getMe(signal?: AbortSignal): Promise<BotIdentity>;
  /** Waits up to `timeoutS` (at most 50) for updates from `offset` on, and confirms those below it. */
  getUpdates(request: UpdatesRequest, signal?: AbortSignal): Promise<RawUpdate[]>;
  /** The host that another program had Telegram send the updates to, or null; `pending` wait to be fetched. */
  getWebhook(signal?: AbortSignal): Promise<{ host: string | null; pending: number }>;
  /** Pending updates are kept. */
  deleteWebhook(signal?: AbortSignal): Promise<void>;
  /** The command menu for one language (two letters; undefined: everybody else) and one kind of chat. */
  setCommands(menu: CommandMenu, signal?: AbortSignal): Promise<void>;
  sendMessage(message: OutgoingMessage, signal?: AbortSignal): Promise<{ messageId: string }>;
  /** Rejects with `rejected`, code `not_modified`, when nothing would change. Without `keyboard` the buttons go. */
  editMessage(message: OutgoingMessage & { messageId: string }, signal?: AbortSignal): Promise<void>;
  deleteMessage(address: { chat: string; messageId: string }, signal?: AbortSignal): Promise<void>;
  /** Ends the spinner on a pressed button; `box` shows the text in a box to be closed. Text beyond 200 characters is cut. */
  answerPress(queryId: string, answer: { text?: string; box?: boolean }, signal?: AbortSignal): Promise<void>;
  getChat(chat: string, signal?: AbortSignal): Promise<ChatIdentity>;
  /** "typing…" for five seconds. */
  showTyping(chat: string, signal?: AbortSignal): Promise<void>;
}

export interface BotIdentity {
  id: string;
  username: string;
  name: string;
  /** Privacy mode is off: the bot sees everything that is said in groups. */
  readsGroups: boolean;
}

export interface ChatIdentity {
  id: string;
  kind: "private" | "group" | "channel";
  title: string;
  isForum: boolean;
}

export interface UpdatesRequest {
  offset: number;
  limit?: number;
  timeoutS: number;
  allowed?: readonly string[];
}

/** As it came, not validated but for its id. */
export interface RawUpdate {
  updateId: number;
  payload: unknown;
}

export interface CommandMenu {
  commands: ReadonlyArray<{ command: string; description: string }>;
  scope?: "all_private_chats" | "all_group_chats";
  language?: string;
}

export interface KeyboardButton {
  text: string;
  url?: string;
  callback_data?: string;
  style?: "danger" | "success" | "primary";
}

export interface OutgoingMessage {
  chat: string;
  text: string;
  /** False: the text is sent as it is. */
  html: boolean;
  keyboard: KeyboardButton[][];
  topic?: string;
  replyTo?: string;
  silent?: boolean;
}
