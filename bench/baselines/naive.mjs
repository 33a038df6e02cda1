/**
 * What many people run in place of a daemon: a script that asks four lists of every repository, every minute, without any
 * condition, tells what is newer than its last round, and forgets. It is not slowed down on purpose: it keeps its
 * connections open, takes GitHub's default page, asks only for new comments where the API can say that, and starts its
 * next "since" before its requests and not after them.
 */
export function createNaivePoller({ apiUrl, token, repositories, now, send, log = () => {} }) {
  let since = toInstant(now());

  async function ask(path) {
    const headers = { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" };
    const response = await fetch(`${apiUrl}${path}`, { headers: { ...headers, "user-agent": "naive" } });
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return JSON.parse(body);
  }

  async function readNews(repository, from) {
    const base = `/repos/${repository}`;
    const isNew = (instant) => instant >= from;
    const told = [];
    for (const pull of await ask(`${base}/pulls?state=all&sort=updated&direction=desc`)) {
      if (isNew(pull.updated_at)) told.push({ what: "pull", id: pull.number, at: pull.updated_at });
    }
    for (const run of (await ask(`${base}/actions/runs`)).workflow_runs) {
      if (isNew(run.updated_at)) told.push({ what: "run", id: run.id, at: run.updated_at });
    }
    for (const comment of await ask(`${base}/issues/comments?since=${encodeURIComponent(from)}`)) {
      if (isNew(comment.updated_at)) told.push({ what: "comment", id: comment.id, at: comment.updated_at });
    }
    for (const event of await ask(`${base}/events`)) {
      if (isNew(event.created_at)) told.push({ what: event.type, id: event.id, at: event.created_at });
    }
    return told.map((item) => ({ repository, ...item }));
  }

  return {
    /** One round over all repositories. Whatever fails is logged and not asked for again. */
    async round() {
      const from = since;
      since = toInstant(now());
      for (const repository of repositories) {
        try {
          for (const item of await readNews(repository, from)) send(item);
        } catch (error) {
          log(String(error));
        }
      }
    },
  };
}

/** Seconds, as GitHub writes instants: only so can they be compared as text. */
function toInstant(milliseconds) {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
