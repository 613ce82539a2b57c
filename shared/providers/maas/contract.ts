import * as z from 'zod';

/** A refusal of either API of the host. */
export const maasRefusalSchema = z.object({
  code: z.string().describe('The HTTP status as text'),
  message: z.string(),
});

export const endpointPathMeaning = 'The purchased path, which names the model; it may have slashes';
