import type { Config } from "../config/load.js";
import { createTranslator, type Translate } from "../i18n/index.js";

export function translatorFor(config: Pick<Config, "language">): Translate {
  return createTranslator(config.language);
}
