import { closeSync, openSync } from "node:fs";

/**
 * SIGHUP says two things: read the settings again (`systemctl reload`, `kill -HUP`), or the terminal has gone. Only a process that
 * was started in a terminal can lose it, and then the terminal cannot be opened any more. Returns how to stop hearing.
 */
export function onHangUp(heard: { reload: () => void; gone: () => void }): () => void {
  const hadTerminal = process.platform !== "win32" && hasTerminal();
  // Node makes a SIGHUP of a closed console window on Windows, where nothing else sends one.
  const hear = () => {
    const isGone = process.platform === "win32" || (hadTerminal && !hasTerminal());
    if (isGone) heard.gone();
    else heard.reload();
  };
  process.on("SIGHUP", hear);
  return () => void process.off("SIGHUP", hear);
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
