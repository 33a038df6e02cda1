type Environment = Record<string, string | undefined>;

/** Holds a secret, or names the file that does. */
export function isSecretVariable(name: string): boolean {
  return /^GITNOTIFY_(SECRET_|PASSPHRASE$)/i.test(name);
}

/** What another program may inherit: other programs and their own children have no use for our secrets. */
export function childEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecretVariable(name)));
}
