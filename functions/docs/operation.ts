import type * as z from 'zod';
import type { ErrorCode } from '../../shared/errors.ts';
import type { FieldGuide } from '../../shared/ordering/describe-issue.ts';
import type { HeaderName } from './headers.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** What the contract says of an endpoint beyond its row: what it is for, what it takes and what it answers. */
export interface Operation {
  /** The `operationId`. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What each parameter of the row's schema means. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Headers that mean something here. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly body?: OperationBody;
  readonly answers: readonly OperationAnswer[];
  /** Of its own: those of every endpoint are added. */
  readonly errors?: readonly ErrorCode[];
  readonly example?: { readonly path?: string; readonly body?: object };
}

export interface OperationBody {
  readonly schema: z.ZodType;
  /** What its fields may be, as refusals say it. */
  readonly allowed?: FieldGuide['allowed'];
  /** Fields that must be there, although the schema leaves that to its reader. */
  readonly required?: readonly string[];
  /** Whether it may come as multipart/form-data too. */
  readonly isForm?: boolean;
  readonly isOptional?: boolean;
}

export interface OperationAnswer {
  readonly status: number;
  readonly description: string;
  readonly headers?: readonly HeaderName[];
  /** By content type; absent for an answer without a body. */
  readonly content?: Readonly<Record<string, z.ZodType>>;
}

/** An answer of 200 in JSON. */
export function jsonOf(schema: z.ZodType, description: string, headers: readonly HeaderName[] = []) {
  return { status: 200, description, headers, content: { 'application/json': schema } };
}
