/** Rules that the documents of several providers share. */

/** Counts Unicode code points. */
export function isTooLong(prompt: string | undefined, maxLength = 2000): boolean {
  return [...(prompt ?? '')].length > maxLength;
}

export function isWebUrl(text: string | undefined): boolean {
  const protocol = URL.parse(text ?? '')?.protocol;
  return protocol === 'https:' || protocol === 'http:';
}
