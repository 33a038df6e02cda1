import { percentile } from "./statistics.mjs";

/** What the daemon stored, in the order in which it saw it. */
export async function readStoredEvents(db) {
  const paths = new Map(
    (await db.selectFrom("projects").selectAll().execute()).map((row) => [row.project_id, row.path]),
  );
  const rows = await db.selectFrom("events").selectAll().orderBy("id").execute();
  return rows.map((row) => {
    const { subject } = JSON.parse(row.event);
    return {
      repository: paths.get(row.project_id),
      kind: row.kind,
      subject: subject.id,
      seenAt: row.seen_at,
    };
  });
}

/**
 * Every happening that was made claims one stored event of its kind and subject. What finds none is lost; an event that
 * nobody claims, of a kind that is expected, was told twice. A commit to documentation is told with those beside it.
 */
export function matchStored(expected, stored) {
  const free = new Map();
  for (const event of stored) {
    const key = keyOf(event);
    free.set(key, [...(free.get(key) ?? []), event]);
  }
  const lost = [];
  const delays = [];
  for (const happening of expected) {
    const key = keyOf(happening);
    const events = free.get(key) ?? [];
    const found = events.find((event) => event.seenAt >= happening.at);
    if (found === undefined) lost.push(happening);
    else delays.push(found.seenAt - happening.at);
    const isShared = happening.kind === "docs.changed";
    if (found !== undefined && !isShared)
      free.set(
        key,
        events.filter((event) => event !== found),
      );
  }
  const once = [...free].filter(([key]) => /comment|review|merged|opened|pipeline/.test(key));
  const twice = once.flatMap(([, events]) => events).filter((event) => event.kind !== "pipeline.started");
  return { made: expected.length, lost, twice, delays: toDelays(delays) };
}

/** A success that repairs is the same success; a push of documentation is known by its repository. */
function keyOf({ repository, kind, subject }) {
  const plain = kind === "pipeline.fixed" ? "pipeline.succeeded" : kind;
  return `${repository} ${plain} ${plain === "docs.changed" ? "" : subject}`;
}

/** Seconds. */
function toDelays(delays) {
  const sorted = delays.map((ms) => ms / 1000).sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), max: sorted.at(-1) ?? NaN };
}

/** What the naive poller told of each happening: anything at all about its subject that is not older is good enough. */
export function countUntold(expected, told) {
  return expected.filter((happening) => !told.some((item) => tells(item, happening))).length;
}

function tells(item, { repository, kind, subject, at }) {
  if (item.repository !== repository) return false;
  if (Date.parse(item.at) < Math.floor(at / 1000) * 1000) return false;
  if (kind.startsWith("pipeline")) return item.what === "run" && String(item.id) === subject;
  if (kind === "wiki.updated") return item.what === "GollumEvent";
  if (kind === "docs.changed") return item.what === "PushEvent";
  if (kind === "comment.created" && item.what === "comment") return true;
  return item.what === "pull" && String(item.id) === subject;
}
