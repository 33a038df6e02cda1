/**
 * Channel-neutral text: a channel's one escaping sink turns it into its own markup, and cuts it between nodes when it is
 * too long. Text of others comes in as it is, hostile or not.
 */
export type TextNode =
  | { node: "text"; text: string }
  | { node: "bold"; text: string }
  | { node: "italic"; text: string }
  | { node: "code"; text: string }
  | { node: "link"; text: string; url: string }
  /** Somebody's words, on lines of their own; collapsed by the channel when long. */
  | { node: "quote"; text: string }
  /** Preformatted block, e.g. the end of a log. */
  | { node: "block"; text: string }
  | { node: "break" };

export interface Button {
  label: string;
  /** Exactly one of the two: a link, or an opaque nonce that comes back when it is pressed. */
  url?: string;
  nonce?: string;
  style?: "primary" | "danger" | "success";
}

/** A channel-neutral message. */
export interface Notification {
  /** Most important first: a channel cuts from the end. */
  text: TextNode[];
  /** Rows of buttons. */
  buttons: Button[][];
  /** No sound. */
  silent: boolean;
}
