/** Where nobody is asked: what is missing or wrong, and how it is given. */
export const given = {
  "given.noTerminal": "init asks questions, and there is no terminal to ask them in",
  "given.noTerminal.remedy":
    "Run it in a terminal, or give the answers:\n  gitnotify init --non-interactive --github --project ''acme/*'' --owner 123456789\n  gitnotify init --answers answers.yaml\nTokens come from GITNOTIFY_SECRET_TELEGRAM and GITNOTIFY_SECRET_CONNECTION_GITHUB, or by --secrets-stdin.\n`gitnotify init --help` lists everything.",
  "given.wrong": "{id}: {why}",
  "given.wrong.remedy": "Correct the answer, and run it again.",
  "given.missing": "the answer {id} is missing",
  "given.impossible": "“{answer}” is not possible here; there is {known}",
  "given.secret":
    "Set {variable}, or {variable}_FILE to the path of a file with it, or pipe `{secret}=TOKEN` in with --secrets-stdin.",
  "given.remedy.telegramCa": "Give the authority with --telegram-ca-file FILE.",
  "given.remedy.telegramProxy": "Check the network, or give --telegram-proxy URL.",
  "given.remedy.allowHttp": "Give --allow-http if that is intended.",
  "given.remedy.allowPrivateAddress": "Give --allow-private-address if this is your own server.",
  "given.remedy.caFile": "Give its certificate authority with --ca-file FILE.",
  "given.remedy.proxy": "Check the address and the network, or give --proxy URL.",
  "given.remedy.platform": "Give --github [URL] or --gitlab [URL], or --answers FILE.",
  "given.remedy.webhook": "Give --remove-webhook if that is intended.",
  "given.remedy.projects": "Check --project.",
  "given.remedy.other": "Run `gitnotify init` in a terminal, or see `gitnotify init --help`.",
  "given.warning": "warning: {text}",
  "given.problem": "problem: {text}",
} as const;
