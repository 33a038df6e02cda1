import {
  ServiceError,
  type InstallOptions,
  type InstallReport,
  type PlannedCommand,
  type ServicePlan,
  type ServiceSpec,
} from "../service.js";
import { firstLine, type Control } from "./control.js";
import { readMark, toUserUnit } from "./unit.js";

export interface UnitInstall {
  control: Control;
  spec: ServiceSpec;
  plan: ServicePlan;
  options: InstallOptions;
}

/** Settings and credentials first: a unit that is enabled must be able to run. */
export async function installUnit(given: UnitInstall): Promise<InstallReport> {
  const { control, options } = given;
  const before = (await control.runner.read(control.path))?.toString("utf8") ?? null;
  const credentials = await encryptAll(given);
  const linger = await toLinger(control, options, before);
  const written = await writeFiles(given, linger.isOurs);
  await control.must(["daemon-reload"]);
  await control.must(["enable", control.path]);
  const running = options.start !== false;
  if (running) {
    options.onStep?.("Starting the service");
    await control.require("restart");
  }
  return {
    upgraded: before !== null,
    running,
    files: [...credentials.files, ...written.files],
    notes: [...credentials.notes, ...linger.notes, ...written.notes],
  };
}

interface Step {
  files: string[];
  notes: string[];
}

async function encryptAll({ control, plan, options }: UnitInstall): Promise<Step> {
  const step: Step = { files: [], notes: [] };
  for (const command of plan.commands) {
    if (command.secret === undefined) continue;
    options.onStep?.(`Encrypting the secret ${command.secret} for systemd`);
    const note = await encrypt(control, command, options);
    if (note === null) step.files.push(command.makes ?? "");
    else step.notes.push(note);
  }
  return step;
}

async function writeFiles(
  { control, spec, plan, options }: UnitInstall,
  lingerIsOurs: boolean,
): Promise<Step> {
  const { runner, path, name, scope } = control;
  const step: Step = { files: [], notes: [] };
  for (const file of plan.files) {
    if (file.keep && !options.replaceFiles && (await runner.exists(file.path))) {
      step.notes.push(`${file.path} was there already and stays as it is.`);
      continue;
    }
    const isOwnUnit = file.path === path && scope === "user" && lingerIsOurs;
    const content = isOwnUnit ? toUserUnit(spec, { name, lingerIsOurs }) : file.content;
    if (typeof content === "string") await runner.write(file.path, content, file.mode);
    step.files.push(file.path);
  }
  return step;
}

/** null when it is encrypted; otherwise what to tell about the earlier one that stays. */
async function encrypt(
  { runner }: Control,
  command: PlannedCommand,
  given: InstallOptions,
): Promise<string | null> {
  const { argv, secret = "", makes = "" } = command;
  const value = (await given.readSecret?.(secret)) ?? null;
  if (value === null) {
    if (await runner.exists(makes)) return `The encrypted ${secret} of the last install stays: ${makes}`;
    throw new ServiceError(
      `the secret ${secret} is stored nowhere, and the service cannot work without it`,
      `Store it first: gitnotify secrets set ${secret}`,
    );
  }
  const ran = await runner.run(argv, { input: value });
  if (ran.code !== 0 || ran.stdout.trim() === "") {
    throw new ServiceError(
      `systemd-creds could not encrypt the secret ${secret}: ${firstLine({ ...ran, stdout: "" })}`,
      "Encrypted credentials need systemd 250 or later: see `systemctl --version`. Without them: gitnotify service install, as a user.",
    );
  }
  await runner.write(makes, ran.stdout, 0o600);
  return null;
}

interface Linger {
  isOurs: boolean;
  notes: string[];
}

/** Linger that somebody else switched on is theirs, and stays when the service goes. */
async function toLinger(control: Control, given: InstallOptions, before: string | null): Promise<Linger> {
  if (control.scope === "system") return { isOurs: false, notes: [] };
  const wasOurs = before !== null && readMark(before, "Linger") === "ours";
  if (await control.lingers()) return { isOurs: wasOurs, notes: [] };
  if (!given.linger) return { isOurs: false, notes: [withoutLinger] };
  const ran = await control.setLinger(true);
  if (ran.code === 0) return { isOurs: true, notes: [] };
  return { isOurs: false, notes: [toRefusal(firstLine(ran))] };
}

/** Small systems without polkit leave that to root. A service until logout is better than none. */
function toRefusal(said: string): string {
  const remedy = "To have it start with the machine: sudo loginctl enable-linger $USER";
  return `It runs only while you are logged in, for loginctl would not switch on linger (${said}). ${remedy}`;
}

const withoutLinger =
  "It runs while you are logged in. To start it at boot and keep it after logout: gitnotify service install --linger";
