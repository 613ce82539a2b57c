/** The name in `metadata.<name>` or `metadata[<name>]`; absent in anything else. */
export function metadataNameOf(text: string): string | undefined {
  const [, plain, inBrackets] = /^metadata(?:\.(.+)|\[(.+)\])$/s.exec(text) ?? [];
  return plain ?? inBrackets;
}
