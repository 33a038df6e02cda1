import { existsSync, readFileSync } from "node:fs";
import type { LedgerEntry } from "../../src/sandbox/ledger.js";

interface Field {
  name: string;
  types: string[];
  required: boolean;
}

interface Description {
  methods: Record<string, { name: string; returns: string[]; fields?: Field[] }>;
  types: Record<string, { fields?: Field[]; subtypes?: string[] }>;
}

/** The description of the Bot API lies beside the checkout; it is not ours to ship. */
const file = new URL("../../../shared/spec/telegram-bot-api-10.1.json", import.meta.url);

export const hasTelegramDescription = existsSync(file);

let loaded: Description | undefined;

function description(): Description {
  loaded ??= JSON.parse(readFileSync(file, "utf8")) as Description;
  return loaded;
}

/**
 * Compares exchanges with the official description in both directions: what we ask, and what the sandbox answers. Returns
 * one sentence for each difference. Calls that the sandbox refused on purpose may be wrong, so only their answers are checked.
 */
export function checkTelegramExchanges(entries: readonly LedgerEntry[]): string[] {
  return [...new Set(entries.filter((entry) => entry.fault === undefined).flatMap(checkEntry))];
}

function checkEntry({ exchange, reply }: LedgerEntry): string[] {
  const name = exchange.path.split("/").at(-1) ?? "";
  const body = toRecord(reply.body);
  const method = description().methods[name];
  if (method === undefined) return body["ok"] === true ? [`${name}: no such method`] : [];
  if (body["ok"] !== true) return checkRefusal(name, body);
  return [
    ...checkParameters(method, readParameters(exchange.headers["content-type"] ?? "", exchange)),
    ...checkValue(`${name} result`, body["result"], method.returns),
  ];
}

function checkRefusal(name: string, body: Record<string, unknown>): string[] {
  const isWhole =
    body["ok"] === false && Number.isInteger(body["error_code"]) && typeof body["description"] === "string";
  const parameters = body["parameters"];
  return [
    ...(isWhole ? [] : [`${name}: a refusal needs ok, error_code and description`]),
    ...(parameters === undefined ? [] : checkValue(`${name} parameters`, parameters, ["ResponseParameters"])),
  ];
}

type Given = Map<string, { value: unknown; isForm: boolean }>;

function readParameters(type: string, exchange: LedgerEntry["exchange"]): Given {
  const body = exchange.body.toString("utf8");
  const given: Given = new Map();
  for (const [name, value] of exchange.query) given.set(name, { value, isForm: true });
  if (!type.startsWith("application/json")) {
    for (const [name, value] of new URLSearchParams(body)) given.set(name, { value, isForm: true });
  } else if (body !== "") {
    for (const [name, value] of Object.entries(toRecord(JSON.parse(body))))
      given.set(name, { value, isForm: false });
  }
  return given;
}

function checkParameters(method: { name: string; fields?: Field[] }, given: Given): string[] {
  const fields = method.fields ?? [];
  const unknown = [...given.keys()].filter((name) => !fields.some((field) => field.name === name));
  const missing = fields.filter((field) => field.required && !given.has(field.name));
  return [
    ...unknown.map((name) => `${method.name}: unknown parameter ${name}`),
    ...missing.map((field) => `${method.name}: parameter ${field.name} is missing`),
    ...fields.flatMap((field) => {
      const found = given.get(field.name);
      if (found === undefined) return [];
      const value = found.isForm ? fromForm(found.value, field.types) : found.value;
      return checkValue(`${method.name}.${field.name}`, value, field.types);
    }),
  ];
}

/** A form holds text alone: everything that is no string is JSON in it. */
function fromForm(value: unknown, types: string[]): unknown {
  if (types.includes("String") && !(types.includes("Integer") && /^-?\d+$/.test(String(value)))) return value;
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    return value;
  }
}

function checkValue(where: string, value: unknown, types: string[]): string[] {
  const tries = types.map((type) => checkType(where, value, type));
  return tries.find((problems) => problems.length === 0) ?? tries[0] ?? [];
}

function checkType(where: string, value: unknown, type: string): string[] {
  const isRight = (right: boolean) =>
    right ? [] : [`${where}: ${JSON.stringify(value)?.slice(0, 80)} is no ${type}`];
  if (type.startsWith("Array of ")) {
    if (!Array.isArray(value)) return isRight(false);
    return value.flatMap((item: unknown, index) =>
      checkType(`${where}[${index}]`, item, type.slice("Array of ".length)),
    );
  }
  switch (type) {
    case "Integer":
      return isRight(Number.isSafeInteger(value));
    case "Float":
      return isRight(typeof value === "number");
    case "String":
      return isRight(typeof value === "string");
    case "Boolean":
      return isRight(typeof value === "boolean");
    case "True":
      return isRight(value === true);
    default:
      return checkObject(where, value, type);
  }
}

function checkObject(where: string, value: unknown, name: string): string[] {
  const type = description().types[name];
  if (type === undefined) return [`${where}: the description has no type ${name}`];
  if (type.subtypes !== undefined && type.subtypes.length > 0) return checkValue(where, value, type.subtypes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${where} is no ${name}`];
  const fields = type.fields ?? [];
  const record = toRecord(value);
  return [
    ...Object.keys(record)
      .filter((key) => !fields.some((field) => field.name === key))
      .map((key) => `${where}: ${name} has no field ${key}`),
    ...fields.flatMap((field) => {
      const inside = record[field.name];
      if (inside !== undefined) return checkValue(`${where}.${field.name}`, inside, field.types);
      return field.required ? [`${where}: ${name} needs ${field.name}`] : [];
    }),
  ];
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Buffer.isBuffer(value) ? { ...value } : {};
}
