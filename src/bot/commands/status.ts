import { recall } from "../../domain/failure.js";
import type { TextNode } from "../../domain/notification.js";
import type { Translate } from "../../i18n/index.js";
import type { ConnectionStatus, ShortfallStatus, StatusReport } from "../../operations/report-status.js";
import type { BotCommand } from "../command.js";
import { bold, joinLines, text } from "../content.js";
import { createTeller, type Teller } from "./status-words.js";

/** The same report as `gitnotify status`. */
export const status: BotCommand = {
  name: "status",
  role: "member",
  run: async ({ translate, status: report, operations }) => {
    const found = await report();
    const teller = createTeller(translate, operations.clock.now());
    return {
      text: joinLines([
        [bold(translate("bot.status.title"))],
        ...daemonLines(teller, found),
        ...found.connections.map((connection) => [
          bold(connection.id),
          text(` ${connectionLine(teller, connection)}`),
        ]),
        ...sourceLines(teller, found),
        ...found.shortfalls.slice(0, most).map((shortfall) => {
          return [text(`• ${shortfallLine(translate, shortfall)}`)];
        }),
        ...outboxLines(teller, found),
      ]),
    };
  },
};

const most = 5;

function daemonLines({ say, since, tell }: Teller, { daemon }: StatusReport): TextNode[][] {
  const { version, startedAt, rssBytes, telegramTrouble, storeTrouble } = daemon;
  const lines: TextNode[][] = [];
  if (version !== null && startedAt !== null && rssBytes !== null) {
    const megabytes = Math.round(rssBytes / 1_000_000);
    lines.push([text(say("daemon", { version, megabytes, span: since(startedAt) }))]);
  }
  if (storeTrouble != null) {
    lines.push([
      text(
        say("store", {
          what: tell(recall(storeTrouble.kept ?? storeTrouble.what)),
          span: since(storeTrouble.since),
        }),
      ),
    ]);
  }
  if (telegramTrouble !== null) {
    const what = tell(recall(telegramTrouble.kept ?? telegramTrouble.what));
    lines.push([text(say("trouble", { what, span: since(telegramTrouble.since) }))]);
  }
  return lines;
}

function connectionLine(teller: Teller, connection: ConnectionStatus): string {
  const { say, since, until, tell } = teller;
  const { paused, down, throttledUntil, lastSuccessAt, nextPollAt, quota, expiresAt } = connection;
  if (paused !== null) return say("paused", { reason: tell(paused.failure) });
  if (down !== null) return say("down", { reason: tell(down.failure), span: since(down.since) });
  if (lastSuccessAt === null && throttledUntil === null) return say("never");
  const parts = [
    connection.account ?? "?",
    lastSuccessAt === null ? say("never") : say("heard", { span: since(lastSuccessAt) }),
    throttledUntil === null ? toNext(teller, nextPollAt) : say("throttled", { span: until(throttledUntil) }),
    quota === null ? null : say("quota", { remaining: quota.remaining, limit: quota.limit }),
    expiresAt === null ? null : say("expires", { date: expiresAt.slice(0, 10) }),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function shortfallLine(translate: Translate, { code, values, sources }: ShortfallStatus): string {
  const [first = "", ...others] = sources;
  const where = others.length === 0 ? first : `${first} +${others.length}`;
  return `${where}: ${translate(`shortfall.${code}`, values)}`;
}

function toNext({ say, until, isPast }: Teller, at: number | null): string | null {
  if (at === null) return null;
  return isPast(at) ? say("now") : say("next", { span: until(at) });
}

function sourceLines({ say, since, tell }: Teller, { sources }: StatusReport): TextNode[][] {
  const { total, failing, gone, slowest } = sources;
  return [
    [text(say("sources", { total, failing: failing.length }))],
    ...failing.slice(0, most).map(({ name, failures, since: begun, failure }) => {
      const times = say("failing", { failures, span: since(begun) });
      return [text(`• ${name} (${times}): ${tell(failure)}`)];
    }),
    ...gone.slice(0, most).map(({ name, since: begun }) => {
      return [text(`• ${say("gone", { name, span: since(begun) })}`)];
    }),
    ...slowest.slice(0, 1).map(({ name, lastPollMs }) => {
      const seconds = (lastPollMs / 1000).toFixed(1);
      return [text(say("slowest", { name, seconds }))];
    }),
  ];
}

function outboxLines({ say, since, tell }: Teller, { outbox, parked }: StatusReport): TextNode[][] {
  const { owed, inDoubt, dead, delivered, oldestOwedAt } = outbox;
  const parts = [
    say("outbox", { delivered, owed, dead }),
    inDoubt === 0 ? null : say("in-doubt", { inDoubt }),
    oldestOwedAt === null ? null : say("oldest", { span: since(oldestOwedAt) }),
  ];
  return [
    [text(parts.filter((part) => part !== null).join(", "))],
    ...parked.slice(0, most).map(({ destination, since: begun, failure }) => {
      return [text(`• ${say("parked", { destination, reason: tell(failure), span: since(begun) })}`)];
    }),
  ];
}
