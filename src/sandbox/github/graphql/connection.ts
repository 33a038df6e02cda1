import { FieldError, type Args, type GraphqlObject, type Output } from "./execute.js";

/** A connection's page of a list: `nodes`, `edges`, `totalCount`, `pageInfo`. */
export function connection<Item>(
  name: string,
  items: () => Item[],
  toNode: (item: Item) => Output,
): (args: Args) => Output {
  return (args) => toPage(name, args, { all: items(), toNode });
}

export function toPage<Item>(
  name: string,
  args: Args,
  source: { all: Item[]; toNode: (item: Item) => Output; extra?: Record<string, Output> },
): GraphqlObject {
  const { first, last } = args;
  const size = typeof first === "number" ? first : last;
  if (typeof size !== "number") {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw new FieldError("MISSING_PAGINATION_BOUNDARIES", message);
  }
  if (size < 1 || size > 100) {
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`;
    throw new FieldError("EXCESSIVE_PAGINATION", message);
  }
  const { all, toNode } = source;
  const low = readCursor(args["after"]) ?? 0;
  const high = (readCursor(args["before"]) ?? all.length + 1) - 1;
  const from = typeof first === "number" ? low : Math.max(low, high - size);
  const to = typeof first === "number" ? Math.min(high, low + size) : high;
  const shown = all.slice(from, to);
  const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString("base64");
  const pageInfo: GraphqlObject = {
    __typename: "PageInfo",
    fields: {
      hasNextPage: to < all.length,
      hasPreviousPage: from > 0,
      startCursor: shown.length > 0 ? cursorOf(from + 1) : null,
      endCursor: shown.length > 0 ? cursorOf(to) : null,
    },
  };
  const typename = `${name[0]?.toUpperCase()}${name.slice(1)}Connection`;
  const edges = shown.map((item, index) => ({
    __typename: `${typename}Edge`,
    fields: { cursor: cursorOf(from + index + 1), node: () => toNode(item) },
  }));
  return {
    __typename: typename,
    fields: {
      nodes: () => shown.map((item) => toNode(item)),
      edges,
      totalCount: all.length,
      pageInfo,
      ...source.extra,
    },
  };
}

function readCursor(cursor: Args[string] | undefined): number | undefined {
  if (typeof cursor !== "string") return undefined;
  const index = Number(
    Buffer.from(cursor, "base64")
      .toString()
      .replace(/^cursor:/, ""),
  );
  return Number.isInteger(index) ? index : undefined;
}
