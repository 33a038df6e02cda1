import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../src/channels/channel.js";
import type { Destination } from "../../src/domain/destination.js";
import { isFailure, type Failure } from "../../src/domain/failure.js";
import type { Notification, TextNode } from "../../src/domain/notification.js";

/** What the suite needs of a channel's server. Spoilers count for the next request that writes. */
export interface ChannelWorld {
  channel: Channel;
  destination: Destination;
  /** A destination where there is nobody. */
  nowhere: Destination;
  /** Texts as a person sees them, oldest first, and the labels of their buttons. */
  shown(): Array<{ messageId: string; text: string; buttons: string[]; silent: boolean; edited: boolean }>;
  /** The next write is refused with "wait `seconds`". */
  throttle(seconds: number): void;
  /** The next write is carried out and its answer lost. */
  loseReply(): void;
  /** The next write is never answered. */
  hang(): void;
  /** The next write fails on the server, with words that hold no answer. */
  breakDown(): void;
  /** Nobody listens any more. */
  stop(): Promise<void>;
  /** The destination moves; returns its new chat. */
  move(): string;
  /** A person deletes the message. */
  forget(messageId: string): void;
  /** The credential in use, which must appear nowhere. */
  secret: string;
  /** The server refuses the credential from now on. */
  revoke(): void;
  /** Epoch milliseconds of the channel's clock. */
  now(): number;
  close(): Promise<void>;
}

