import { isFailure } from "../../domain/failure.js";
import { systemClock } from "../../lib/clock.js";
import { connectionSecret, SecretStoreError } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { toAgo, toMoment } from "../format.js";
import { withStore } from "../open-store.js";
import { createOutput } from "../output.js";
import type { Settings } from "../settings.js";
import type { ConnectionStatus } from "../../operations/report-status.js";

/** What config.yaml names and how each stands, from the database alone: nobody is asked. */
export async function listConnections(context: CliContext): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { config } = settings;
    const now = systemClock.now();
    const { reportStatus } = await import("../../operations/report-status.js");
    const given = { connectionIds: config.connections.map(({ id }) => id), declared: 0, now };
    const report = store === null ? null : await reportStatus(store.db, given);
    const listed = await Promise.all(
      config.connections.map(async ({ id, platform, url }) => {
        const status = report?.connections.find((candidate) => candidate.id === id);
        const failing =
          report?.sources.failing.filter((source) => source.id.startsWith(`${id}/`)).length ?? 0;
        const token = await tokenState(context, settings, id);
        return {
          ...{ id, platform, url, token },
          account: status?.account ?? null,
          status: status ?? null,
          failing,
        };
      }),
    );
    await output.data(listed, async () => {
      if (listed.length === 0) {
        return output.line(
          "There is no connection yet. `gitnotify init` sets everything up, or add one: gitnotify connections add github --platform github",
        );
      }
      await output.table(
        ["id", "platform", "url", "account", "state"],
        listed.map(({ id, platform, url, account, token, status, failing }) => [
          ...[id, platform, url, account ?? "-"],
          token === "stored" ? stateOf({ status, failing, now }) : `token ${token}`,
        ]),
      );
    });
  });
}

/** Whether there is a token; never its value. */
async function tokenState(
  context: CliContext,
  { home, config }: Settings,
  id: string,
): Promise<"stored" | "missing" | "not readable"> {
  const store = (await context.registry()).openSecretStore({ home, config, env: context.env });
  try {
    return (await store.list()).includes(connectionSecret(id)) ? "stored" : "missing";
  } catch (error) {
    if (error instanceof SecretStoreError || isFailure(error)) return "not readable";
    throw error;
  }
}

function stateOf(given: { status: ConnectionStatus | null; failing: number; now: number }): string {
  const { status, failing, now } = given;
  if (status === null) return "never started";
  if (status.paused !== null) return `paused since ${toMoment(status.paused.since)}: ${status.paused.reason}`;
  if (status.throttledUntil !== null) return `throttled until ${toMoment(status.throttledUntil)}`;
  if (failing > 0) {
    const heard = `last heard ${toAgo(status.lastSuccessAt, now)}`;
    return `${failing} source(s) failing, ${heard}: \`gitnotify status\` says why`;
  }
  return status.lastSuccessAt === null ? "not polled yet" : `last heard ${toAgo(status.lastSuccessAt, now)}`;
}
