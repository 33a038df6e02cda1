import type { Access, Connection } from "../../../domain/connection.js";
import { lackInEnglish } from "../../../i18n/en/access.js";
import { type Failure, isFailure } from "../../../domain/failure.js";
import type { Platform, PlatformConnection } from "../../../platforms/platform.js";
import { connectionSecret } from "../../../secrets/secret-store.js";
import { describeExpiry, expiryState } from "../../expiry.js";
import type { DraftConnection } from "../draft.js";
import type { Ports } from "../ports.js";
import { cleanToken, findTokenProblem } from "../token-kind.js";
import { describeTrouble } from "./way.js";

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
async function showPage({ ask, net }: Ports, { connection, platform, place }: TokenWanted): Promise<string> {
  const offers = platform.setup?.tokenOffers(connection) ?? [];
  const [usual] = offers;
  if (usual === undefined) return `in the settings of your ${platform.label}, and paste it.`;
  const chosen = await ask.select({
    id: `${place}.access`,
    message: `gitnotify needs a token of yours for ${new URL(connection.url).host}. What may it do with it?`,
    choices: [
      ...offers.map(({ id, label, hint }) => ({ value: id, label, hint })),
      { value: "have", label: "I have a token already" },
    ],
    given: { secret: connectionSecret(connection.id), value: "have" },
  });
  const offer = offers.find(({ id }) => id === chosen);
  if (offer === undefined) return `here, and paste it: ${usual.url}`;
  const opened = await net.browse(offer.url);
  ask.note(opened ? "This page opens in your browser" : "Open this page, make the token, copy it", [
    offer.url,
    "",
    ...offer.scopes.map(({ name, why }) => `${name}: ${why}`),
  ]);
  return "on the page above, and paste it.";
}

async function pasteToken(
  { ask, net }: Ports,
  { connection, platform, place }: TokenWanted,
): Promise<string> {
  const check = (text: string) => findTokenProblem(text, platform, net.platforms);
  const text = await ask.secret({
    id: `${place}.token`,
    secret: connectionSecret(connection.id),
    message: `Paste the ${platform.label} token (it is not shown)`,
    check,
  });
  return cleanToken(text);
}

/** null: it is not to be used; why has been told. */
async function checkToken(
  { ask, net }: Ports,
  wanted: TokenWanted & { page: string },
  token: string,
): Promise<Checked | null> {
  const { connection, platform, place } = wanted;
  for (;;) {
    try {
      return await ask.busy(`Asking ${platform.label} who you are`, async () => {
        const client: PlatformConnection = await net.connect(connection, token);
        return { token, client, access: await client.checkAccess(ask.signal) };
      });
    } catch (error) {
      if (!isFailure(error)) throw error;
      ask.tell("problem", describeRefusal(error, wanted));
      if (error.kind === "unauthorized") return null;
      const again = await ask.confirm({
        id: `${place}.token.again`,
        message: "Try the same token again? (No: paste another)",
        // What a token may do is rarely changed; whether an organization lets it in is done in a minute.
        initial: error.kind !== "forbidden" || error.code === "sso",
      });
      if (!again) return null;
    }
  }
}

function describeRefusal(
  failure: Failure,
  { platform, page }: Pick<TokenWanted & { page: string }, "platform" | "page">,
): string {
  if (failure.kind === "unauthorized")
    return `${platform.label} does not accept this token: it has expired, was revoked, or is not complete. Make a new one ${page}`;
  return describeTrouble(failure);
}

function tellAccess({ ask, clock }: Ports, access: Access): void {
  const { account, tokenKind, scopes, expiresAt, lacks, excess = [] } = access;
  const name = account.name === undefined || account.name === account.login ? "" : ` (${account.name})`;
  const may = scopes.length === 0 ? "" : `, scopes ${scopes.join(" ")}`;
  const now = clock.now();
  ask.tell(
    "good",
    `You are ${account.login}${name}. ${capital(tokenKind)}${may}, ${describeExpiry(expiresAt, now)}.`,
  );
  if (expiryState(expiresAt, now) === "soon")
    ask.tell("warning", "Make one that lasts longer if you can: when it ends, the news end.");
  if (excess.length > 0)
    ask.tell(
      "warning",
      `It may also do what gitnotify never needs (${excess.join(" ")}): a token without that is safer.`,
    );
  for (const lack of lacks) ask.tell("warning", Object.values(lackInEnglish(lack)).join(" "));
}

async function isEnough({ ask }: Ports, { place }: TokenWanted): Promise<boolean> {
  const what = await ask.select({
    id: `${place}.token.lacks`,
    message: "Is that enough?",
    choices: [
      { value: "enough", label: "Yes, go on with this token" },
      { value: "another", label: "No, I paste another one" },
    ],
    initial: "enough",
  });
  return what === "enough";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
