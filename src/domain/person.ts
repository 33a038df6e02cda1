/** Somebody on a platform. `id` is the platform's numeric id as text: logins can be renamed. */
export interface Person {
  id: string;
  login: string;
  name?: string;
  /** A bot account (GitHub type `Bot`, GitLab `bot: true`, or a login ending in `[bot]`). */
  bot: boolean;
}

export function isSamePerson(a: Person | null | undefined, b: Person | null | undefined): boolean {
  return a != null && b != null && a.id === b.id;
}
