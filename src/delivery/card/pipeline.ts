import type { FailedJob, PipelineStatus } from "../../domain/facts/index.js";
import type { TextNode } from "../../domain/notification.js";
import type { PipelineSnapshot } from "../../domain/snapshot.js";
import type { MessageKey } from "../../i18n/index.js";
import type { CardOptions, CardText } from "./card.js";
import { durationBetween } from "./duration.js";
import { nameOf } from "../../i18n/people.js";
import { eventsOf } from "./happening.js";
import { oneLine, shorten } from "../../lib/shorten.js";
import { joinLines, joinPieces, link, toLine, words } from "./text.js";

const mostJobs = 5;
/** The first errors are the telling ones. */
const mostExcerpts = 2;

const icons: Record<PipelineStatus, string> = {
  queued: "🕒",
  running: "🔄",
  success: "✅",
  failed: "❌",
  canceled: "🚫",
  skipped: "⏭",
  blocked: "⏸",
  unknown: "❔",
};

/** How it stands, what failed, who started it. */
export function renderPipeline(options: CardOptions<PipelineSnapshot>): CardText {
  return {
    text: joinLines([
      headLine(options),
      recoveryLine(options),
      ...jobLines(options),
      originLine(options),
      mergeRequestLine(options),
    ]),
  };
}

function headLine(options: CardOptions<PipelineSnapshot>): TextNode[] {
  const { snapshot, project, translate } = options;
  const fixed = recovery(options) !== undefined;
  const key: MessageKey = fixed ? "card.pipeline.fixed" : `card.pipeline.${snapshot.status}`;
  const text = translate(key, { name: pipelineName(options), raw: oneLine(snapshot.rawStatus, 40) });
  return [
    { node: "text", text: `${icons[snapshot.status]} ` },
    link([text, oneLine(snapshot.branch, 60), project.path].join(" · "), snapshot.url),
  ];
}

/** `CI #142`; a nameless one by the platform's word. */
export function pipelineName({
  snapshot,
  words,
  translate,
}: Pick<CardOptions<PipelineSnapshot>, "snapshot" | "words" | "translate">): string {
  const { workflow, number } = snapshot;
  if (workflow === "")
    return translate("card.pipeline.name", { word: words.pipeline, number: String(number) });
  return translate("card.pipeline.named", { name: oneLine(workflow, 60), number: String(number) });
}

function recovery(options: CardOptions<PipelineSnapshot>) {
  if (options.snapshot.status !== "success") return undefined;
  const suffix = `/${options.snapshot.attempt}/succeeded`;
  return eventsOf(options).findLast(
    (event) => event.detail.fixed !== undefined && event.key.endsWith(suffix),
  );
}

/** On the one that repaired: after what. On the one that was repaired: by which. */
function recoveryLine(options: CardOptions<PipelineSnapshot>): TextNode[] {
  const { snapshot, translate } = options;
  if (snapshot.fixedBy !== undefined) {
    const { number, url } = snapshot.fixedBy;
    return [
      { node: "text", text: "✅ " },
      link(translate("card.pipeline.fixed_by", { number: String(number) }), url),
    ];
  }
  const event = recovery(options);
  const fixed = event?.detail.fixed;
  if (fixed === undefined) return brokenLine(options);
  const time = durationBetween(fixed.brokenSince, event?.at, translate);
  const text =
    time === undefined
      ? translate("card.pipeline.after", { runs: fixed.runs })
      : translate("card.pipeline.after_time", { runs: fixed.runs, time });
  return [{ node: "text", text }];
}

/** It did not begin here: the line was broken before. */
function brokenLine(options: CardOptions<PipelineSnapshot>): TextNode[] {
  const { snapshot, translate } = options;
  if (snapshot.status !== "failed") return [];
  const since = eventsOf(options).findLast(({ detail }) => detail.brokenSince !== undefined)?.detail
    .brokenSince;
  const time = durationBetween(since, snapshot.finishedAt ?? snapshot.updatedAt, translate);
  return time === undefined ? [] : [{ node: "text", text: translate("card.pipeline.broken", { time }) }];
}

function jobLines({ snapshot, translate }: CardOptions<PipelineSnapshot>): TextNode[][] {
  const jobs = snapshot.status === "failed" ? (snapshot.failedJobs ?? []) : [];
  // Once it is fixed, what went wrong is history.
  const withExcerpts = snapshot.fixedBy === undefined;
  const lines = jobs
    .slice(0, mostJobs)
    .flatMap((job, index) => [jobLine(job), ...(withExcerpts && index < mostExcerpts ? excerptOf(job) : [])]);
  const more = jobs.length - Math.min(jobs.length, mostJobs);
  return more > 0 ? [...lines, [{ node: "text", text: translate("card.more", { count: more }) }]] : lines;
}

/** `• deploy › migrate › Run tests`: the job that started the other pipeline, the job in it, and the step. */
function jobLine({ name, url, step, via }: FailedJob): TextNode[] {
  return [
    { node: "text", text: "• " },
    ...toLine(
      [
        via !== undefined && link(oneLine(via.name, 60), via.url),
        link(oneLine(name, 60), url),
        step !== undefined && step !== "" && words(oneLine(step, 60)),
      ],
      " › ",
    ),
  ];
}

function excerptOf({ excerpt = [] }: FailedJob): TextNode[][] {
  const text = excerpt.map((line) => shorten(line.trimEnd(), 160)).join("\n");
  return text.trim() === "" ? [] : [[{ node: "block", text }]];
}

/** `by ann · a1b2c3d "Fix login" by bob · 3 min 12 s · attempt 2` */
function originLine({ snapshot, translate }: CardOptions<PipelineSnapshot>): TextNode[] {
  const { actor, commitAuthor, commitTitle } = snapshot;
  const isOthers = commitAuthor != null && commitAuthor.id !== actor?.id;
  const commit = toLine(
    [
      snapshot.sha.slice(0, 7),
      commitTitle !== undefined && words(translate("card.quoted", { text: oneLine(commitTitle, 80) })),
      isOthers && translate("card.by", { name: nameOf(commitAuthor) }),
    ],
    " ",
  );
  return joinPieces([
    toLine([actor !== null && translate("card.pipeline.by", { name: nameOf(actor) })]),
    commit,
    toLine([
      lasted(snapshot) && durationBetween(snapshot.startedAt, snapshot.finishedAt, translate),
      snapshot.attempt > 1 && translate("card.pipeline.attempt", { number: String(snapshot.attempt) }),
    ]),
  ]);
}

/** Less than a second says that the platform did not measure it. */
function lasted({ startedAt = "", finishedAt = "" }: PipelineSnapshot): boolean {
  return Date.parse(finishedAt) - Date.parse(startedAt) >= 1_000;
}

function mergeRequestLine({ snapshot, words: platform }: CardOptions<PipelineSnapshot>): TextNode[] {
  const { mergeRequest } = snapshot;
  if (mergeRequest === undefined) return [];
  const name = `${platform.mergeRequest} ${platform.sigil}${mergeRequest.number}`;
  const title = mergeRequest.title === undefined ? "" : ` · ${oneLine(mergeRequest.title, 100)}`;
  return [link(name + title, mergeRequest.url)];
}
