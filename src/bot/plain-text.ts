import type { IncomingMessage } from "../channels/telegram/message.js";
import { oneLine } from "../lib/shorten.js";
import type { Subject } from "../domain/subject.js";
import type { Snapshot } from "../domain/snapshot.js";
import type { FoundTarget } from "../operations/find-target.js";
import { explainsReply } from "../operations/answer-once.js";
import { shownSubject } from "../operations/shown-subject.js";
import { nameOf } from "./name-of.js";
import type { CommandContext } from "./command.js";
import { findCommand } from "./commands/index.js";
import { menu } from "./commands/start.js";
import { code, type Content, joinLines, lines, link, text } from "./content.js";

/**
 * What a text that is no command gets, and a photo or anything else that is no text. In private always something: whoever hears nothing believes that it was done. In a group people talk
 * to each other; only below one of our cards might somebody think that it reaches the platform, and there it is said once.
 */
export async function answerPlainText(
  context: CommandContext,
  { text: written, isMedia }: Pick<IncomingMessage, "text" | "isMedia">,
): Promise<Content | null> {
  const { replied, chat, operations } = context;
  const subject = replied?.subject ?? null;
  const meant =
    replied === null || subject === null ? null : meantForCard(context, { ...replied, subject }, written);
  if (meant !== null) return meant;
  if (chat.kind === "group") {
    if (
      subject === null ||
      written.startsWith("/") ||
      !(await explainsReply(operations, { chat: chat.id, subject }))
    )
      return null;
    return notPosted(context, { ...replied!, subject });
  }
  if (replied !== null && subject !== null) return notPosted(context, { ...replied, subject });
  if (isMedia) return { text: lines(context.translate("bot.media")) };
  const [first = "", ...rest] = written.trim().split(/\s+/);
  const command = findCommand(first.toLowerCase());
  if (command !== undefined) return suggest(context, command.name, rest.join(" "));
  const { translate } = context;
  return { ...menu(context), text: lines(translate("bot.plain"), translate("bot.menu.title")) };
}

/** A command that was meant, ready to be pressed. */
export function suggest({ translate }: CommandContext, name: string, words: string): Content {
  const command = words === "" ? `/${name}` : `/${name} ${words}`;
  const said = command.length > 60 ? `/${name} …` : command;
  return {
    text: lines(translate("bot.did-you-mean", { word: said })),
    buttons: [[{ label: said, meaning: { do: "command", name, words } }]],
  };
}

/** A command without its slash in answer to a pipeline's card: the button names the card's subject, for it answers nothing itself. */
function meantForCard(
  context: CommandContext,
  { subject, project }: FoundTarget & { subject: Subject },
  written: string,
): Content | null {
  const [, word = "", failed = ""] = /^\s*([a-z]+)(\s+failed)?[\s.!]*$/i.exec(written) ?? [];
  const name = findCommand(word.toLowerCase())?.name;
  if (name === undefined || context.member === null) return null;
  // What is approved or merged is the head that the card shows, which no words can name.
  if (subject.type !== "pipeline" || !["retry", "cancel", "log"].includes(name)) return null;
  const target = `${subject.connectionId}:${nameOf(context, { projectPath: project.path, subject })}`;
  const words = failed === "" ? target : `failed ${target}`;
  const label = failed === "" ? `/${name}` : `/${name} failed`;
  return {
    text: lines(context.translate("bot.did-you-mean", { word: label })),
    buttons: [[{ label, meaning: { do: "command", name, words } }]],
  };
}

async function notPosted(
  context: CommandContext,
  target: FoundTarget & { subject: NonNullable<FoundTarget["subject"]> },
): Promise<Content> {
  const { translate } = context;
  const snapshot = await shownSubject(context.operations, target.subject);
  const name = nameOf(context, { projectPath: target.project.path, subject: target.subject });
  const what =
    snapshot?.type === "wiki_page"
      ? translate("bot.reply.wiki-page", { title: oneLine(snapshot.title, 80) })
      : name;
  const takesComments = !["pipeline", "wiki_page", "docs_change"].includes(target.subject.type);
  const commands = snapshot === null ? [] : commandsFor(snapshot);
  const where =
    snapshot === null || !takesComments
      ? []
      : [[text(`${translate("bot.reply.where")} `), link(what, snapshot.url)]];
  const possible = commands.flatMap((command, index) => [text(index === 0 ? "" : " · "), code(command)]);
  return {
    text: joinLines([
      [text(translate(takesComments ? "bot.reply.not-posted" : "bot.reply.nowhere", { what }))],
      ...where,
      ...(commands.length === 0 ? [] : [[text(`${translate("bot.reply.possible")} `), ...possible]]),
    ]),
  };
}

/** What can be written in answer to a card, as its subject stands. */
function commandsFor(snapshot: Snapshot): string[] {
  switch (snapshot.type) {
    case "merge_request":
      if (snapshot.state !== "open") return [];
      return snapshot.draft ? ["/approve"] : ["/approve", "/merge"];
    case "pipeline":
      if (snapshot.status === "failed") return ["/log", "/retry", "/retry failed"];
      return ["queued", "running", "blocked"].includes(snapshot.status) ? ["/cancel"] : ["/retry"];
    case "wiki_page":
    case "docs_change":
    case "issue":
      return [];
  }
}
