/** What bin/gitnotify.cjs hears from the first moment on, before it is known which command runs. */
interface EarlySignals {
  names: readonly NodeJS.Signals[];
  hear: (signal: NodeJS.Signals) => void;
  heard: NodeJS.Signals[];
}

/** A daemon that is stopped while it starts stops in order: those who listen by now are told what came before. */
export function passEarlySignals(): void {
  for (const signal of takeEarly()) process.emit(signal);
}

/** Any other command ends by the signal, as if nobody had listened. */
export async function obeyEarlySignals(): Promise<void> {
  // What has arrived is told in the next turn of the event loop, and would be lost with its listener.
  await new Promise((resolve) => setImmediate(resolve));
  const [first] = takeEarly();
  if (first !== undefined) process.kill(process.pid, first);
}

/** Stops hearing. Nothing where the program was not begun by its own executable, as in a test. */
function takeEarly(): NodeJS.Signals[] {
  const early = Reflect.get(globalThis, Symbol.for("gitnotify.earlySignals")) as EarlySignals | undefined;
  if (early === undefined) return [];
  for (const name of early.names) process.off(name, early.hear);
  return early.heard.splice(0);
}
