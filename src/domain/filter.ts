/** The one filter language (design 6.3), the same for both platforms, for config.yaml, the bot and the command line. */
export { matchesFilter, mentionsTerm, type Reader } from "./filter/match.js";
export { checkFilter, parseFilter } from "./filter/parse.js";
export { printFilter } from "./filter/print.js";
export { filterKeys, type Filter } from "./filter/terms.js";
export type { FilterError } from "./filter/words.js";
