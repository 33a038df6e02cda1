import type { Exchange } from "../server.js";
import { badRequest } from "./problem.js";

/** The parameters of one call, wherever they came: query, form (values as text, structures as JSON text) or JSON body. */
export type Parameters = Map<string, unknown>;

export function readParameters(exchange: Exchange): Parameters {
  const parameters: Parameters = new Map<string, unknown>(exchange.query);
  const type = exchange.headers["content-type"] ?? "";
  const body = exchange.body.toString("utf8");
  if (type.startsWith("application/json") && body !== "") {
    for (const [name, value] of Object.entries(toObject(body))) parameters.set(name, value);
  } else if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(body)) parameters.set(name, value);
  }
  return parameters;
}

function toObject(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through to the refusal below.
  }
  throw badRequest("can't parse JSON object");
}

export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function integer(parameters: Parameters, name: string): number | undefined {
  const value = text(parameters, name);
  if (value === undefined || value === "") return undefined;
  if (!/^-?\d{1,16}$/.test(value)) throw badRequest(`field "${name}" must be a valid Number`);
  return Number(value);
}

export function flag(parameters: Parameters, name: string): boolean {
  return ["true", "1", "yes"].includes((text(parameters, name) ?? "").toLowerCase());
}

/** A structure, given as JSON text in a form or as it is in a JSON body. */
export function structure(parameters: Parameters, name: string): unknown {
  const value = parameters.get(name);
  if (typeof value !== "string") return value ?? undefined;
  if (value === "") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`can't parse ${name} JSON object`);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
