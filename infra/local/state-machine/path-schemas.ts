import * as z from 'zod';
import { parsePath } from './json-path.ts';
import { listTemplateFaults } from './payload-template.ts';

/** A path that may read the input (`$`) or the context object (`$$`). */
export const pathSchema = z
  .string()
  .refine(isPath, { error: ({ input }) => `${input} is not a supported path` });

/** A path to one place of the input, which can also be written to. */
export const referencePathSchema = pathSchema.refine((text) => !text.startsWith('$$'), {
  error: ({ input }) => `${input} must start with a single $`,
});

export const templateSchema = z.unknown().superRefine((template, { addIssue }) => {
  for (const fault of listTemplateFaults(template)) addIssue(fault);
});

function isPath(text: string): boolean {
  try {
    parsePath(text);
    return true;
  } catch {
    return false;
  }
}
