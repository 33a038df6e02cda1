import { refusalCodes } from "./pattern-refusal.js";

/**
 * Every cause that has a name. Each has a sentence of its own in every language (`i18n/ru/failures.ts`), so that a failure is told in
 * the language of whoever reads it.
 */
export const failureCodes = [
  // No answer came (`HttpErrorCode` in `lib/http.ts`).
  ...(["dns", "refused", "timeout", "tls", "proxy", "reset", "address"] as const),
  ...(["scheme", "redirect", "too_large", "network"] as const),
  // A platform answered something else than was asked for.
  ...(["answered", "server", "schema", "lagging", "graphql", "inconsistent"] as const),
  ...(["permission", "insufficient_scope", "sso", "role", "role_to_approve", "identity", "no_log"] as const),
  // An action that cannot be carried out.
  ...(["own_merge_request", "not_open", "not_ready_yet", "not_mergeable"] as const),
  ...(["nothing_to_retry", "head_moved"] as const),
  // What a person named cannot be found.
  ...(["which_pipeline", "which_merge_request", "not_a_pipeline", "not_a_merge_request"] as const),
  ...(["unreadable_target", "unknown_connection"] as const),
  ...refusalCodes,
  // Telegram refused.
  ...(["chat", "topic", "message", "rights", "entities", "too_long", "button"] as const),
  ...(["not_modified", "query", "method", "webhook", "other_poller"] as const),
  // Here.
  ...(["missing", "secret_store_absent", "secret_store_locked", "secret_store_timeout"] as const),
  ...(["secret_store_read_only", "secret_store_failed", "newer_cursor", "no_subject"] as const),
  ...(["too_many_projects", "stopped", "stopped_often", "defect"] as const),
  ...(["database_full", "database_read_only", "database_damaged"] as const),
] as const;

export type FailureCode = (typeof failureCodes)[number];
