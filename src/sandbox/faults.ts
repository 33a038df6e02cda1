import type { Exchange } from "./server.js";

/**
 * How the next matching answers are spoiled. `lost_reply` carries the request out and drops the connection, `slow` answers
 * late, `truncated` sends half the body; the others do not carry the request out.
 */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: string | object }
  | { kind: "html" }
  | { kind: "empty" }
  | { kind: "truncated" }
  | { kind: "hang" }
  | { kind: "reset" }
  | { kind: "lost_reply" }
  | { kind: "slow"; ms: number }
  | { kind: "redirect"; location: string }
  | { kind: "bomb"; bytes: number };

interface Switch {
  match: RegExp;
  left: number;
  fault: Fault;
}

/** Fault switches of one sandbox server: `faults.add(/POST .*sendMessage/, { kind: "lost_reply" })` spoils once. */
export class FaultSwitches {
  private switches: Switch[] = [];

  /** `match` is tried on `METHOD /path?query`; `times` may be Infinity. Returns a function that switches it off. */
  add(match: RegExp, fault: Fault, times = 1): () => void {
    const added: Switch = { match, left: times, fault };
    this.switches.push(added);
    return () => {
      this.switches = this.switches.filter((other) => other !== added);
    };
  }

  clear(): void {
    this.switches = [];
  }

  take(exchange: Exchange): Fault | undefined {
    const query = exchange.query.toString();
    const line = `${exchange.method} ${exchange.path}${query ? `?${query}` : ""}`;
    const hit = this.switches.find((candidate) => candidate.left > 0 && candidate.match.test(line));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault;
  }
}
