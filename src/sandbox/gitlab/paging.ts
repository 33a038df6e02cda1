import type { Reply } from "../server.js";
import type { Call } from "./api.js";
import { invalid } from "./api.js";

/** Above this many rows GitLab counts no totals, and the `x-total` headers are gone. */
const countLimit = 10_000;

/** One page of rows with the headers of GitLab's offset paging: `Link`, `x-page`, `x-next-page`, `x-total`, … */
export function paged<Row>(call: Call, rows: Row[], toJson: (row: Row) => object): Reply {
  const page = positive(call, "page") ?? 1;
  const perPage = Math.min(positive(call, "per_page") ?? 20, 100);
  const totalPages = Math.max(1, Math.ceil(rows.length / perPage));
  const counted = rows.length <= countLimit;
  const next = page < totalPages ? page + 1 : null;
  const links = [
    page > 1 ? toLink(call, page - 1, "prev") : null,
    next === null ? null : toLink(call, next, "next"),
    toLink(call, 1, "first"),
    counted ? toLink(call, totalPages, "last") : null,
  ];
  return {
    status: 200,
    headers: {
      link: links.filter((link) => link !== null).join(", "),
      "x-page": String(page),
      "x-per-page": String(perPage),
      "x-next-page": next === null ? "" : String(next),
      "x-prev-page": page > 1 ? String(page - 1) : "",
      ...(counted ? { "x-total": String(rows.length), "x-total-pages": String(totalPages) } : {}),
    },
    body: rows.slice((page - 1) * perPage, page * perPage).map(toJson),
  };
}

function toLink(call: Call, page: number, rel: string): string {
  const query = new URLSearchParams(call.query);
  query.set("page", String(page));
  query.set("per_page", call.query.get("per_page") ?? "20");
  const origin = new URL(call.state.url).origin;
  return `<${origin}${call.exchange.path}?${query.toString()}>; rel="${rel}"`;
}

function positive(call: Call, name: string): number | undefined {
  const value = call.query.get(name);
  if (value === null) return undefined;
  if (!/^\d+$/.test(value)) throw invalid(`${name} is invalid`);
  return Math.max(1, Number(value));
}

/** Rows by an instant and, within the same millisecond, by id. */
export function sorted<Row extends { id: number }>(
  rows: readonly Row[],
  at: (row: Row) => number,
  direction: string | undefined,
): Row[] {
  const sign = direction === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => sign * (at(a) - at(b) || a.id - b.id));
}
