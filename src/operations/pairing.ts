import { createHash } from "node:crypto";
import type { FeatureName } from "../domain/feature.js";
import type { Member } from "../domain/member.js";
import type { Subscription } from "../domain/subscription.js";
import { findOwner, saveMember, savePairing, takePairing } from "../store/members.js";
import { listSubscriptions, saveSubscription } from "../store/subscriptions.js";
import type { OperationContext } from "./context.js";

/** Ten minutes, as `start` says. */
export const pairingMs = 10 * 60_000;

type PairingContext = Pick<OperationContext, "db" | "clock" | "randomText" | "declared">;

/** A fresh single-use code of 128 bits; the one before is void. Only its hash is kept. */
export async function createPairing(context: PairingContext): Promise<{ code: string; expiresAt: number }> {
  const code = context.randomText(16);
  const expiresAt = context.clock.now() + pairingMs;
  await savePairing(context.db, hashOf(code), expiresAt);
  return { code, expiresAt };
}

/**
 * Makes the sender owner when the code is right, fresh and unused, and nobody owns this daemon yet. Where neither config.yaml
 * nor `init` told what the owner wants, a subscription to everything that concerns them comes with it.
 */
export async function completePairing(
  context: PairingContext,
  candidate: { code: string; id: string; name: string },
): Promise<{ member: Member; subscription: Subscription | null } | null> {
  const now = context.clock.now();
  return context.db.transaction().execute(async (transaction) => {
    if (!(await takePairing(transaction, hashOf(candidate.code), now))) return null;
    if ((await findOwner(transaction)) !== null) return null;
    const member: Member = { id: candidate.id, role: "owner", name: candidate.name };
    await saveMember(transaction, member, now);
    const rules = [...context.declared, ...(await listSubscriptions(transaction))];
    if (
      rules.some(
        ({ to }) => to === "owner" || (typeof to === "object" && "member" in to && to.member === member.id),
      )
    )
      return { member, subscription: null };
    await saveSubscription(transaction, personalSubscription, now);
    return { member, subscription: personalSubscription };
  });
}

/** Whether this daemon has nobody yet, so that a code can make an owner. */
export async function isUnowned(context: Pick<OperationContext, "db">): Promise<boolean> {
  return (await findOwner(context.db)) === null;
}

/** The features whose events can concern a person; wiki and documentation changes concern nobody in particular. */
export const personalFeatures: readonly FeatureName[] = [
  "pipelines",
  "mentions",
  "reviews",
  "assignments",
  "merge_requests",
  "comments",
];

/** Everything that concerns the owner, on every connection. */
const personalSubscription: Subscription = {
  id: "personal",
  origin: "stored",
  to: "owner",
  features: [...personalFeatures],
  filter: "",
};

function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}
