import type { Access, Connection } from "../../../domain/connection.js";
import { type Failure, isFailure } from "../../../domain/failure.js";
import type { Say } from "../../../i18n/wizard.js";
import type { Platform, PlatformConnection } from "../../../platforms/platform.js";
import { connectionSecret } from "../../../secrets/secret-store.js";
import { expiryState } from "../../expiry.js";
import type { DraftConnection } from "../draft.js";
import { sayExpiry } from "../expiry.js";
import type { Ports } from "../ports.js";
import { cleanToken, findTokenProblem } from "../token-kind.js";
import { describeLack, describeTrouble } from "../trouble.js";

export interface TokenWanted {
  connection: Connection;
  platform: Platform;
  /** The place in the answers: `connections[0]`. */
  place: string;
}

type Checked = Pick<DraftConnection, "token" | "access" | "client">;

/** Shows where a token is made, takes it hidden, checks it live, and tells what it is good for. */
export async function askToken(ports: Ports, wanted: TokenWanted): Promise<Checked> {
  const page = await showPage(ports, wanted);
  for (;;) {
    const token = await pasteToken(ports, wanted);
    const checked = await checkToken(ports, { ...wanted, page }, token);
    if (checked === null) continue;
    tellAccess(ports, checked.access);
    if (checked.access.lacks.length === 0 || (await isEnough(ports, wanted))) return checked;
  }
}

/**
 * Lets the person choose how much it may do, then opens or prints the page with that filled in. Resolves with words for where a new
 * one is made.
 */
async function showPage(
  { ask, net, say }: Ports,
  { connection, platform, place }: TokenWanted,
): Promise<string> {
  const offers = platform.setup?.tokenOffers(connection) ?? [];
  const [usual] = offers;
  if (usual === undefined) return say("token.again.settings", { platform: platform.label });
  const chosen = await ask.select({
    id: `${place}.access`,
    message: say("token.ask", { host: new URL(connection.url).host }),
    choices: [
      ...offers.map(({ id }) => {
        const key = `offer.${platform.id}.${id}`;
        return { value: id, label: say.known(key) ?? id, hint: say.known(`${key}.hint`) ?? undefined };
      }),
      { value: "have", label: say("token.have") },
    ],
    given: { secret: connectionSecret(connection.id), value: "have" },
  });
  const offer = offers.find(({ id }) => id === chosen);
  if (offer === undefined) return say("token.again.page", { url: usual.url });
  const opened = await net.browse(offer.url);
  ask.note(say(opened ? "token.opened" : "token.open"), [
    offer.url,
    "",
    ...offer.scopes.map((name) => `${name}: ${say.known(`scope.${platform.id}.${name}`) ?? ""}`),
  ]);
  return say("token.again.above");
}

async function pasteToken(
  { ask, net, say }: Ports,
  { connection, platform, place }: TokenWanted,
): Promise<string> {
  const check = (text: string) => findTokenProblem(text, platform, { platforms: net.platforms, say });
  const text = await ask.secret({
    id: `${place}.token`,
    secret: connectionSecret(connection.id),
    message: say("token.paste", { platform: platform.label }),
    check,
  });
  return cleanToken(text);
}

/** null: it is not to be used; why has been told. */
async function checkToken(
  { ask, net, say }: Ports,
  wanted: TokenWanted & { page: string },
  token: string,
): Promise<Checked | null> {
  const { connection, platform, place } = wanted;
  for (;;) {
    try {
      return await ask.busy(say("token.checking", { platform: platform.label }), async () => {
        const client: PlatformConnection = await net.connect(connection, token);
        return { token, client, access: await client.checkAccess(ask.signal) };
      });
    } catch (error) {
      if (!isFailure(error)) throw error;
      ask.tell("problem", describeRefusal(say, error, wanted));
      if (error.kind === "unauthorized") return null;
      const again = await ask.confirm({
        id: `${place}.token.again`,
        message: say("token.same"),
        // What a token may do is rarely changed; whether an organization lets it in is done in a minute.
        initial: error.kind !== "forbidden" || error.code === "sso",
      });
      if (!again) return null;
    }
  }
}

function describeRefusal(
  say: Say,
  failure: Failure,
  { platform, page }: Pick<TokenWanted & { page: string }, "platform" | "page">,
): string {
  if (failure.kind === "unauthorized") return `${say("token.refused", { platform: platform.label })} ${page}`;
  return describeTrouble(say, failure);
}

function tellAccess({ ask, say, clock }: Ports, access: Access): void {
  const { account, tokenKind, scopes, expiresAt, lacks, excess = [] } = access;
  const name = account.name === undefined || account.name === account.login ? "" : ` (${account.name})`;
  const now = clock.now();
  const told = {
    who: `${account.login}${name}`,
    kind: say.known(`kind.${tokenKind}`) ?? tokenKind,
    scopes: scopes.length === 0 ? "none" : scopes.join(", "),
    expiry: sayExpiry(say, expiresAt, now),
  };
  ask.tell("good", say("token.you", told));
  if (expiryState(expiresAt, now) === "soon") ask.tell("warning", say("token.soon"));
  if (excess.length > 0) ask.tell("warning", say("token.excess", { scopes: excess.join(", ") }));
  for (const lack of lacks) ask.tell("warning", describeLack(say, lack));
}

async function isEnough({ ask, say }: Ports, { place }: TokenWanted): Promise<boolean> {
  const what = await ask.select({
    id: `${place}.token.lacks`,
    message: say("token.enough"),
    choices: [
      { value: "enough", label: say("token.enough.yes") },
      { value: "another", label: say("token.enough.no") },
    ],
    initial: "enough",
  });
  return what === "enough";
}
