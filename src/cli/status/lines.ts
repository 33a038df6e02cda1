import type { ConnectionStatus, DaemonStatus, StatusReport } from "../../operations/status-report.js";
import { lackInEnglish } from "../../i18n/en/access.js";
import { toAgo, toMoment, toSize, toSpan } from "../format.js";
import { type Style, toCell } from "../output.js";
import { wrap } from "../wrap.js";
import { toHealth } from "./daemon.js";
import type { Look } from "./look.js";

export interface Page {
  style: (style: Style, text: string) => string;
  /** Columns of the terminal: longer sentences are broken, other longer lines are cut. null: nobody looks, neither is done. */
  width: number | null;
}

/** The report as a person reads it, one string a line; pure. */
export function toStatusLines(look: Look, page: Page): string[] {
  const { report, now, notes, isStarted } = look;
  const writer = createWriter(page);
  const { write, warn, entry } = writer;
  writeDaemon(writer, report.daemon, now);
  for (const note of notes) warn(note);
  if (isStarted === false)
    write(
      null,
      "Nothing was started in this home yet: `gitnotify init` sets it up, `gitnotify start` runs it.",
    );
  if (isStarted !== true) return writer.lines;
  entry("owner", report.owner ?? "nobody yet: `gitnotify start` prints a pairing link");
  if (report.clockAheadMs !== null) {
    const span = toSpan(report.clockAheadMs);
    warn(`This machine's clock was set back by ${span}, and sources wait for times to come. ${clockRemedy}`);
  }
  writeConnections(writer, report.connections, now);
  writeSources(writer, report, now);
  writeShortfalls(writer, look, now);
  writeOutbox(writer, report, now);
  for (const connection of report.connections) {
    for (const lack of connection.lacks)
      write("dim", `note        ${connection.id}: ${Object.values(lackInEnglish(lack)).join(" ")}`);
  }
  return writer.lines;
}

const clockRemedy =
  "A running daemon mends that within a minute, a stopped one at its start; if the clock is wrong now, set it by the network.";

interface Writer {
  lines: string[];
  write: (style: Style | null, text: string) => void;
  /** A sentence that asks for attention; what it says to do stands at its end, which must not be cut. */
  warn: (text: string) => void;
  /** A name in the first column, and what is to be said of it. */
  entry: (name: string, text: string, style?: Style) => void;
  table: (rows: ReadonlyArray<{ cells: readonly string[]; style?: Style }>) => void;
}

const nameWidth = 12;

function createWriter({ style, width }: Page): Writer {
  const lines: string[] = [];
  const write = (name: Style | null, text: string) => {
    const plain = cut(toCell(text), width);
    lines.push(name === null || plain === "" ? plain : style(name, plain));
  };
  return {
    lines,
    write,
    warn: (text) => {
      const plain = toCell(`! ${text}`);
      const broken = width === null ? [plain] : wrap(plain, { width, indent: "  " });
      for (const line of broken) lines.push(style("yellow", line));
    },
    entry: (name, text, painted) => {
      const plain = cut(toCell(`${name.padEnd(nameWidth)}${text}`), width);
      const [head, rest] = [plain.slice(0, nameWidth), plain.slice(nameWidth)];
      lines.push(`${style("bold", head)}${painted === undefined ? rest : style(painted, rest)}`);
    },
    table: (rows) => {
      const widths = (rows[0]?.cells ?? []).map((_, column) =>
        Math.max(...rows.map(({ cells }) => (cells[column] ?? "").length)),
      );
      for (const { cells, style: painted } of rows) {
        const line = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
        write(painted ?? null, line.trimEnd());
      }
    },
  };
}

