import type { MentionGrammar } from "../../domain/mentions.js";

/** People and groups share their names: ASCII letters, digits, `_`, `-` and `.`, no dot at the end. */
const name = "(?:[a-z0-9_.][a-z0-9_.-]{0,253}[a-z0-9_-]|[a-z0-9_])";

export const mentionGrammar: MentionGrammar = {
  names: [new RegExp(`(${name}(?:/${name}){0,20})(?<!\\.git|\\.atom)`, "iy")],
  backslashHides: true,
  everyone: ["all"],
};
