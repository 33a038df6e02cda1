/** The account that a no-reply address of GitHub's tells of; older ones have the login alone. null: another address. */
export function toAccount(email: string): { id?: string; login: string } | null {
  const found = /^(?:(\d+)\+)?([^@+]+)@users\.noreply\./i.exec(email);
  const login = found?.[2];
  if (login === undefined) return null;
  return found?.[1] === undefined ? { login } : { id: found[1], login };
}
