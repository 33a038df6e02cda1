/**
 * Whether `pattern`, in which `*` stands for any run of characters (also none, also `/`), covers the whole of `text`.
 * Upper and lower case are the same. Takes at most pattern × text steps whatever the pattern is: patterns come from
 * people, and a regular expression made of many stars could be made to run for hours.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const actual = text.toLowerCase();
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retryAt = 0;
  while (at < actual.length) {
    if (wanted[inPattern] === "*") {
      star = inPattern++;
      retryAt = at;
    } else if (inPattern < wanted.length && wanted[inPattern] === actual[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      // The last star swallows one character more; earlier stars need no second look.
      inPattern = star + 1;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (wanted[inPattern] === "*") inPattern++;
  return inPattern === wanted.length;
}
