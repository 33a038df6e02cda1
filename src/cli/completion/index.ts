import type { CommandNode } from "../command-tree.js";
import { renderBash } from "./bash.js";
import { renderFish } from "./fish.js";
import { renderPowerShell } from "./powershell.js";
import { renderZsh } from "./zsh.js";

export interface Shell {
  id: string;
  /** One command that makes it last. */
  install: string;
  render: (tree: CommandNode) => string;
}

/** Every shell that `gitnotify completion` knows. A new one is one file and one line here. */
export const shells: readonly Shell[] = [
  {
    id: "bash",
    install: "gitnotify completion bash > ~/.local/share/bash-completion/completions/gitnotify",
    render: renderBash,
  },
  {
    id: "zsh",
    install: 'gitnotify completion zsh > "${fpath[1]}/_gitnotify"',
    render: renderZsh,
  },
  {
    id: "fish",
    install: "gitnotify completion fish > ~/.config/fish/completions/gitnotify.fish",
    render: renderFish,
  },
  {
    id: "powershell",
    install: "gitnotify completion powershell >> $PROFILE",
    render: renderPowerShell,
  },
];
