import { homedir } from "node:os";

/** "" where there is none: a user that systemd makes for one service (DynamicUser) may be in no list of users, and then Node throws. */
export function findHomedir(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}