function cut(text: string, width: number | null): string {
  return width === null || text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 1))}…`;
}

function writeDaemon({ write, warn, entry }: Writer, daemon: DaemonStatus, now: number): void {
  if (!daemon.running) {
    write("yellow", "○ not running");
    // A clean stop takes its last word with it.
    if (daemon.at !== null) warn(`It ended without a clean stop ${toAgo(daemon.at, now)}.`);
    return;
  }
  const health = toHealth(daemon, now);
  const name = daemon.version === null ? "gitnotify" : `gitnotify ${daemon.version}`;
  const process = daemon.pid === null ? "" : ` · process ${daemon.pid}`;
  write(health.ok ? "green" : "yellow", `● running   ${name}${process}`);
  if (!health.ok) warn(health.why);
  const parts = [
    daemon.startedAt === null
      ? null
      : `since ${toMoment(daemon.startedAt)} (${toSpan(now - daemon.startedAt)})`,
    daemon.rssBytes === null ? null : `memory ${toSize(daemon.rssBytes)}`,
    daemon.node === null ? null : `Node ${daemon.node}`,
  ].filter((part) => part !== null);
  if (parts.length > 0) entry("", parts.join(" · "));
  if (daemon.bot !== null) entry("bot", `@${daemon.bot}`);
  if (daemon.telegramTrouble !== null) {
    const { what, since } = daemon.telegramTrouble;
    warn(`Telegram, for ${toSpan(now - since)}: ${what}`);
  }
  if (daemon.storeTrouble != null) {
    warn(`For ${toSpan(now - daemon.storeTrouble.since)}: ${daemon.storeTrouble.what}`);
  }
  if (daemon.reloadProblem !== null) {
    warn(`The new config.yaml was not taken: ${daemon.reloadProblem}`);
  }
}

function writeConnections({ write, table }: Writer, connections: ConnectionStatus[], now: number): void {
  if (connections.length === 0) return;
  write(null, "");
  const header = ["connection", "account", "quota left", "heard", "next", "state"];
  table([
    { cells: header, style: "bold" },
    ...connections.map((connection) => {
      const { text, style } = stateOf(connection, now);
      const cells = [
        connection.id,
        connection.account ?? "-",
        connection.quota === null ? "-" : `${connection.quota.remaining}/${connection.quota.limit}`,
        toAgo(connection.lastSuccessAt, now),
        toNext(connection.nextPollAt, now),
        text,
      ];
      return { cells, ...(style === null ? {} : { style }) };
    }),
  ]);
  write(null, "");
}

function toNext(at: number | null, now: number): string {
  if (at === null) return "-";
  return at - now < 1_000 ? "now" : `in ${toSpan(at - now)}`;
}

function stateOf(connection: ConnectionStatus, now: number): { text: string; style: Style | null } {
  const { paused, down, throttledUntil, failing, sources, expiresAt } = connection;
  if (paused !== null) {
    return { text: `paused since ${toMoment(paused.since)}: ${paused.reason}`, style: "red" };
  }
  if (down !== null) {
    return { text: `no answer since ${toMoment(down.since)}: ${down.reason}`, style: "yellow" };
  }
  if (throttledUntil !== null) {
    return { text: `throttled until ${toMoment(throttledUntil)}`, style: "yellow" };
  }
  if (failing > 0)
    return { text: `${failing} of ${sources} source${sources === 1 ? "" : "s"} failing`, style: "yellow" };
  if (connection.lastSuccessAt === null) return { text: "not polled yet", style: null };
  const dayMs = 86_400_000;
  const leftMs = expiresAt === null ? Infinity : Date.parse(expiresAt) - now;
  return leftMs < 14 * dayMs
    ? { text: `token expires on ${expiresAt?.slice(0, 10)}`, style: "yellow" }
    : { text: "well", style: null };
}

function writeSources({ write, entry }: Writer, { sources }: StatusReport, now: number): void {
  const { total, failing, waitingForFirstPoll: waiting, paused, gone, slowest } = sources;
  const parts = [
    ...(failing.length > 0 ? [`${failing.length} failing`] : []),
    ...(waiting > 0 ? [`${waiting} waiting for the first poll`] : []),
    ...(paused > 0 ? [`${paused} not found`] : []),
  ];
  entry("sources", `${total}${total === 0 ? "" : `, ${parts.length === 0 ? "all well" : parts.join(", ")}`}`);
  for (const source of failing) {
    const times = `${source.failures} time${source.failures === 1 ? "" : "s"}, for ${toSpan(now - source.since)}`;
    write("yellow", `  ✗ ${source.name} (${times}): ${source.error}`);
  }
  for (const { name, since, error } of gone) {
    write(
      "yellow",
      `  ✗ ${name} is not found since ${toMoment(since)}; it is looked for every hour: ${error}`,
    );
  }
  if (slowest.length === 0) return;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  entry("slowest", slowest.map(({ name, lastPollMs }) => `${name} ${seconds(lastPollMs)}`).join(" · "));
}

/** All of a source's name and remedy is needed: these lines are broken and not cut. */
function writeShortfalls({ warn }: Writer, { report, sayShortfall }: Look, now: number): void {
  for (const shortfall of report.shortfalls) {
    const [first = "", ...others] = shortfall.sources;
    const where = others.length === 0 ? first : `${first} and ${others.length} more`;
    warn(`${where}, for ${toSpan(now - shortfall.since)}: ${sayShortfall(shortfall)}`);
  }
}

function writeOutbox({ write, entry }: Writer, { outbox, parked }: StatusReport, now: number): void {
  const { owed, inDoubt, dead, delivered, oldestOwedAt } = outbox;
  const oldest = oldestOwedAt === null ? "" : ` (the oldest for ${toSpan(now - oldestOwedAt)})`;
  const counts = [
    owed === 0 ? "nothing owed" : `${owed} owed${oldest}`,
    ...(inDoubt === 0 ? [] : [`${inDoubt} in doubt${owed === 0 ? oldest : ""}`]),
    `${delivered} delivered`,
    dead === 0 ? "no dead letters" : `${dead} dead: \`gitnotify deliveries list --state dead\``,
  ];
  entry("outbox", counts.join(" · "), dead === 0 ? undefined : "yellow");
  for (const { destination, since, reason } of parked) {
    write("yellow", `  ✗ ${destination} is closed since ${toMoment(since)}: ${reason}`);
  }
}
