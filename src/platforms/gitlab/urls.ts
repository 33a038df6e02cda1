import type { Connection } from "../../domain/connection.js";
import { readAddress } from "../../domain/read-address.js";
import { routes } from "./routes.js";

/** The project's path in the web address of one of its pages, or undefined when it is not of that form. */
export function toProjectPath({ id, url }: Connection, webUrl: string): string | undefined {
  if (!URL.canParse(webUrl) || !webUrl.includes("/-/")) return undefined;
  // The host is not compared: an instance may be reached by another name than the one that it writes into its links.
  const here = new URL(new URL(webUrl).pathname, url).href;
  const read = readAddress(here, [{ id, url, routes }]);
  if (read?.is !== "found" || !("path" in read.found) || read.found.type === "group") return undefined;
  return read.found.path;
}
