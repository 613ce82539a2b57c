import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toCurl } from '../../../functions/docs/curl-example.ts';
import { html, toParagraphs } from '../../../functions/docs/html.ts';
import { buildDocument } from '../../../functions/docs/openapi-document.ts';
import { renderPage } from '../../../functions/docs/render-page.ts';
import { failureSchema } from '../../../shared/domain/job-progress.ts';
import { violationCodes } from '../../../shared/domain/quote.ts';
import { errorStatuses } from '../../../shared/errors.ts';

const document = buildDocument();
const page = renderPage(document);
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const valuesOf = (attribute: string) =>
  [...page.body.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

describe('the page of the contract', () => {
  it('leads each of its links to an anchor that is there once, or to the document', () => {
    const anchors = valuesOf('id');
    const links = new Set(valuesOf('href'));

    expect(anchors).toHaveLength(new Set(anchors).size);
    expect(links.size).toBeGreaterThan(50);
    expect([...links].filter((link) => !anchors.includes(link.replace('#', '')))).toEqual(['openapi.json']);
  });

  it('loads nothing, runs nothing, and forbids whatever else to be loaded', () => {
    expect(page.body).not.toMatch(
      /<(script|link|img|iframe|object|embed|form|base)\b|\ssrc=|\son\w+=|@import|url\(/i,
    );
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page.body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');

    expect(page.headers?.['content-security-policy']).toMatch(/^default-src 'none'; /);
    expect(page.headers?.['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
    expect(page.body).not.toMatch(/ style="/);
  });

  it('closes what it opens, in order', () => {
    const alone = new Set(['!doctype', 'meta']);
    const unclosed: string[] = [];
    for (const [, slash, name = ''] of page.body.matchAll(/<(\/?)([!\w]+)/g)) {
      if (alone.has(name)) continue;
      if (slash === '') unclosed.push(name);
      else expect(unclosed.pop()).toBe(name);
    }
    expect(unclosed).toEqual([]);
  });

  it('has each operation with its path, a command to try it, and each of its answers', () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const place = `<b class="method">${method.toUpperCase()}</b> <code>${path}</code>`;
        const [, section = ''] = page.body.split(`${place} `);
        expect(section, operation.operationId).toContain(
          `id="operation-${operation.operationId.toLowerCase()}"`,
        );
        expect(section).toContain(
          html`<pre><code>${toCurl(method.toUpperCase(), operation)}</code></pre>`.markup,
        );
        for (const status of Object.keys(operation.responses)) expect(section).toContain(`<b>${status}</b>`);
      }
    expect(operations.length).toBeGreaterThan(40);
  });

  it('has each message, each schema, and each code of an error with its meaning', () => {
    for (const name of Object.keys(document.webhooks)) expect(page.body).toContain(`<code>${name}</code>`);
    for (const name of Object.keys(document.components.schemas))
      expect(valuesOf('id')).toContain(`schema-${name.toLowerCase()}`);
    for (const [code, status] of Object.entries(errorStatuses))
      expect(page.body).toMatch(new RegExp(`<td>${status}</td><td><code>${code}</code></td><td>.{10}`));
    for (const code of failureSchema.shape.code.options)
      expect(page.body).toMatch(new RegExp(`<td><code>${code}</code></td><td>.{10}`));
    for (const code of violationCodes) expect(page.body).toContain(`<code>${code}</code>`);
    expect(page.body).toContain('createHmac(&#39;sha256&#39;, key)');
  });

  it('shows markup of the document as text', () => {
    const evil = '<script>alert("x")</script> & \'y\' `<b>`';
    const infected = { ...document, info: { ...document.info, title: evil, description: evil } };

    expect(renderPage(infected).body).not.toContain('<script>');
    expect(toParagraphs(evil).map(({ markup }) => markup)).toEqual([
      '<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; <code>&lt;b&gt;</code></p>',
    ]);
  });
});

describe('the command of an operation', () => {
  const [first] = operations;
  if (first === undefined) throw new Error('There is no operation');

  it('sends its body as one word of a shell', () => {
    const content = { 'application/json': { schema: {}, example: { prompt: "It's dusk" } } };
    const operation = { ...first, requestBody: { required: true, content }, 'x-example-path': '/v1/videos' };

    expect(toCurl('POST', operation)).toBe(
      [
        'curl "$CONCH_URL/v1/videos"',
        '-H "authorization: Bearer $CONCH_API_KEY"',
        "-H 'content-type: application/json'",
        `-d '{"prompt":"It'\\''s dusk"}'`,
      ].join(' \\\n  '),
    );
  });
});
