import * as z from 'zod';

/** The parts of the public API's answers that the commands read. */
export const videoSchema = z.looseObject({
  id: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  created_at: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  gateway: z.looseObject({
    provider: z.string(),
    state: z.string(),
    next_look_at: z.string().nullable(),
    cost: z.looseObject({ estimated: z.string(), charged: z.string().nullable() }),
    result: z
      .looseObject({
        bytes: z.number(),
        width: z.number().nullable(),
        height: z.number().nullable(),
        duration_seconds: z.number().nullable(),
      })
      .nullable(),
  }),
});
export type Video = z.infer<typeof videoSchema>;

export const uploadSchema = z.object({
  id: z.string(),
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
});

export const problemSchema = z.object({
  detail: z.string(),
  errors: z.array(z.object({ message: z.string() })).default([]),
});
