import type * as z from 'zod';
import { readConfig } from '../../config.ts';
import { CommandError } from './command-error.ts';

/** The variables of `shape` for a command; throws a CommandError of one line that names those at fault. */
export function readCommandConfig<Shape extends z.ZodRawShape>(shape: Shape): z.output<z.ZodObject<Shape>> {
  try {
    return readConfig(shape);
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
