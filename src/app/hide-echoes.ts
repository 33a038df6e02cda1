import type { HttpClient } from "../lib/http.js";

/**
 * A server or a proxy that quotes a request in its refusal quotes the token with it, and refusals are shown, logged and stored:
 * the token is taken out before anybody reads them. Good answers pass as they are.
 */
export function hideEchoes(http: HttpClient, redact: (text: string) => string): HttpClient {
  return {
    close: () => http.close(),
    request: async (request) => {
      const answer = await http.request(request);
      if (answer.status < 400) return answer;
      const said = Buffer.from(answer.body).toString("utf8");
      const hidden = redact(said);
      return hidden === said ? answer : { ...answer, body: Buffer.from(hidden, "utf8") };
    },
  };
}
