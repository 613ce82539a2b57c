import { type Html, html, toAnchor, toInline, toParagraphs } from './html.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import { renderSchema } from './render-schema.ts';

const verifying = `import { createHmac, timingSafeEqual } from 'node:crypto';

// body: the text as it came, before it is parsed. secret: "whsec_…"
function isOurs(headers, body, secret) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(\`\${id}.\${timestamp}.\${body}\`).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}`;

/** Every message that the gateway sends, and how a receiver knows that it is ours. */
export function renderWebhooks({ webhooks }: OpenApiDocument): Html {
  const messages = Object.entries(webhooks).map(([name, { post }]) => {
    const { summary, description, parameters, requestBody, responses } = post;
    const headers = parameters.map(
      (header) =>
        html`<li><code>${header.name}</code> <span class="told">${toInline(header.description)}</span></li>`,
    );
    const answers = Object.entries(responses).map(
      ([status, answer]) => html`<li><b>${status}</b> ${answer.description}</li>`,
    );
    return html`<details><summary><code>${name}</code> ${summary}</summary><div class="operation" id="${toAnchor('webhook', name)}">${toParagraphs(description)}
<h4>Headers</h4><ul class="fields">${headers}</ul><h4>Body</h4>${renderSchema(requestBody.content['application/json']?.schema ?? {})}
<h4>What to answer</h4><ul>${answers}</ul></div></details>
`;
  });
  return html`<p>Name a URL in an order (<code>webhook</code>) or for the account (<code>POST /v1/webhook_endpoints</code>).
A message may come twice, and a later one before an earlier one: <code>webhook-id</code> tells them apart.</p>
<h3>Verify a message</h3>
<p>Messages of our own are signed as <i>Standard Webhooks</i> has it; its libraries and <code>client.webhooks.unwrap</code> of OpenAI’s do this:</p>
<pre><code>${verifying}</code></pre>
<h3>The messages</h3>
${messages}`;
}
