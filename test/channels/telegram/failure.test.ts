import { describe, expect, it } from "vitest";
import { fromHttpError, fromNonsense, fromRefusal } from "../../../src/channels/telegram/failure.js";
import { HttpError, type HttpErrorCode } from "../../../src/lib/http.js";

const context = {
  method: "sendMessage",
  chat: "-5",
  host: "api.telegram.org",
  now: 1_800_000_000_000,
  repeatable: false,
};

describe("fromRefusal", () => {
  it.each([
    [401, "Unauthorized", "unauthorized", undefined],
    [404, "Not Found", "unauthorized", undefined],
    [404, "Not Found: method not found", "rejected", "method"],
    [403, "Forbidden: bot was blocked by the user", "gone", "chat"],
    [403, "Forbidden: user is deactivated", "gone", "chat"],
    [403, "Forbidden: bot was kicked from the supergroup chat", "gone", "chat"],
    [403, "Forbidden: bot is not a member of the channel chat", "gone", "chat"],
    [403, "Forbidden: the group chat was deleted", "gone", "chat"],
    [403, "Forbidden: bot can't initiate conversation with a user", "gone", "chat"],
    [403, "Forbidden: not enough rights to send text messages to the chat", "forbidden", "rights"],
    [400, "Bad Request: chat not found", "gone", "chat"],
    [400, "Bad Request: private chat not found", "gone", "chat"],
    [400, "Bad Request: not enough rights to send text messages to the chat", "forbidden", "rights"],
    [400, "Bad Request: message thread not found", "gone", "topic"],
    [400, "Bad Request: TOPIC_CLOSED", "gone", "topic"],
    [400, "Bad Request: message to edit not found", "gone", "message"],
    [400, "Bad Request: message can't be edited", "gone", "message"],
    [400, "Bad Request: can't parse entities: Unsupported start tag", "rejected", "entities"],
    [400, "Bad Request: message is not modified: specified new…", "rejected", "not_modified"],
    [400, "Bad Request: message is too long", "rejected", "too_long"],
    [400, "Bad Request: BUTTON_URL_INVALID", "rejected", "button"],
    [400, "Bad Request: BUTTON_DATA_INVALID", "rejected", "button"],
    [400, "Bad Request: BUTTON_TYPE_INVALID", "rejected", "button"],
    [
      400,
      "Bad Request: inline keyboard button URL 'http://gitlab/' is invalid: Wrong HTTP URL",
      "rejected",
      "button",
    ],
    [
      400,
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed",
      "rejected",
      "button",
    ],
    [400, "Bad Request: reply markup is too long", "rejected", "button"],
    [400, "Bad Request: REPLY_MARKUP_INVALID", "rejected", "button"],
    [400, "Bad Request: need administrator rights in the channel chat", "forbidden", "rights"],
    [400, "Bad Request: have no rights to send a message", "forbidden", "rights"],
    [400, "Bad Request: CHAT_WRITE_FORBIDDEN", "forbidden", "rights"],
    [400, "Bad Request: USER_BANNED_IN_CHANNEL", "forbidden", "rights"],
    [400, "Bad Request: bot was kicked from the channel chat", "gone", "chat"],
    [400, "Bad Request: user is deactivated", "gone", "chat"],
    [400, "Bad Request: INPUT_USER_DEACTIVATED", "gone", "chat"],
    [400, "Bad Request: TOPIC_DELETED", "gone", "topic"],
    [
      400,
      "Bad Request: query is too old and response timeout expired or query ID is invalid",
      "gone",
      "query",
    ],
    [400, "Bad Request: something new", "rejected", "answered"],
    [409, "Conflict: can't use getUpdates method while webhook is active", "conflict", "webhook"],
    [409, "Conflict: terminated by other getUpdates request", "conflict", "other_poller"],
    [502, "Bad Gateway", "ambiguous", "server"],
  ])("judges %i %s", (status, description, kind, code) => {
    const failure = fromRefusal({ status, description }, context);
    expect([failure.kind, failure.code, failure.status]).toEqual([kind, code, status]);
    expect(failure.message).toContain("chat -5");
  });

  it("guesses a minute when a 429 names no time", () => {
    for (const retryAfterS of [undefined, 0, -3, Infinity]) {
      const failure = fromRefusal({ status: 429, description: "Too Many Requests", retryAfterS }, context);
      expect(failure.retryAt).toBe(new Date(context.now + 60_000).toISOString());
    }
  });

  it("says where a group went", () => {
    const description = "Bad Request: group chat was upgraded to a supergroup chat";
    const failure = fromRefusal({ status: 400, description, migrateTo: -1_001_234_567_890 }, context);
    expect(failure).toMatchObject({ kind: "gone", code: "chat", movedTo: "-1001234567890" });
  });
});

describe("calls without an answer", () => {
  const http = (code: HttpErrorCode, sent: boolean) => new HttpError(code, { message: "m", host: "h", sent });

  it.each([
    ["dns", false, "unreachable"],
    ["refused", false, "unreachable"],
    ["refused", true, "unreachable"],
    ["tls", true, "unreachable"],
    ["timeout", false, "unreachable"],
    ["timeout", true, "ambiguous"],
    ["reset", true, "ambiguous"],
    ["too_large", true, "ambiguous"],
  ] as const)("judges %s (sent: %s) of a send as %s", (code, sent, kind) => {
    expect(fromHttpError(http(code, sent), context)).toMatchObject({ kind, code });
    expect(fromHttpError(http(code, sent), { ...context, repeatable: true }).kind).toBe("unreachable");
  });

  it("does not call a foreign page a delivery in doubt", () => {
    expect(fromNonsense(false, context)).toMatchObject({ kind: "unreachable", code: "schema" });
    expect(fromNonsense(true, context)).toMatchObject({ kind: "ambiguous", code: "schema" });
  });
});
