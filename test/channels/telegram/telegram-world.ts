import { createTelegramChannel } from "../../../src/channels/telegram/index.js";
import { createTelegramApi, type TelegramApi } from "../../../src/channels/telegram/client.js";
import type { Clock } from "../../../src/lib/clock.js";
import { silentLog, type Log } from "../../../src/lib/log.js";
import { startTelegramSandbox, type TelegramSandbox } from "../../../src/sandbox/telegram/index.js";
import { createPlainHttp } from "../../support/plain-http.js";
import type { ChannelWorld } from "../../contracts/channel-contract.js";

/** Time that passes as soon as somebody sleeps. */
export function createQuickClock(start = 1_800_000_000_000): Clock & { slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      slept.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 1));
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

/** Keeps what was logged, `level message`. */
export function createListLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

export function apiFor(
  sandbox: TelegramSandbox,
  clock: Clock = createQuickClock(),
  token = sandbox.token,
): TelegramApi {
  return createTelegramApi({
    apiRoot: sandbox.url,
    token: async () => token,
    http: createPlainHttp(),
    clock,
  });
}

export async function createTelegramWorld(
  log: Log = silentLog,
): Promise<ChannelWorld & { sandbox: TelegramSandbox }> {
  const sandbox = await startTelegramSandbox();
  const clock = createQuickClock();
  sandbox.addUser({ id: 11, firstName: "Ann" });
  sandbox.addGroup({ id: -5, title: "Team", members: [11] });
  let token = sandbox.token;
  const api = createTelegramApi({
    apiRoot: sandbox.url,
    token: async () => token,
    http: createPlainHttp(),
    clock,
  });
  return {
    sandbox,
    channel: createTelegramChannel({ api, log }),
    destination: { channel: "telegram", chat: "-5" },
    nowhere: { channel: "telegram", chat: "404" },
    shown: () =>
      sandbox.chat(-5).map((message) => ({
        messageId: String(message.messageId),
        // The word joiners that take the tap out of mentions are not seen.
        text: message.text.replaceAll("\u2060", ""),
        buttons: message.keyboard.flat().map((button) => button.text),
        silent: message.silent,
        edited: message.edited,
      })),
    throttle(seconds) {
      const body = {
        ok: false,
        error_code: 429,
        description: `Too Many Requests: retry after ${seconds}`,
        parameters: { retry_after: seconds },
      };
      sandbox.faults.add(/POST/, { kind: "status", status: 429, body });
    },
    loseReply: () => void sandbox.faults.add(/POST/, { kind: "lost_reply" }),
    hang: () => void sandbox.faults.add(/POST/, { kind: "hang" }),
    breakDown: () =>
      void sandbox.faults.add(/POST/, { kind: "status", status: 502, body: "<html>Bad Gateway</html>" }),
    stop: () => sandbox.close(),
    move: () => String(sandbox.migrate(-5)),
    forget: (messageId) => sandbox.forget(-5, Number(messageId)),
    secret: sandbox.token.split(":")[1] ?? "",
    revoke: () => {
      token = sandbox.token.replace(/^\d+/, "123456");
    },
    now: () => clock.now(),
    close: () => sandbox.close(),
  };
}
