import type { CliIo } from "../context.js";

export interface Waiting {
  /** What is waited for now. Shown on a terminal when it takes longer than half a second. */
  show(what: string): void;
  /** Takes the line away; before anything else is printed. */
  hide(): void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const patienceMs = 500;
const frameMs = 100;
const wipe = "\r\u001b[K";

/** One line on stderr that turns and vanishes. Nothing at all where no person looks. */
export function createWaiting({ stderr }: Pick<CliIo, "stderr">): Waiting {
  if (!("isTTY" in stderr) || stderr.isTTY !== true) return { show: () => {}, hide: () => {} };
  let timer: NodeJS.Timeout | undefined;
  let isShown = false;
  const hide = () => {
    clearTimeout(timer);
    timer = undefined;
    if (isShown) stderr.write(wipe);
    isShown = false;
  };
  return {
    hide,
    show(what) {
      hide();
      let frame = 0;
      const turn = () => {
        stderr.write(`${wipe}${frames[frame % frames.length]} ${what}…`);
        isShown = true;
        frame += 1;
        timer = setTimeout(turn, frameMs);
      };
      timer = setTimeout(turn, patienceMs);
    },
  };
}
