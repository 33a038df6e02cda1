import { addToList, setValue } from "../../config/edit.js";
import type { Connection } from "../../domain/connection.js";
import { Document, isScalar, visit } from "yaml";
import { createSay } from "../../i18n/wizard.js";
import type { Draft } from "./draft.js";
import { sayStore } from "./write.js";

export const publicApiRoot = "https://api.telegram.org";

/** config.yaml as it will be: a new one with a few comments, or the one that is there with what is new in it. */
export function toConfigText(draft: Draft): string {
  return draft.existing.text.trim() === "" ? toNewText(draft) : toEditedText(draft);
}

function toNewText(draft: Draft): string {
  const { connections, language, store } = draft;
  const parts = [
    `# Settings of gitnotify, written by \`gitnotify init\`, which can be run again. \`gitnotify config schema\` lists every key.\n# Tokens are not kept here: \`gitnotify secrets list\` shows where they are.`,
    section({ telegram: toTelegram(draft) }),
    section({ connections: connections.map(({ connection }) => toEntry(connection)) }),
    "# Subscriptions are in the database: change them with /subscriptions in the chat, or `gitnotify subscriptions`.\n",
    store === undefined
      ? ""
      : `# ${comment(sayStore(createSay("en"), store))}\n${section({ secrets: { store: store.id } })}`,
    section({ language: language ?? "en" }),
  ];
  return `${parts.filter((part) => part !== "").join("\n")}`.replace(/\n{3,}/g, "\n\n");
}

function section(value: Record<string, unknown>): string {
  const [inner] = Object.values(value);
  const isEmpty = typeof inner === "object" && inner !== null && Object.keys(inner).length === 0;
  if (isEmpty) return "";
  const document = new Document(value);
  // A list of words is easier to read, and to edit, in one line.
  visit(document, {
    Seq: (_key, node) => {
      node.flow = node.items.every((item) => isScalar(item));
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** One line, whatever a store says. */
function comment(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function toTelegram({ telegram, owner }: Draft): Record<string, unknown> {
  const { apiRoot, proxy, caFile } = telegram;
  return {
    ...(apiRoot === publicApiRoot ? {} : { apiRoot }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(owner === undefined ? {} : { owner: Number(owner.id) }),
  };
}

/** Only what differs from the defaults. */
function toEntry(connection: Connection): Record<string, unknown> {
  const { id, platform, url, apiUrl, caFile, proxy, allowHttp, allowPrivateAddress } = connection;
  return {
    ...{ id, platform, url },
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(allowHttp ? { allowHttp } : {}),
    ...(allowPrivateAddress ? { allowPrivateAddress } : {}),
  };
}

function toEditedText(draft: Draft): string {
  const { existing, connections, language, store, owner } = draft;
  let { text } = existing;
  for (const { connection, isNew } of connections) {
    if (isNew) text = addToList(text, "connections", toEntry(connection));
  }
  if (owner !== undefined && owner.id !== existing.config.telegram.owner)
    text = setValue(text, ["telegram", "owner"], Number(owner.id));
  text = setTelegramWay(text, draft);
  if (language !== undefined && language !== existing.config.language)
    text = setValue(text, ["language"], language);
  if (store !== undefined && store.id !== existing.config.secrets.store)
    text = setValue(text, ["secrets", "store"], store.id);
  return text;
}

/** Only what this run has changed: a path in config.yaml may be relative there. A proxy that is taken out is none at all. */
function setTelegramWay(text: string, { telegram, existing }: Draft): string {
  const before = existing.config.telegram;
  let next = text;
  for (const key of ["apiRoot", "proxy", "caFile"] as const) {
    const value = telegram[key];
    if (value !== before[key]) next = setValue(next, ["telegram", key], value ?? "direct");
  }
  return next;
}
