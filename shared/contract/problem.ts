import * as z from 'zod';
import { violationCodes } from '../domain/quote.ts';
import { type ErrorCode, errorStatuses } from '../errors.ts';
import { listOf } from './field-types.ts';

const errorCodes = Object.keys(errorStatuses).filter((code): code is ErrorCode => code in errorStatuses);
const param = z.string().nullable().describe('The field or parameter at fault');

/** An error: RFC 9457, and what OpenAI's clients read. */
export const problemSchema = z.object({
  type: z.string().describe('`urn:conch:error:` and the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.literal(errorCodes),
  param,
  errors: listOf(z.object({ param: z.string(), code: z.enum(violationCodes), message: z.string() })).describe(
    'Every refused field, the first 50',
  ),
  error: z.object({
    message: z.string(),
    type: z.enum(['api_error', 'authentication_error', 'invalid_request_error', 'rate_limit_error']),
    code: z.string().describe('That of the first refused field, else `code`'),
    param,
  }),
});
export type Problem = z.infer<typeof problemSchema>;
