import type { Surroundings } from "./harness.js";

/** What must come of one step in the owner's chat. Words are looked for in the text as it is shown. */
export interface Expected {
  what: string;
  /** Exactly one new message with sound, with these words. */
  ping?: string[];
  /** A silent card, new or edited, with these words; exactly one message shows them. */
  card?: string[];
  /** A card that is there shows these words. */
  shows?: string[];
  /** Of this title there is at most one card that is not folded. */
  title?: string;
}

export interface Player {
  step(): Expected;
}

type Random = (below: number) => number;

/** The same numbers for the same seed, on every machine (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

interface Opened {
  id: number;
  title: string;
  author: string;
  draft: boolean;
  conflict: boolean;
  approvedBy: Set<string>;
  asked: boolean;
  assigned: boolean;
}

/** One platform in the words of the play. */
interface Hand {
  name: string;
  bot: string;
  open(given: { author: string; title: string; head: string; draft: boolean }): number;
  ask(id: number): void;
  askAgain(id: number): void;
  comment(id: number, by: string, body: string): void;
  approve(id: number, by: string): void;
  assign(id: number): void;
  ready(id: number, by: string): void;
  draft(id: number, by: string): void;
  conflict(id: number, value: boolean): void;
  merge(id: number): void;
  startRun(branch: string): number;
  finishRun(id: number, good: boolean): void;
  retryRun(id: number): void;
  wiki(by: string, page: string, content: string): void;
  docs(by: string, path: string): void;
}

/** Draws steps that can happen now. `mia` owns the chat; whatever she and the bot do must not ring. */
function createPlayer(hand: Hand, random: Random): Player {
  const opened: Opened[] = [];
  let count = 0;
  let broken: number | null = null;
  const marker = () => `${hand.name}${(count += 1)}x`;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;

  function open(): Expected {
    const title = `Title ${marker()}`;
    const author = pick(["ann", "bob", "mia"]);
    const draft = random(3) === 0;
    const id = hand.open({ author, title, head: `branch-${count}`, draft });
    opened.push({
      id,
      title,
      author,
      draft,
      conflict: false,
      approvedBy: new Set(),
      asked: false,
      assigned: false,
    });
    const what = `${hand.name}: ${author} opens ${draft ? "a draft" : "one"}`;
    return author === "mia" || draft ? { what } : { what, card: [title, `${author} opened it`], title };
  }

  function talk(one: Opened): Expected {
    const word = marker();
    const [by, body, rings] = pick<[string, string, boolean]>([
      ["ann", `please @mia look ${word}`, true],
      ["bob", `use \`@mia\` here ${word}`, false],
      ["bob", `\`\`\`\n@mia\n\`\`\`\n${word}`, false],
      ["ann", `> @mia said\n\n${word}`, false],
      ["ann", `nothing special ${word}`, false],
      ["mia", `I @mia say ${word}`, false],
      [hand.bot, `automatic ${word}`, false],
    ]);
    hand.comment(one.id, by, body);
    const what = `${hand.name}: ${by} writes ${JSON.stringify(body)} on ${one.author}'s`;
    if (rings) return { what, ping: [`${by} mentioned you`, word], title: one.title };
    if (by === "mia" || by === hand.bot) return { what, title: one.title };
    if (one.author === "mia") return { what, ping: [`${by} commented`, word], title: one.title };
    return { what, card: [one.title, `${by} commented`, word], title: one.title };
  }

  function ask(one: Opened): Expected {
    if (one.asked) hand.askAgain(one.id);
    else hand.ask(one.id);
    const what = `${hand.name}: ann asks mia ${one.asked ? "again" : "for the first time"}`;
    one.asked = true;
    return { what, ping: ["ann requested your review", one.title], title: one.title };
  }

  function approve(one: Opened): Expected {
    hand.approve(one.id, "bob");
    one.approvedBy.add("bob");
    const what = `${hand.name}: bob approved ${one.author}'s`;
    if (one.author === "mia") return { what, ping: ["bob approved", one.title], title: one.title };
    return { what, card: ["bob approved", one.title], title: one.title };
  }

  function turn(one: Opened): Expected {
    one.draft = !one.draft;
    if (one.draft) hand.draft(one.id, one.author);
    else hand.ready(one.id, one.author);
    const what = `${hand.name}: ${one.author} makes it ${one.draft ? "a draft" : "ready"}`;
    if (one.draft || one.author === "mia") return { what, title: one.title };
    return { what, card: ["eady for review", one.title], title: one.title };
  }

  function conflict(one: Opened): Expected {
    one.conflict = !one.conflict;
    hand.conflict(one.id, one.conflict);
    const what = `${hand.name}: ${one.author}'s ${one.conflict ? "conflicts" : "conflicts no more"}`;
    if (!one.conflict) return { what, title: one.title };
    if (one.author === "mia") return { what, ping: ["Conflicts with", one.title], title: one.title };
    return one.assigned
      ? { what, ping: undefined, shows: ["conflict", one.title], title: one.title }
      : { what, card: ["conflict", one.title], title: one.title };
  }

  function run(): Expected {
    if (broken !== null) {
      hand.retryRun(broken);
      hand.finishRun(broken, true);
      broken = null;
      return { what: `${hand.name}: the pipeline is retried and passes`, card: ["is fixed"] };
    }
    broken = hand.startRun("main");
    hand.finishRun(broken, false);
    return { what: `${hand.name}: a pipeline fails`, ping: ["failed", "main"] };
  }

  function page(): Expected {
    const by = pick(["ann", "mia"]);
    const name = marker();
    hand.wiki(by, name, "words");
    const what = `${hand.name}: ${by} writes a wiki page`;
    return by === "mia" ? { what } : { what, card: [name] };
  }

  function docs(): Expected {
    const by = pick(["ann", "mia"]);
    const path = `docs/${marker()}.md`;
    hand.docs(by, path);
    const what = `${hand.name}: ${by} changes ${path}`;
    return by === "mia" ? { what } : { what, card: [path] };
  }

  function merge(one: Opened): Expected {
    hand.merge(one.id);
    opened.splice(opened.indexOf(one), 1);
    return {
      what: `${hand.name}: bob merges ${one.author}'s`,
      card: ["bob merged it", one.title],
      title: one.title,
    };
  }

  function onOne(): Expected {
    const one = pick(opened);
    const isBobs = one.author === "bob";
    switch (random(9)) {
      case 0:
      case 1:
        return one.author === "mia" ? talk(one) : ask(one);
      case 2:
        return isBobs || one.approvedBy.has("bob") ? talk(one) : approve(one);
      case 3:
        return one.assigned ? talk(one) : assign(one);
      case 4:
        return turn(one);
      case 5:
        return one.draft ? talk(one) : conflict(one);
      case 6:
        return one.draft || one.conflict ? talk(one) : merge(one);
      default:
        return talk(one);
    }
  }

  function assign(one: Opened): Expected {
    hand.assign(one.id);
    one.assigned = true;
    return {
      what: `${hand.name}: ann assigns mia`,
      ping: ["ann assigned this to you", one.title],
      title: one.title,
    };
  }

  return {
    step: () => {
      if (opened.length === 0) return open();
      const draw = random(10);
      if (draw === 0) return open();
      if (draw === 1) return run();
      if (draw === 2) return random(2) === 0 ? page() : docs();
      return onOne();
    },
  };
}

