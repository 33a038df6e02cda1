/** Text inside an element or a quoted attribute of XML 1.0. Characters that XML cannot hold at all are left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** What a later command wants to know of the file. */
export const toHomeComment = (home: string): string => toComment("home", home);
export const readHomeComment = (text: string): string | null => readComment("home", text);
export const toLogsComment = (folder: string): string => toComment("logs", folder);
export const readLogsComment = (text: string): string | null => readComment("logs", text);

/** Two hyphens may not stand together in a comment. */
function toComment(name: string, value: string): string {
  return `<!-- ${name}: ${encodeURIComponent(value).replaceAll("-", "%2D")} -->`;
}

function readComment(name: string, text: string): string | null {
  const value = new RegExp(`<!-- ${name}: (\\S*) -->`).exec(text)?.[1];
  return value === undefined ? null : decodeURIComponent(value);
}
