import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { openApp } from "../open-app.js";
import type { Stage } from "../../sandbox/scenario.js";
import type { Surroundings } from "../../sandbox/surroundings.js";
import { createOutput, type Output } from "../output.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("the whole daemon against local servers: no token, no network, less than a minute")
    .addHelpText("after", "\nExample:\n  npx gitnotify demo")
    .action(() => demo(context));
}

/** The real daemon, a real database and real HTTP; only the other side is played. */
async function demo(context: CliContext): Promise<void> {
  const output = createOutput(context);
  const { startSurroundings, toConfigYaml } = await import("../../sandbox/surroundings.js");
  const { writeFileSync } = await import("node:fs");
  const surroundings = await startSurroundings();
  const home = mkdtempSync(join(tmpdir(), "gitnotify-demo-"));
  const controller = new AbortController();
  try {
    writeFileSync(join(home, "config.yaml"), toConfigYaml(surroundings), { mode: 0o600 });
    const opened = await openApp(toDemoContext(context, { home, tokens: surroundings.tokens }), {
      quiet: true,
    });
    const printed = collectPairingCode();
    const { runDaemon } = await import("../../app/daemon.js");
    const running = runDaemon({ app: opened.app, signal: controller.signal, print: printed.print });
    const failed = running.then(
      () => new Error("The daemon stopped by itself."),
      (error: unknown) => error,
    );
    try {
      await Promise.race([
        perform(surroundings, { output, code: printed.code }),
        failed.then((error) => Promise.reject(toError(error))),
      ]);
    } finally {
      controller.abort(new Error("The demo is over."));
      await failed;
      await opened.close();
    }
  } finally {
    await surroundings.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The tokens of the sandbox come in as those of a person would: through the environment store. */
function toDemoContext(
  context: CliContext,
  demo: { home: string; tokens: Surroundings["tokens"] },
): CliContext {
  const globals = context.globals();
  return {
    ...context,
    globals: () => ({
      color: globals.color,
      home: demo.home,
      ...(globals.logLevel ? { logLevel: globals.logLevel } : {}),
    }),
    env: {
      PATH: context.env["PATH"],
      GITNOTIFY_SECRET_TELEGRAM: demo.tokens.telegram,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: demo.tokens.github,
      GITNOTIFY_SECRET_CONNECTION_WORK: demo.tokens.gitlab,
    },
  };
}

async function perform(
  surroundings: Surroundings,
  { output, code }: { output: Output; code: Promise<string> },
): Promise<void> {
  const { scenario, toStage } = await import("../../sandbox/scenario.js");
  const { telegram, reader } = surroundings;
  const chatId = telegram.privateChat(reader.telegramId);
  const stage = toStage(surroundings);
  const silence = telegram.onChange((change) => {
    if (change.kind === "answered" || change.kind === "deleted") return;
    if (change.kind === "pressed")
      output.line(output.style("cyan", `${" ".repeat(30)}Mia presses [ ${change.label} ]`));
    else output.line(telegram.renderMessage(chatId, change.messageId));
  });
  try {
    output.line(output.style("bold", "gitnotify pairs with Mia, who has GitHub and GitLab accounts"));
    await pair(stage, await code);
    for (const [index, act] of scenario.entries()) {
      output.line(`\n${output.style("bold", `${index + 1}. ${act.title}`)}`);
      await act.play(stage);
    }
    output.line(
      `\n${output.style("green", "That is the main job. Your own: README.md, or `gitnotify --help`.")}`,
    );
  } catch (error) {
    throw new CliError(exitCode.failed, `The demo did not end as it should: ${toError(error).message}`);
  } finally {
    silence();
  }
}

/** The code stands in what `start` prints, as a person would read it. */
function collectPairingCode(): { print: (line: string) => void; code: Promise<string> } {
  const { promise, resolve } = newPromise<string>();
  const print = (line: string) => {
    const code = /\/start (\S+)/.exec(line)?.[1];
    if (code !== undefined) resolve(code);
  };
  return { print, code: promise };
}

function newPromise<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function pair(stage: Stage, code: string): Promise<void> {
  stage.say(`/start ${code}`);
  await stage.expect("This bot is yours now");
  await stage.expect("Now watching", "platform/core");
  await stage.expect("Now watching", "acme/api");
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
