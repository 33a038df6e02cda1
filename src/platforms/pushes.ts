import type { Shortfall } from "../domain/shortfall.js";

/** From one head of a branch to the next that was seen. */
export interface Push {
  branch: string;
  base: string;
  head: string;
}

/** Its id while it is set aside: `main:<old head>...<new head>`. A colon is in no branch's name. */
export function toPushId({ branch, base, head }: Push): string {
  return `${branch}:${base}...${head}`;
}

export function toPush(id: string): Push {
  const [, branch = "", base = "", head = ""] = /^(.*):(.+)\.\.\.(.+)$/.exec(id) ?? [];
  return { branch, base, head };
}

/** `main 1a2b3c4d...5e6f7a8b`, as in a comparison's address. */
export function toPushName(id: string): string {
  const { branch, base, head } = toPush(id);
  return `${branch} ${base.slice(0, 8)}...${head.slice(0, 8)}`;
}

/** After a forced push the old head may be gone, and nobody can say what became of its files. */
export function toMissedPush(push: Push, url: string): Shortfall {
  return { code: "missed", key: push.head, values: { what: toPushName(toPushId(push)), url } };
}
