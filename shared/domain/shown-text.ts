/** What is shown of a text from outside: it may be megabytes long, and the answer must not be. */
const maxShownLength = 100;

/** Well-formed Unicode of at most `maxLength` UTF-16 units; what was cut off is marked with "…". */
export function shorten(text: string, maxLength = maxShownLength): string {
  if (text.length <= maxLength) return text.toWellFormed();
  const start = text.slice(0, maxLength);
  // A cut through a surrogate pair leaves half a character.
  const isSplit = /[\uD800-\uDBFF]$/.test(start);
  return `${(isSplit ? start.slice(0, -1) : start).toWellFormed()}…`;
}

/** A text from outside in quotes, shortened. */
export function quoted(text: string): string {
  return JSON.stringify(shorten(text));
}
