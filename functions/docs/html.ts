/** Markup that holds no text from elsewhere unescaped. */
export interface Html {
  readonly markup: string;
}

type Piece = string | number | Html | readonly Html[];

/** Markup with what is put into it escaped, unless that is markup itself. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const markup = parts.map((part, index) => part + toMarkup(pieces[index] ?? '')).join('');
  return { markup };
}

function toMarkup(piece: Piece): string {
  if (typeof piece === 'string' || typeof piece === 'number') return escapeText(`${piece}`);
  return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Paragraphs of a description, with what stands in backticks as code. */
export function toParagraphs(text: string): readonly Html[] {
  return text.split('\n\n').map((paragraph) => html`<p>${toInline(paragraph)}</p>`);
}

export function toInline(text: string): readonly Html[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

/** The name of an anchor. */
export function toAnchor(kind: 'operation' | 'schema' | 'section' | 'webhook', name: string): string {
  return `${kind}-${name.replaceAll(/[^\w-]+/g, '-').toLowerCase()}`;
}
