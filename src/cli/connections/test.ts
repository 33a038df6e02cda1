import type { Access } from "../../domain/connection.js";
import { lackInEnglish } from "../../i18n/en/access.js";
import { systemClock } from "../../lib/clock.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { describeExpiry } from "../expiry.js";
import { toExit } from "../failure-exit.js";
import { openPlatforms } from "../open-platforms.js";
import { createOutput, type Output, toCell } from "../output.js";
import { requireSettings } from "../settings.js";
import { createStopSignal } from "../stop-signal.js";
import { unknownConnection } from "./unknown.js";

/** Asks the server, live, who the token is. Changes nothing. */
export async function testConnection(context: CliContext, id: string): Promise<void> {
  const output = createOutput(context);
  const settings = await requireSettings(context);
  const connection = settings.config.connections.find((candidate) => candidate.id === id);
  if (connection === undefined) throw unknownConnection(id, settings.config);
  const stop = createStopSignal();
  const opened = await openPlatforms(context, settings, id);
  try {
    const access = await opened.connections.live.get(id)?.client.checkAccess(stop.signal);
    if (access === undefined) throw unknownConnection(id, settings.config);
    await output.data({ id, url: connection.url, ...access }, () =>
      print(output, access, { id, url: connection.url }),
    );
  } catch (error) {
    if (stop.interrupted()) throw new CliError(exitCode.interrupted, "interrupted");
    throw toExit(error);
  } finally {
    await opened.close();
    stop.dispose();
  }
}

function print(output: Output, access: Access, { id, url }: { id: string; url: string }): void {
  const { account, tokenKind, scopes, expiresAt, lacks } = access;
  const name = account.name === undefined || account.name === account.login ? "" : ` (${account.name})`;
  output.line(output.style("green", `${id} answers: ${url}`));
  output.line(`account: ${toCell(account.login + name)}`);
  output.line(`token: ${tokenKind}, ${describeExpiry(expiresAt, systemClock.now())}`);
  output.line(`scopes: ${scopes.length === 0 ? "the server does not say" : scopes.join(" ")}`);
  output.line(`inbox: ${access.inbox ? "can be read" : "cannot be read"}`);
  for (const lack of lacks)
    output.line(output.style("yellow", `! ${Object.values(lackInEnglish(lack)).join(" ")}`));
}
