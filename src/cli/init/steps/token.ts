import type { Access, Connection } from "../../../domain/connection.js";
import { type Failure, isFailure } from "../../../domain/failure.js";
import type { Platform, PlatformConnection } from "../../../platforms/platform.js";
import { connectionSecret } from "../../../secrets/secret-store.js";
import { describeExpiry, expiryState } from "../../expiry.js";
import type { DraftConnection } from "../draft.js";
import type { Ports } from "../ports.js";
import { cleanToken, findTokenProblem } from "../token-kind.js";

export interface TokenWanted {
  connection: Connection;
  platform: Platform;
  /** The place in the answers: `connections[0]`. */
  place: string;
}

type Checked = Pick<DraftConnection, "token" | "access" | "client">;

/** Shows where a token is made, takes it hidden, checks it live, and tells what it is good for. */
export async function askToken(ports: Ports, wanted: TokenWanted): Promise<Checked> {
  await showPage(ports, wanted);
  for (;;) {
    const token = await pasteToken(ports, wanted);
    const checked = await checkToken(ports, wanted, token);
    if (checked === null) continue;
    tellAccess(ports, checked.access);
    if (checked.access.lacks.length === 0 || (await isEnough(ports, wanted))) return checked;
  }
}

/** Lets the person choose how much it may do, then opens or prints the page with that filled in. */
async function showPage({ ask, net }: Ports, { connection, platform, place }: TokenWanted): Promise<void> {
  const offers = platform.setup?.tokenOffers(connection) ?? [];
  if (offers.length === 0) return;
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
  if (offer === undefined) return;
  const opened = await net.browse(offer.url);
  ask.note(opened ? "This page opens in your browser" : "Open this page, make the token, copy it", [
    offer.url,
    "",
    ...offer.scopes.map(({ name, why }) => `${name}: ${why}`),
  ]);
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
async function checkToken(ports: Ports, wanted: TokenWanted, token: string): Promise<Checked | null> {
  const { ask, net } = ports;
  const { connection, platform, place } = wanted;
  for (;;) {
    try {
      return await ask.busy(`Asking ${platform.label} who you are`, async () => {
        const client: PlatformConnection = await net.connect(connection, token);
        return { token, client, access: await client.checkAccess(ask.signal) };
      });
    } catch (error) {
      if (!isFailure(error)) throw error;
      ask.tell("problem", describeRefusal(error, platform));
      if (error.kind === "unauthorized" || error.kind === "forbidden") return null;
      const again = await ask.confirm({
        id: `${place}.token.again`,
        message: "Try the same token again? (No: paste another)",
        initial: true,
      });
      if (!again) return null;
    }
  }
}

function describeRefusal(failure: Failure, platform: Platform): string {
  if (failure.kind === "unauthorized") {
    return `${platform.label} does not accept this token: it has expired, was revoked, or is not complete. Make a new one on the page above and paste it.`;
  }
  return [failure.message, failure.remedy].filter(Boolean).join(" ");
}

function tellAccess({ ask, clock }: Ports, access: Access): void {
  const { account, tokenKind, scopes, expiresAt, lacks } = access;
  const name = account.name === undefined || account.name === account.login ? "" : ` (${account.name})`;
  const may = scopes.length === 0 ? "" : `, scopes ${scopes.join(" ")}`;
  const now = clock.now();
  ask.tell(
    "good",
    `You are ${account.login}${name}. ${capital(tokenKind)}${may}, ${describeExpiry(expiresAt, now)}.`,
  );
  if (expiryState(expiresAt, now) === "soon")
    ask.tell("warning", "Make one that lasts longer if you can: when it ends, the news end.");
  for (const lack of lacks) ask.tell("warning", lack);
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
