const folders = /^(docs?|documentation)\//i;
const rootFile = /^(readme|changelog)([^/]*)$/i;
const rootText = /^[^/]+\.(md|markdown|rst|adoc|asciidoc)$/i;

/** Whether a repository path is documentation: the folders `docs`, `doc` and `documentation`, and the texts at the root. */
export function isDocsPath(path: string): boolean {
  return folders.test(path) || rootFile.test(path) || rootText.test(path);
}
