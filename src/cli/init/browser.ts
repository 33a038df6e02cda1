import { spawn } from "node:child_process";

/** The program that shows an address in the person's browser, or null where there is no screen of theirs. */
export function findBrowserCommand(
  platform: NodeJS.Platform,
  env: Record<string, string | undefined>,
): readonly string[] | null {
  // Whoever sits elsewhere would not see a browser that opens here.
  if (env["SSH_CONNECTION"] || env["SSH_TTY"] || env["CI"]) return null;
  if (platform === "darwin") return ["open"];
  // `start` would take the & of an address for its own.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasScreen = Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
  return hasScreen ? ["xdg-open"] : null;
}

/** False when it did not begin; nobody waits for it to end. */
export function openBrowser(url: string, env: Record<string, string | undefined>): Promise<boolean> {
  const [program, ...words] = findBrowserCommand(process.platform, env) ?? [];
  if (program === undefined || !/^https?:\/\//.test(url)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, [...words, url], { stdio: "ignore", detached: true, windowsHide: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
