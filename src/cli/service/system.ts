import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { ensureHome, resolveHome } from "../../config/home.js";
import { systemClock } from "../../lib/clock.js";
import type { InstallReport, ServiceManager } from "../../service/service.js";
import { toSystemHome } from "../../service/systemd/unit.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { runAsRoot } from "./elevate.js";
import { findOwnProgram, nothingSetUp, refuse, refuseOther, type InstallWishes } from "./install.js";
import { requireManager, tell } from "./managers.js";
import { findFleeting, findUnreadable } from "./program.js";
import { gatherRequest, parseRequest, type SystemRequest } from "./request.js";
import { toSystemSpec } from "./spec.js";

export interface SystemWishes extends InstallWishes {
  /** Whether the request comes over stdin, from the process of the person who asked sudo for this one. */
  request?: boolean;
  /** Whether the settings of the service are replaced by the person's. */
  replaceSettings?: boolean;
}

/** The daemon as a service of the machine. null: done by another process, as root, which has reported. */
export async function installSystemService(
  context: CliContext,
  wishes: SystemWishes,
): Promise<InstallReport | null> {
  const manager = requireManager(context, { ...wishes, system: true });
  const program = findOwnProgram(context);
  if (!wishes.force) {
    refuse(findFleeting(program));
    refuse(findUnreadable(program));
  }
  const isRoot = process.getuid?.() === 0;
  if (!wishes.request && !wishes.force && !isRoot) await refuseOther(context, wishes, "user");
  const gathered = wishes.request
    ? parseRequest(await readAll(context))
    : await gatherRequest(context, { values: true });
  if (isRoot) return installAsRoot({ context, manager, wishes, gathered });
  if (gathered === null) throw nothingSetUp("config.yaml");
  await runAsRoot([program.node, program.script, ...toWords(context, wishes)], {
    input: JSON.stringify(gathered),
    env: context.env,
    note: (text) => void context.io.stderr.write(`${text}\n`),
  });
  return null;
}

async function installAsRoot(options: {
  context: CliContext;
  manager: ServiceManager;
  wishes: SystemWishes;
  gathered: SystemRequest | null;
}): Promise<InstallReport> {
  const { context, manager, wishes, gathered } = options;
  const home = toSystemHome(wishes.name ?? "gitnotify");
  const request = gathered ?? (await requestOfInstalled(context, manager, home));
  const spec = toSystemSpec(findOwnProgram(context), home, {
    files: request.files,
    secrets: [...new Set([...Object.keys(request.secrets), ...(await listLinked())])],
  });
  const { databaseFile } = resolveHome({ home, env: {}, platform: process.platform, homedir: home });
  const isNew = !existsSync(databaseFile);
  if (isNew && request.rules.length > 0) await takeRules(home, request.rules);
  const report = await tell(
    manager.install(spec, {
      readSecret: async (name) => request.secrets[name] ?? null,
      ...(wishes.start !== undefined && { start: wishes.start }),
      ...(wishes.onStep && { onStep: wishes.onStep }),
      ...(wishes.replaceSettings && { replaceFiles: true }),
    }),
  );
  return { ...report, notes: [...report.notes, ...advice(home, isNew)] };
}

/** A database of its own begins with the person's subscriptions. One that is there has been changed by phone since. */
async function takeRules(folder: string, rules: SystemRequest["rules"]): Promise<void> {
  const home = resolveHome({ home: folder, env: {}, platform: process.platform, homedir: folder });
  const [{ openDatabase }, { keepSubscriptions }] = await Promise.all([
    import("../../store/database.js"),
    import("../../operations/keep-subscriptions.js"),
  ]);
  ensureHome(home);
  const { db, close } = await openDatabase(home.databaseFile);
  const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");
  try {
    await keepSubscriptions({ db, clock: systemClock, randomText, declared: [] }, rules);
  } finally {
    await close();
  }
}

/** Root without settings of their own upgrades what is installed; the secrets stay as they are. */
async function requestOfInstalled(
  context: CliContext,
  manager: ServiceManager,
  home: string,
): Promise<SystemRequest> {
  const file = `${home}/config.yaml`;
  if (!(await manager.status()).installed || !existsSync(file)) {
    if (context.env["SUDO_USER"] !== undefined) {
      throw new CliError(
        exitCode.configInvalid,
        "root has no settings of gitnotify, and those of your own are not root's",
        "Run it as yourself, without sudo: gitnotify service install --system. It asks for sudo when it needs it.",
      );
    }
    throw nothingSetUp(file);
  }
  const [{ loadConfig }, { neededSecrets }, registry] = await Promise.all([
    import("../../config/load.js"),
    import("../registry.js"),
    context.registry(),
  ]);
  const loaded = loadConfig({ path: file, ...registry });
  if (!loaded.ok)
    throw new CliError(
      exitCode.configInvalid,
      `${file} is not valid`,
      `gitnotify --home ${home} config check`,
    );
  return {
    files: {},
    rules: [],
    secrets: Object.fromEntries(neededSecrets(loaded.config).map((name) => [name, null])),
  };
}

/** Members' own tokens, which an earlier install or root put there by hand: no settings speak of them. */
async function listLinked(): Promise<string[]> {
  const { credentialStore, fromCredentialName } = await import("../../secrets/systemd.js");
  const files = await readdir(credentialStore).catch(() => []);
  return files.flatMap((file) => fromCredentialName(file) ?? []).filter((name) => name.startsWith("member/"));
}

function advice(home: string, isNew: boolean): string[] {
  const commands = `Its settings are ${home}/config.yaml; every command works on it with: sudo gitnotify --home ${home} …`;
  const database =
    "Its database is new: it has your subscriptions, but not the history and the people of yours. To take all of it along: `gitnotify db backup FILE`, then " +
    `\`sudo gitnotify service stop --system\`, \`sudo gitnotify --home ${home} db restore FILE\`, \`sudo gitnotify service start --system\`.`;
  return isNew ? [commands, database] : [commands];
}

/** The same command once more, for the process of root. */
function toWords(context: CliContext, wishes: SystemWishes): string[] {
  return [
    ...(context.globals().json ? ["--json"] : []),
    ...["service", "install", "--system", "--request"],
    ...(wishes.name === undefined ? [] : ["--name", wishes.name]),
    ...(wishes.force ? ["--force"] : []),
    ...(wishes.start === false ? ["--no-start"] : []),
    ...(wishes.replaceSettings ? ["--replace-settings"] : []),
  ];
}

async function readAll({ io }: CliContext): Promise<string> {
  const chunks: string[] = [];
  io.stdin.setEncoding("utf8");
  for await (const chunk of io.stdin) chunks.push(String(chunk));
  return chunks.join("");
}
