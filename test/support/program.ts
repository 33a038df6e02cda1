import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { connect, createServer, type AddressInfo } from "node:net";

/** Whether a program of the system is here, also in the folders of administrators. */
export function hasProgram(name: string, flag = "-v"): boolean {
  try {
    execFileSync(name, [flag], { stdio: "ignore", env: programEnv() });
    return true;
  } catch {
    return false;
  }
}

export interface Program {
  /** Ends it, waits for that, and gives what it printed. */
  stop(): Promise<string>;
}

/** Runs until `stop`; resolves as soon as somebody listens on the port, and rejects with what it printed when it ends before. */
export async function startProgram(name: string, args: string[], port: number): Promise<Program> {
  const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"], env: programEnv() });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  }).then(() => void (hasEnded = true));
  const deadline = Date.now() + 20_000;
  while (!(await listens(port))) {
    if (hasEnded || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${name} does not listen: ${printed.join("")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { stop: () => stop(child, ended, printed) };
}

async function stop(child: ChildProcess, ended: Promise<void>, printed: string[]): Promise<string> {
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
  return printed.join("");
}

function programEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A port that nobody listens on now; taken for a program that must be told its port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
