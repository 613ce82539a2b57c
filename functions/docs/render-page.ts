import { createHash } from 'node:crypto';
import { type Html, html, toAnchor, toInline, toParagraphs } from './html.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import { pageStyle } from './page-style.ts';
import { renderErrors } from './render-errors.ts';
import { renderOperation } from './render-operation.ts';
import { renderSchema } from './render-schema.ts';
import { renderWebhooks } from './render-webhooks.ts';
import type { Page } from './serve-page.ts';

/** The contract as one page that loads nothing else, and needs no script. */
export function renderPage(document: OpenApiDocument): Page {
  const style = createHash('sha256').update(pageStyle).digest('base64');
  const rules = [
    "default-src 'none'",
    `style-src 'sha256-${style}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const { markup } = toPage(document);
  return {
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html>\n${markup}`,
    headers: {
      'content-security-policy': [...rules, "frame-ancestors 'none'"].join('; '),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

function toPage(document: OpenApiDocument): Html {
  const { title, summary, description } = document.info;
  const sections = [
    ...document.tags.map((tag) =>
      toSection(tag.name, html`${toParagraphs(tag.description)}${operationsOf(tag.name, document)}`),
    ),
    toSection('Messages', renderWebhooks(document)),
    toSection('Errors', renderErrors()),
    toSection('Schemas', toSchemas(document)),
  ];
  return html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ markup: pageStyle }}</style></head>
<body><header><h1>${title}</h1><p>${summary}. The same for machines: <a href="openapi.json">openapi.json</a>, OpenAPI ${document.openapi}.</p>${toParagraphs(description)}
<p>The examples need <code>CONCH_URL</code>, the address of this gateway, and <code>CONCH_API_KEY</code>.</p></header>
${toContents(document)}
<main>${sections}</main></body></html>
`;
}

function toSection(name: string, content: Html): Html {
  return html`<section><h2 id="${toAnchor('section', name)}">${name}</h2>${content}</section>
`;
}

function placedOperations({ paths }: OpenApiDocument) {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** An operation of several doors stands with the first. */
function operationsOf(tag: string, document: OpenApiDocument): readonly Html[] {
  const [own, shared] = [true, false].map((isFirst) =>
    placedOperations(document).filter(
      ({ operation: { tags } }) => tags.includes(tag) && (tags[0] === tag) === isFirst,
    ),
  );
  const links = (shared ?? []).map(({ method, path, operation }) => {
    const { operationId, summary } = operation;
    return html`<p>${summary}: <a href="#${toAnchor('operation', operationId)}">${method} ${path}</a></p>`;
  });
  return [...(own ?? []).map(renderOperation), ...links];
}

function toContents(document: OpenApiDocument): Html {
  const tags = document.tags.map(({ name }) => {
    const own = placedOperations(document).filter(({ operation: { tags } }) => tags[0] === name);
    const links = own.map(
      ({ operation: { operationId, summary } }) =>
        html`<li><a href="#${toAnchor('operation', operationId)}">${toInline(summary)}</a></li>`,
    );
    return html`<h3><a href="#${toAnchor('section', name)}">${name}</a></h3><ul>${links}</ul>`;
  });
  const others = ['Messages', 'Errors', 'Schemas'].map(
    (name) => html`<h3><a href="#${toAnchor('section', name)}">${name}</a></h3>`,
  );
  return html`<nav><details open><summary>Contents</summary>${tags}${others}</details></nav>`;
}

function toSchemas({ components }: OpenApiDocument): Html {
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<details><summary><code>${name}</code></summary><div class="operation" id="${toAnchor('schema', name)}">${renderSchema(schema)}</div></details>
`,
  );
  return html`${schemas}`;
}
