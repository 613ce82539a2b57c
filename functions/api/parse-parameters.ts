import type * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import { ConchError } from '../../shared/errors.ts';
import type { HttpEvent } from '../../shared/http/http-event.ts';

type Given = Readonly<Record<string, string | undefined>>;
interface Fault {
  readonly param: string;
  readonly text: string;
}

/** Of the path and the query. Throws `invalid_query`, which tells every fault. */
export function parseParameters<P>(event: HttpEvent, schema: z.ZodType<P>): P {
  const given = { ...event.queryStringParameters, ...event.pathParameters };
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => toFaults(issue, given));
  const param = faults[0]?.param ?? '';
  throw new ConchError('invalid_query', faults.map(({ text }) => text).join('; '), {
    param,
    cause: parsed.error,
  });
}

function toFaults(issue: z.core.$ZodIssue, given: Given): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((name) => ({
      param: name,
      text: `${quoted(name)} is no parameter of this request`,
    }));
  const param = issue.path.join('.');
  return [{ param, text: `${param} ${issue.message}; got ${quoted(given[param] ?? '')}` }];
}
