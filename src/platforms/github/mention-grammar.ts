import type { MentionGrammar } from "../../domain/mentions.js";

/**
 * Logins are ASCII letters, digits and single dashes; those of managed users end in an underscore and their company's short
 * code. A login is one only where the word ends: `@types/node`, `@ann.lee` and `@ann_` name nobody.
 */
export const mentionGrammar: MentionGrammar = {
  names: [
    /([a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?\/[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?)(?![a-z0-9_-])/iy,
    /([a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?(?:_[a-z0-9]{1,16})?)(?![a-z0-9_/-])(?!\.+[a-z0-9_])/iy,
  ],
  backslashHides: false,
  everyone: [],
};
