/** What a shell says of a process that ended by this signal. */
const endedBy = { SIGINT: 130, SIGTERM: 143 } as const;

/** An abort signal that ends with Ctrl-C or SIGTERM; the second one ends the process at once. */
export function createStopSignal(): {
  signal: AbortSignal;
  interrupted: () => boolean;
  stop: (name: "SIGINT" | "SIGTERM") => void;
  dispose: () => void;
} {
  const controller = new AbortController();
  let byKeyboard = false;
  const stop = (name: "SIGINT" | "SIGTERM") => {
    if (controller.signal.aborted) process.exit(endedBy[name]);
    byKeyboard = name === "SIGINT";
    controller.abort(new Error(`Stopped by ${name}.`));
  };
  const [onInt, onTerm] = [() => stop("SIGINT"), () => stop("SIGTERM")];
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  // Ctrl-Break, the one key that reaches a process group of its own on Windows. Nothing sends it elsewhere.
  process.on("SIGBREAK", onInt);
  const dispose = () => {
    process.off("SIGINT", onInt);
    process.off("SIGTERM", onTerm);
    process.off("SIGBREAK", onInt);
  };
  return { signal: controller.signal, interrupted: () => byKeyboard, stop, dispose };
}
