import { toCurl } from './curl-example.ts';
import { type Html, html, toAnchor, toInline, toParagraphs } from './html.ts';
import type { OpenApiOperation } from './openapi-operation.ts';
import { renderSchema } from './render-schema.ts';

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

/** One operation, to be unfolded. The anchor is inside: browsers unfold what they are sent to. */
export function renderOperation({ method, path, operation }: Placed): Html {
  const { operationId, summary, description = '', security } = operation;
  const key = security.length === 0 ? 'Needs no key.' : 'Needs an API key.';
  return html`<details><summary><b class="method">${method}</b> <code>${path}</code> ${summary}</summary>
<div class="operation" id="${toAnchor('operation', operationId)}">
${description === '' ? html`` : toParagraphs(description)}<p>${key} <code>${operationId}</code></p>
${renderParameters(operation)}${renderBody(operation)}
<h4>Example</h4><pre><code>${toCurl(method, operation)}</code></pre>
<h4>Answers</h4>${renderResponses(operation)}
</div></details>
`;
}

function renderParameters({ parameters }: OpenApiOperation): Html {
  if (parameters.length === 0) return html``;
  const rows = parameters.map(({ name, in: place, required, description, schema }) => {
    const mark = required ? html` <span class="required">required</span>` : html``;
    return html`<li><code>${name}</code> <span class="type">${place}, ${renderSchema(schema)}</span>${mark} <span class="told">${toInline(description)}</span></li>`;
  });
  return html`<h4>Parameters</h4><ul class="fields">${rows}</ul>`;
}

function renderBody({ requestBody }: OpenApiOperation): Html {
  if (requestBody === undefined) return html``;
  const types = Object.keys(requestBody.content).join(' or ');
  const schema = requestBody.content['application/json']?.schema ?? {};
  return html`<h4>Body</h4><p>${types}${requestBody.required ? '' : '; may be left out'}</p>${renderSchema(schema)}`;
}

function renderResponses({ responses }: OpenApiOperation): readonly Html[] {
  return Object.entries(responses).map(([status, { description, headers = {}, content = {} }]) => {
    const bodies = Object.entries(content).map(
      ([type, { schema }]) => html`<p>${type}</p>${renderSchema(schema)}`,
    );
    const names = Object.keys(headers).map((name) => html` <code>${name}</code>`);
    return html`<details class="answer"><summary><b>${status}</b> ${toInline(firstLine(description))}</summary>${toParagraphs(description)}<p>Headers:${names}</p>${bodies}</details>`;
  });
}

function firstLine(description: string): string {
  const [first = '', ...others] = description.split('\n\n');
  return others.length === 0 ? first : `${first} …`;
}
