const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** One element with text. */
export function textElement(name: string, text: string | number | boolean): string {
  const escaped = String(text).replace(/[&<>"\r]/g, (character) => entities[character] ?? character);
  return `<${name}>${escaped}</${name}>`;
}

/** One element with elements in it. */
export function element(name: string, children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

/** The texts of all elements of that name, in order: enough for the few bodies that clients send. */
export function readTexts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(?:amp|lt|gt|quot|apos|#(\d+)|#x([0-9a-f]+));/gi, unescapeEntity),
  );
}

function unescapeEntity(entity: string, decimal: string | undefined, hex: string | undefined): string {
  if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (entity === '&apos;') return "'";
  return Object.entries(entities).find(([, escaped]) => escaped === entity)?.[0] ?? entity;
}
