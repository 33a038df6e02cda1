import { startGitHubSandbox } from "./built/sandbox/github/index.cjs";
import { createSeededRandom, pickFrom } from "./seeded-random.mjs";

/** Tokens that open nothing anywhere: the sandbox alone knows them. */
export const accounts = {
  each: { login: "mia", token: "ghp_each00000000000000000000000000000000" },
  adaptive: { login: "max", token: "ghp_adaptive0000000000000000000000000000" },
  naive: { login: "nils", token: "ghp_naive0000000000000000000000000000000" },
};
const colleagues = ["ann", "bob", "carol"];
const history = { days: 8, openPulls: 4 };
const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * A GitHub in this process with so many repositories. Each has a past of eight days, a pull request and two runs a day,
 * a wiki and documentation; the clock is moved through these days to the present.
 */
export async function startCompany({ repositories: count, seed, clock }) {
  const { now } = clock;
  const github = await startGitHubSandbox({ now });
  for (const { login } of Object.values(accounts)) github.addUser(login);
  for (const login of colleagues) github.addUser(login);
  for (const { login, token } of Object.values(accounts)) github.addToken(token, { login, kind: "classic" });
  // A real account has 5000 points an hour, and the naive one would be refused long before the end of a day of many
  // repositories; then nobody could say what it costs.
  github.limits.set(accounts.naive.login, "core", { limit: Number.MAX_SAFE_INTEGER });
  const random = createSeededRandom(seed);
  const repositories = Array.from({ length: count }, (_, index) => addRepository(github, index));
  for (let passed = 0; passed < history.days; passed += 1) {
    for (const repository of repositories)
      liveADay({ github, repository, random, isLate: passed >= history.days - history.openPulls });
    clock.moveTo(now() + day);
  }
  return { github, repositories, changes: createChanges({ github, repositories, random, now }) };
}

function addRepository(github, index) {
  const name = `acme/service-${String(index).padStart(3, "0")}`;
  github.addRepository(name, { wiki: true });
  github.editWiki(name, { by: "ann", page: "Page 0", content: "The first words.\n" });
  return { name, open: [], edits: 0 };
}

function liveADay({ github, repository: { name, open }, random, isLate }) {
  const pull = openPull(github, name, random);
  github.comment(name, pull, { by: pickFrom(colleagues, random), body: "Looks right to me." });
  if (isLate) open.push(pull);
  else github.merge(name, pull, { by: "ann" });
  for (const workflow of ["CI", "Lint"]) {
    const { id } = github.startRun(name, { workflow, branch: "main", actor: "ann" });
    github.finishRun(name, id, { conclusion: random() < 0.8 ? "success" : "failure" });
  }
}

let branches = 0;

function openPull(github, name, random) {
  branches += 1;
  const request = {
    author: pickFrom(colleagues, random),
    title: `Change part ${branches}`,
    body: "What changes, why, and how it was tried.\n".repeat(6),
    head: `part-${branches}`,
  };
  return github.openPullRequest(name, request).number;
}

function startRun(github, name, random) {
  const actor = pickFrom(colleagues, random);
  return github.startRun(name, { workflow: pickFrom(["CI", "Lint"], random), branch: "main", actor });
}

/**
 * The days of this company, in order. `plan(minute)` decides which repositories change in the minute that begins then, and
 * `take(until)` carries out what was planned up to that instant, in order. `expected` lists what a person who follows these
 * repositories would want to hear, with its instant.
 */
function createChanges({ github, repositories, random, now }) {
  const planned = [];
  const expected = [];
  const expect = (repository, kind, subject) =>
    expected.push({ repository: repository.name, kind, subject: String(subject), at: now() });
  const scene = { github, random, now, expect, planned };
  return {
    expected,
    plan({ from, share }) {
      for (const repository of repositories) {
        if (random() >= share) continue;
        planned.push({ at: from + random() * minute, repository, act: pickWeighted(random) });
      }
    },
    /** Instants of what is still to be carried out, soonest first, up to `until`. */
    nextAt(until) {
      planned.sort((a, b) => a.at - b.at);
      const [first] = planned;
      return first !== undefined && first.at <= until ? first.at : undefined;
    },
    takeNext() {
      const { repository, act } = planned.shift();
      act(scene, repository);
    },
  };
}

/** What happens how often, of a hundred changes. A run that starts also ends, which is a change of its own. */
const weighted = [
  [36, runThatEnds],
  [20, commentOn],
  [12, reviewPull],
  [8, pushTo],
  [8, openAnother],
  [5, mergeOne],
  [5, editWiki],
  [6, pushToMain],
];

function pickWeighted(random) {
  let left = random() * weighted.reduce((total, [weight]) => total + weight, 0);
  for (const [weight, act] of weighted) {
    left -= weight;
    if (left < 0) return act;
  }
  return commentOn;
}

function runThatEnds({ github, random, now, planned, expect }, repository) {
  const { id } = startRun(github, repository.name, random);
  const end = () => {
    const conclusion = random() < 0.75 ? "success" : "failure";
    github.finishRun(repository.name, id, { conclusion });
    expect(repository, conclusion === "success" ? "pipeline.succeeded" : "pipeline.failed", id);
  };
  planned.push({ at: now() + (0.5 + 3.5 * random()) * minute, repository, act: end });
}

function openAnother({ github, random, expect }, repository) {
  const number = openPull(github, repository.name, random);
  repository.open.push(number);
  expect(repository, "merge_request.opened", number);
}

function onOpenPull(act) {
  return (scene, repository) => {
    if (repository.open.length === 0) return openAnother(scene, repository);
    return act(scene, repository, pickFrom(repository.open, scene.random));
  };
}

function commentOn(scene, repository) {
  return onOpenPull(({ github, random, expect }, { name }, number) => {
    github.comment(name, number, { by: pickFrom(colleagues, random), body: "Why not the other way round?" });
    expect(repository, "comment.created", number);
  })(scene, repository);
}

function reviewPull(scene, repository) {
  return onOpenPull(({ github, random, expect }, { name }, number) => {
    const approves = random() < 0.7;
    // Nobody reviews their own: `nils` opens none.
    const by = accounts.naive.login;
    github.review(name, number, { by, state: approves ? "APPROVED" : "CHANGES_REQUESTED", body: "Read it." });
    expect(repository, approves ? "review.approved" : "review.changes_requested", number);
  })(scene, repository);
}

function pushTo(scene, repository) {
  return onOpenPull(({ github, random, expect }, { name }, number) => {
    github.push(name, number, { by: pickFrom(colleagues, random) });
    expect(repository, "merge_request.pushed", number);
  })(scene, repository);
}

function mergeOne(scene, repository) {
  return onOpenPull(({ github, expect }, { name, open }, number) => {
    github.merge(name, number, { by: "bob" });
    open.splice(open.indexOf(number), 1);
    expect(repository, "merge_request.merged", number);
  })(scene, repository);
}

function editWiki({ github, expect }, repository) {
  repository.edits += 1;
  const content = `The words of edit ${repository.edits}.\n`;
  github.editWiki(repository.name, { by: "carol", page: "Page 0", content });
  expect(repository, "wiki.updated", "Page-0");
}

/** Half of the commits touch documentation; the other half is work for nothing to the one who polls. */
function pushToMain({ github, random, expect }, repository) {
  repository.edits += 1;
  const isDocs = random() < 0.5;
  const path = isDocs ? "docs/guide.md" : "src/main.txt";
  const files = { [path]: `Edit ${repository.edits}\n` };
  github.commitFiles(repository.name, { by: "ann", message: "Say it better", files });
  if (isDocs) expect(repository, "docs.changed", "");
}
