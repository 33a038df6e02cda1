import * as z from "zod";
import type { ConfigSchema } from "./schema.js";

/** One key of config.yaml, for the reference and for suggestions. */
export interface KeyDescription {
  /** `connections[].url` */
  path: string;
  description: string;
  required: boolean;
  /** As it is written in config.yaml; absent where there is none. */
  default?: unknown;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The schema as JSON Schema 2020-12, of what people write (not of what it is turned into). */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input" });
}

/** Every key in the order of the schema, parents before children. */
export function describeKeys(schema: ConfigSchema): KeyDescription[] {
  return describeBelow(toJsonSchema(schema), "");
}

/** The keys that may stand at a place, e.g. `["connections", 0]`. Empty when nothing can. */
export function keysAt(root: JsonSchema, path: readonly PropertyKey[]): string[] {
  let places = variantsOf(root);
  for (const part of path) places = places.flatMap((place) => childrenOf(place, part)).flatMap(variantsOf);
  return [...new Set(places.flatMap((place) => Object.keys(place.properties ?? {})))];
}

function describeBelow(schema: JsonSchema, prefix: string): KeyDescription[] {
  return variantsOf(schema).flatMap((variant) => [
    ...Object.entries(variant.properties ?? {}).flatMap(([name, child]) => {
      if (typeof child === "boolean") return [];
      const path = prefix === "" ? name : `${prefix}.${name}`;
      const required = variant.required?.includes(name) === true;
      return [describeOne(child, { path, required }), ...describeBelow(child, path)];
    }),
    ...itemsOf(variant).flatMap((item) => describeBelow(item, `${prefix}[]`)),
  ]);
}

function describeOne(schema: JsonSchema, at: { path: string; required: boolean }): KeyDescription {
  return {
    ...at,
    description: schema.description ?? "",
    // A section's own default is only the sum of its keys' defaults.
    ...(schema.default !== undefined && schema.properties === undefined && { default: schema.default }),
  };
}

function childrenOf(schema: JsonSchema, part: PropertyKey): JsonSchema[] {
  if (typeof part === "number") return itemsOf(schema);
  const child = schema.properties?.[String(part)];
  return child === undefined || typeof child === "boolean" ? [] : [child];
}

function itemsOf(schema: JsonSchema): JsonSchema[] {
  const items = Array.isArray(schema.items) ? schema.items : [schema.items];
  return items.filter((item): item is JsonSchema => typeof item === "object");
}

function variantsOf(schema: JsonSchema): JsonSchema[] {
  const variants = (schema.anyOf ?? []).filter(
    (variant): variant is JsonSchema => typeof variant === "object",
  );
  return [schema, ...variants.flatMap(variantsOf)];
}
