import * as z from 'zod';

/** A path that an account has bought on the host; what is not in it would lead elsewhere. */
export const endpointPathSchema = z
  .string()
  .regex(/^[\w~-]+(\/[\w~-]+)*$/, 'An endpoint path is a path segment');
