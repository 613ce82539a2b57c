/** The document's examples send a blank for what is not given. */
export function unlessBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}