/** What every channel promises (channels/channel.ts). */
export function channelContract(name: string, make: () => Promise<ChannelWorld>): void {
  describe(`${name} keeps the channel contract`, () => {
    let world: ChannelWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    const send = (
      text: string | TextNode[],
      more: Partial<Notification> = {},
      signal = new AbortController().signal,
    ) => world.channel.send(world.destination, note(text, more), { signal });

    it("sends text, buttons and silence, and returns the message's id", async () => {
      const buttons = [
        [
          { label: "Retry", nonce: "n-1" },
          { label: "Open", url: "https://forge.example/1" },
        ],
      ];
      const { messageId } = await send("Pipeline failed", { buttons, silent: true });
      expect(world.shown()).toMatchObject([
        { messageId, text: "Pipeline failed", buttons: ["Retry", "Open"], silent: true },
      ]);
    });

    it("edits text and buttons, and takes no change for success", async () => {
      const { messageId } = await send("running", { buttons: [[{ label: "Cancel", nonce: "n-1" }]] });
      const address = { destination: world.destination, messageId };
      const done = note("passed", { buttons: [[{ label: "Retry", nonce: "n-2" }]] });
      await world.channel.edit(address, done, new AbortController().signal);
      await world.channel.edit(address, done, new AbortController().signal);
      expect(world.shown()).toMatchObject([{ text: "passed", buttons: ["Retry"], edited: true }]);
    });

    it("answers a message, and does not mind when it is gone", async () => {
      const { messageId } = await send("first");
      world.forget(messageId);
      const signal = new AbortController().signal;
      await world.channel.send(world.destination, note("second"), { signal, replyTo: messageId });
      expect(world.shown().at(-1)?.text).toBe("second");
    });

    it("shows hostile text as it is", async () => {
      const hostile = `</b><a href="tg://user?id=1">x</a> & <script> "q" 'q' \${x} %00 {{y}} *_~\`[z](http://a.example)`;
      for (const node of ["text", "bold", "italic", "code", "quote", "block"] as const) {
        await send([{ node, text: hostile }]);
        expect(world.shown().at(-1)?.text).toBe(hostile);
      }
    });

    it("cuts what is too long, and keeps its beginning", async () => {
      await send([
        { node: "link", text: "acme/api #12", url: "https://forge.example/12" },
        { node: "quote", text: "😀 word & ".repeat(world.channel.limits.textLength) },
        { node: "text", text: "the end" },
      ]);
      const text = world.shown().at(-1)?.text ?? "";
      expect(text).toMatch(/^acme\/api #12\n/);
      expect(text).toMatch(/…$/);
      expect(text.length).toBeGreaterThan(world.channel.limits.textLength * 0.9);
    });

    it("passes on when to try again", async () => {
      world.throttle(7);
      const failure = await failureOf(send("x"));
      expect(failure.kind).toBe("throttled");
      expect(Date.parse(failure.retryAt ?? "")).toBe(world.now() + 7000);
    });

    it("calls a lost answer to a send ambiguous, and retries nothing", async () => {
      world.loseReply();
      expect(await failureOf(send("once"))).toMatchObject({ kind: "ambiguous" });
      expect(world.shown().map((message) => message.text)).toEqual(["once"]);
    });

    it("calls a lost answer to an edit unreachable: it may be repeated", async () => {
      const { messageId } = await send("one");
      world.loseReply();
      const edit = world.channel.edit(
        { destination: world.destination, messageId }, note("two"), new AbortController().signal,
      ); // prettier-ignore
      expect(await failureOf(edit)).toMatchObject({ kind: "unreachable" });
    });

    it("calls the server's own fault ambiguous for a send", async () => {
      world.breakDown();
      expect((await failureOf(send("x"))).kind).toBe("ambiguous");
    });

    it("calls a refused connection unreachable", async () => {
      await world.stop();
      expect(await failureOf(send("x"))).toMatchObject({ kind: "unreachable", code: "refused" });
    });

    it("says that a chat or a message is gone, and where a chat went", async () => {
      const signal = new AbortController().signal;
      const gone = await failureOf(world.channel.send(world.nowhere, note("x"), { signal }));
      expect(gone).toMatchObject({ kind: "gone", code: "chat" });
      const { messageId } = await send("x");
      world.forget(messageId);
      const edit = world.channel.edit({ destination: world.destination, messageId }, note("y"), signal);
      expect(await failureOf(edit)).toMatchObject({ kind: "gone", code: "message" });
      const movedTo = world.move();
      expect(await failureOf(send("z"))).toMatchObject({ kind: "gone", code: "chat", movedTo });
    });

    it("ends with the signal's reason when aborted", async () => {
      world.hang();
      const controller = new AbortController();
      const reason = new Error("stopping");
      const sending = send("x", {}, controller.signal);
      setTimeout(() => controller.abort(reason), 50);
      await expect(sending).rejects.toBe(reason);
    });

    it("says when the credential is refused, and never shows it", async () => {
      const failures: unknown[] = [];
      world.breakDown();
      failures.push(await failureOf(send("x")));
      world.loseReply();
      failures.push(await failureOf(send("x")));
      world.revoke();
      const refused = await failureOf(send("x"));
      expect(refused.kind).toBe("unauthorized");
      await world.stop();
      failures.push(refused, await failureOf(send("x")));
      for (const failure of failures) expect(everythingIn(failure)).not.toContain(world.secret);
    });

    it("states limits that make sense", () => {
      expect(world.channel.limits.textLength).toBeGreaterThan(100);
      expect(world.channel.limits.gapMs(world.destination)).toBeGreaterThanOrEqual(0);
      expect(world.channel.limits.perMinute(world.destination)).toBeGreaterThan(0);
    });
  });
}

function note(text: string | TextNode[], more: Partial<Notification> = {}): Notification {
  return {
    text: typeof text === "string" ? [{ node: "text", text }] : text,
    buttons: [],
    silent: false,
    ...more,
  };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const outcome: unknown = await work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  if (!isFailure(outcome)) throw outcome;
  return outcome;
}

/** Message, stack, fields and every cause of an error, as the most talkative logger would print it. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const fields = JSON.stringify(Object.fromEntries(Object.entries(error)));
  return [
    error.message,
    error.stack,
    fields,
    error.cause === undefined ? "" : everythingIn(error.cause),
  ].join("\n");
}
