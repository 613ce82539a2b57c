/** Rules that the documents of several providers share. */

const maxPromptLength = 2000;

/** Counts Unicode code points. */
export function isTooLong(prompt: string | undefined): boolean {
  return [...(prompt ?? '')].length > maxPromptLength;
}

export function isWebUrl(text: string | undefined): boolean {
  const protocol = URL.parse(text ?? '')?.protocol;
  return protocol === 'https:' || protocol === 'http:';
}
