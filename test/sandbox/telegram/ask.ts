import type { TelegramSandbox } from "../../../src/sandbox/telegram/index.js";

export interface Told {
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

/** One call of the Bot API with a JSON body, as any program could make it. */
export async function ask(sandbox: TelegramSandbox, method: string, parameters: object = {}): Promise<Told> {
  const answer = await fetch(`${sandbox.url}/bot${sandbox.token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(parameters),
  });
  const told = (await answer.json()) as Told;
  if (answer.status !== (told.error_code ?? 200))
    throw new Error(`status ${answer.status} and error_code differ`);
  return told;
}

export interface Update {
  update_id: number;
  message?: { message_id: number; text?: string };
  callback_query?: { id: string; data: string; message: { message_id: number; date: number } };
  my_chat_member?: { new_chat_member: { status: string } };
}

export async function updates(sandbox: TelegramSandbox, parameters: object = {}): Promise<Update[]> {
  const told = await ask(sandbox, "getUpdates", parameters);
  if (!told.ok) throw new Error(told.description ?? "refused");
  return told.result as Update[];
}
