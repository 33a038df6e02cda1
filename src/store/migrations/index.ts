import type { Executor } from "../schema.js";
import * as first from "./0001-first.js";
import * as pollDuration from "./0002-poll-duration.js";
import * as told from "./0003-told.js";
import * as shortfalls from "./0004-shortfalls.js";
import * as pieces from "./0005-pieces.js";

export interface Migration {
  name: string;
  up: (db: Executor) => Promise<void>;
}

/** The list. The position of a migration is the schema version that it makes. */
export const migrations: readonly Migration[] = [
  { name: "0001-first", up: first.up },
  { name: "0002-poll-duration", up: pollDuration.up },
  { name: "0003-told", up: told.up },
  { name: "0004-shortfalls", up: shortfalls.up },
  { name: "0005-pieces", up: pieces.up },
];
