import * as z from "zod";
import { allFeatures, featureWords, toFeature, type FeatureName } from "../domain/feature.js";
import { checkFilter } from "../domain/filter.js";
import type { Recipient } from "../domain/subscription.js";
import { nearest } from "../lib/nearest.js";
import type { CheckedAddress } from "./addresses.js";
import { findCronProblem } from "./cron.js";

/** What an issue of this schema may carry beside its message. */
export interface IssueParams {
  suggestion?: string;
  /** Where in the text the mistake starts, in UTF-16 units from 0. */
  offset?: number;
}

export function address(check: (text: string) => CheckedAddress) {
  return z.string().transform((text, context) => {
    const checked = check(text);
    if (checked.ok) return checked.value;
    context.addIssue({ code: "custom", message: checked.message });
    return z.NEVER;
  });
}

export function cron() {
  return z.string().superRefine((text, context) => {
    const problem = findCronProblem(text);
    if (problem !== undefined) context.addIssue(toIssue(problem.message, problem));
  });
}

export function filterText() {
  return z.string().superRefine((text, context) => {
    const parsed = checkFilter(text);
    if (parsed.ok) return;
    const { message, start, suggestion } = parsed.error;
    context.addIssue(
      toIssue(`${message} (character ${start + 1} of the filter)`, { offset: start, suggestion }),
    );
  });
}

/** An id that YAML may hold as a number (Telegram ids have up to 52 bits) or as text. */
function idText(pattern: RegExp, message: string) {
  const number = z.int(message).refine((id) => pattern.test(String(id)), message);
  return z.union([number, z.string().regex(pattern, message)], message).transform(String);
}

export function telegramId() {
  return idText(/^[1-9]\d{0,15}$/, "must be a Telegram user id, a number like 123456789");
}

export function recipient() {
  const chat = idText(/^-?[1-9]\d{0,15}$|^@\w+$/, "must be a chat id, a number like -1001234567890");
  const topic = idText(/^[1-9]\d{0,15}$/, "must be the number of a topic, like 7");
  const address = z.strictObject({
    chat: chat.describe("Chat id; groups have negative ones."),
    topic: topic.optional().describe("Topic of a forum."),
  });
  return z
    .union(
      [z.literal("owner"), telegramId(), address],
      "must be owner, the Telegram id of a member, or {chat: -1001234567890, topic: 7}",
    )
    .transform((to): Recipient => {
      if (to === "owner") return to;
      if (typeof to === "string") return { member: to };
      return { chat: to.chat, ...(to.topic !== undefined && { topic: to.topic }) };
    });
}

/** A list of words, or one text with spaces or commas between them. */
export function eventWords() {
  const separate = (words: string | string[]) => (typeof words === "string" ? words.split(/[\s,]+/) : words);
  return z
    .union([z.array(z.string()), z.string()], "must be a list of features, like [pipelines, reviews]")
    .transform((input, context) => {
      const words = separate(input).filter((word) => word.trim() !== "");
      if (words.length === 0)
        context.addIssue(toIssue("names no feature: leave `events` out for all of them", {}));
      for (const [index, word] of words.entries()) {
        if (word.toLowerCase() === "all" || toFeature(word) !== undefined) continue;
        const suggestion = nearest(word, featureWords);
        const path = Array.isArray(input) ? [index] : [];
        context.addIssue({ ...toIssue(`unknown feature "${word}"`, { suggestion }), path });
      }
      return words;
    });
}

/** The features that checked words mean; `all` is every one. */
export function toFeatures(words: readonly string[]): FeatureName[] {
  if (words.some((word) => word.toLowerCase() === "all")) return [...allFeatures];
  return [...new Set(words.flatMap((word) => toFeature(word) ?? []))];
}

function toIssue(
  message: string,
  { suggestion, offset }: { suggestion?: string | undefined; offset?: number },
) {
  const params: IssueParams = {
    ...(suggestion !== undefined && { suggestion }),
    ...(offset !== undefined && { offset }),
  };
  return { code: "custom" as const, message, params };
}
