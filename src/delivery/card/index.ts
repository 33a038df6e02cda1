import type { CardOptions, CardText } from "./card.js";
import { renderIssue, renderMergeRequest } from "./merge-request.js";
import { renderDocsChange, renderWikiPage } from "./pages.js";
import { renderPipeline } from "./pipeline.js";

export { cardActions, type CardAction } from "./actions.js";
export type { CardOptions, CardText } from "./card.js";
export { renderDigest, renderFolded, renderNotice, type DigestItem } from "./messages.js";

/** The one message that stands for a subject; channel-neutral, in the reader's language. */
export function renderCard(options: CardOptions): CardText {
  const { snapshot } = options;
  switch (snapshot.type) {
    case "merge_request":
      return renderMergeRequest({ ...options, snapshot });
    case "pipeline":
      return renderPipeline({ ...options, snapshot });
    case "wiki_page":
      return renderWikiPage({ ...options, snapshot });
    case "docs_change":
      return renderDocsChange({ ...options, snapshot });
    case "issue":
      return renderIssue({ ...options, snapshot });
  }
}
