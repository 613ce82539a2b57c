import * as z from 'zod';

/** What an accepted order always answers, whatever else could not be shown of it. */
export const orderedSchema = z.object({ id: z.string() });

/** The parts of a video object that the provider reads. */
export const videoSchema = z.object({
  id: z.string(),
  model: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  created_at: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  gateway: z.object({
    provider: z.string(),
    cost: z.object({
      currency: z.string(),
      estimated: z.string(),
      charged: z.string().nullable(),
      hold: z.string(),
    }),
    result: z.object({ url: z.string(), bytes: z.number() }).nullable(),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  }),
});
export type Video = z.infer<typeof videoSchema>;

/** A refusal: RFC 9457 with OpenAI's error object. */
export const problemSchema = z.object({
  detail: z.string(),
  errors: z.array(z.object({ param: z.string(), code: z.string(), message: z.string() })),
  error: z.object({ code: z.string(), message: z.string(), param: z.string().nullable() }),
});
