/** An abort signal that ends with Ctrl-C or SIGTERM; the second one ends the process at once. */
export function createStopSignal(): { signal: AbortSignal; interrupted: () => boolean; dispose: () => void } {
  const controller = new AbortController();
  let byKeyboard = false;
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === "SIGINT" ? 130 : 1);
    byKeyboard = name === "SIGINT";
    controller.abort(new Error(`Stopped by ${name}.`));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const dispose = () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  return { signal: controller.signal, interrupted: () => byKeyboard, dispose };
}
