/** A Telegram user whom the daemon knows. */
export interface Member {
  /** Telegram user id. */
  id: string;
  role: "owner" | "member";
  name: string;
}
