/** A rule that the documents of several providers share; Unicode code points are counted. */
export function isTooLong(prompt: string | undefined, maxLength = 2000): boolean {
  return [...(prompt ?? '')].length > maxLength;
}