export function playOnGitHub({ github }: Surroundings, random: Random): Player {
  const repo = "acme/api";
  github.addUser("robot", { bot: true });
  return createPlayer(
    {
      name: "gh",
      bot: "robot",
      open: ({ author, title, head, draft }) =>
        github.openPullRequest(repo, { author, title, body: "Words.", head, draft }).number,
      ask: (id) => github.requestReview(repo, id, { by: "ann", reviewer: "mia" }),
      askAgain: (id) => {
        github.review(repo, id, { by: "mia", state: "COMMENTED", body: "hm" });
        github.requestReview(repo, id, { by: "ann", reviewer: "mia" });
      },
      comment: (id, by, body) => github.comment(repo, id, { by, body }),
      approve: (id, by) => void github.review(repo, id, { by, state: "APPROVED" }),
      assign: (id) => github.assign(repo, id, { by: "ann", assignee: "mia" }),
      ready: (id, by) => github.markReady(repo, id, { by }),
      draft: (id, by) => github.convertToDraft(repo, id, { by }),
      conflict: (id, value) => github.setMergeable(repo, id, value ? "CONFLICTING" : "MERGEABLE"),
      merge: (id) => void github.merge(repo, id, { by: "bob" }),
      startRun: (branch) => github.startRun(repo, { workflow: "CI", branch, actor: "ann" }).id,
      finishRun: (id, good) => github.finishRun(repo, id, { conclusion: good ? "success" : "failure" }),
      retryRun: (id) => github.rerun(repo, id, { by: "ann" }),
      wiki: (by, page, content) => void github.editWiki(repo, { by, page, content }),
      docs: (by, path) => void github.commitFiles(repo, { by, message: "Docs", files: { [path]: "words" } }),
    },
    random,
  );
}

export function playOnGitLab({ gitlab }: Surroundings, random: Random): Player {
  const project = "platform/core";
  gitlab.addUser("project_1_bot_0a", { bot: true });
  return createPlayer(
    {
      name: "gl",
      // Notes do not say that their author is a bot; a project's own bot is known by its name.
      bot: "project_1_bot_0a",
      open: ({ author, title, head, draft }) =>
        gitlab.openMergeRequest(project, { author, title, description: "Words.", source: head, draft }).iid,
      ask: (id) => gitlab.requestReview(project, id, { by: "ann", reviewer: "mia" }),
      askAgain: (id) => gitlab.requestReview(project, id, { by: "ann", reviewer: "mia" }),
      comment: (id, by, body) => void gitlab.note(project, id, { by, body }),
      approve: (id, by) => gitlab.approve(project, id, { by }),
      assign: (id) => gitlab.assign(project, id, { by: "ann", assignee: "mia" }),
      ready: (id, by) => gitlab.markReady(project, id, { by }),
      draft: (id, by) => gitlab.markDraft(project, id, { by }),
      conflict: (id, value) => gitlab.setConflict(project, id, value),
      merge: (id) => gitlab.merge(project, id, { by: "bob" }),
      startRun: (ref) => gitlab.startPipeline(project, { ref, by: "ann" }).id,
      finishRun: (id, good) =>
        gitlab.finishPipeline(project, id, {
          status: good ? "success" : "failed",
          jobs: [{ name: "unit", stage: "test", status: good ? "success" : "failed" }],
        }),
      retryRun: (id) => gitlab.retryPipeline(project, id, { by: "ann" }),
      wiki: (by, slug, content) => gitlab.editWiki(project, { by, slug, content }),
      docs: (by, path) =>
        void gitlab.commitFiles(project, { by, message: "Docs", files: { [path]: "words" } }),
    },
    random,
  );
}
