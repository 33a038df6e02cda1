/**
 * What looks like a credential, whoever's it is: a token that was replaced long ago, or pasted into the wrong place, is in no
 * secret store, so that only its shape tells. The shapes are those that the platforms document for their secret scanners.
 */
const shapes: readonly RegExp[] = [
  // GitHub: personal, OAuth, app, refresh, fine-grained.
  /gh[pousr]_[A-Za-z0-9]{20,255}/g,
  /github_pat_[A-Za-z0-9_]{20,255}/g,
  // GitLab: personal, OAuth, deploy, runner, trigger, feed, agent, CI job.
  /gl(?:pat|oas|dt|rt|ptt|ft|agent|cbt|soat|ffct|imt)-[A-Za-z0-9_.-]{16,}/g,
  // Telegram, also with its colon percent-encoded as in an address.
  /\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}/gi,
  // Others that end up in logs of jobs: AWS, npm, Slack, Google, Stripe, and any signed JSON token.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\b[rs]k_live_[A-Za-z0-9]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  // A variable of an environment whose name says what it is.
  /(?<=\b[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY)[A-Z0-9_]*\s?[=:]\s?["']?)[^\s"']{6,}/g,
  // What a request or an address carries.
  /(?<=\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=\bbasic\s+)[A-Za-z0-9+/=]{8,}/gi,
  /(?<=:\/\/)[^\s/@"'<>]+(?=@)/g,
  /(?<=[?&](?:private_token|access_token|job_token|token|password|secret|key)=)[^&\s"'<>]+/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{1,10000}?-----END [A-Z ]*PRIVATE KEY-----/g,
];

/** The text with everything that has such a shape as `***`, also where it is base64. */
export function hideShapes(text: string): string {
  const plain = shapes.reduce((rest, shape) => rest.replace(shape, "***"), text);
  return plain.replace(/[A-Za-z0-9+/_-]{24,}={0,2}/g, (run) => (hidesCredential(run) ? "***" : run));
}

/** Base64 may begin anywhere in a longer run, so that each of its four beginnings is tried. */
function hidesCredential(run: string): boolean {
  return [0, 1, 2, 3].some((start) => {
    const decoded = Buffer.from(run.slice(start), "base64").toString("latin1");
    return shapes.some((shape) => decoded.search(shape) >= 0);
  });
}
