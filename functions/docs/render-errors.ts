import { errorMeanings } from '../../shared/contract/error-meanings.ts';
import { failureMeanings } from '../../shared/contract/failure-meanings.ts';
import { violationCodes } from '../../shared/domain/quote.ts';
import { type ErrorCode, errorStatuses } from '../../shared/errors.ts';
import { type Html, html, toInline } from './html.ts';

/** Every code of an error, with what it means. */
export function renderErrors(): Html {
  const statuses = new Map(Object.entries(errorStatuses));
  return html`<p>Errors of our own API are <code>application/problem+json</code> (RFC 9457) and carry OpenAI’s
<code>error</code> object. A door answers in its own words.</p>
<h3>Codes of a refused request</h3>
${toTable(errorMeanings, (code) => `${statuses.get(code) ?? ''}`)}
<h3>Codes of a refused field</h3>
<p>In <code>errors</code> of <code>${'invalid_request' satisfies ErrorCode}</code>, each with a message that says what was given and what is allowed:
${violationCodes.map((code) => html`<code>${code}</code> `)}</p>
<h3>Codes of a video that failed</h3>
<p>In <code>error.code</code>, with what became of the money that was held.</p>
${toTable(failureMeanings, () => '')}`;
}

function toTable(meanings: Readonly<Record<string, string>>, statusOf: (code: string) => string): Html {
  const rows = Object.entries(meanings).map(
    ([code, meaning]) =>
      html`<tr><td>${statusOf(code)}</td><td><code>${code}</code></td><td>${toInline(meaning)}</td></tr>`,
  );
  return html`<table>${rows}</table>`;
}
