import * as z from 'zod';

const scope = {
  /** How often it strikes: absent means always. Each order, look, or download that it spoils counts. */
  times: z.number().int().positive().optional(),
  /** Strikes only the jobs whose prompt contains this text. */
  promptIncludes: z.string().optional(),
};
const errorAnswer = {
  status: z.number().int().min(400).max(599),
  /** Sent as `Retry-After`. */
  retryAfterSeconds: z.number().int().positive().optional(),
};

/** What can go wrong with the answer to an order. */
const createFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop_before_accepting'), ...scope }),
  z.strictObject({ kind: z.literal('drop_after_accepting'), ...scope }),
  /** The job is accepted, and no answer ever comes. */
  z.strictObject({ kind: z.literal('create_hangs'), ...scope }),
  z.strictObject({ kind: z.literal('create_error'), ...errorAnswer, ...scope }),
  z.strictObject({ kind: z.literal('create_html'), status: z.number().int().default(200), ...scope }),
  z.strictObject({ kind: z.literal('moderate_at_submit'), ...scope }),
]);

/** What can become of the job itself; decided when it is accepted. */
const jobFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), factor: z.number().positive(), ...scope }),
  z.strictObject({ kind: z.literal('never_ends'), ...scope }),
  z.strictObject({ kind: z.literal('fail'), ...scope }),
  z.strictObject({ kind: z.literal('moderate'), ...scope }),
]);

/** What can happen to the callbacks of a job; decided when it is accepted. */
const callbackFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lose_callback'), ...scope }),
  /** Five deliveries at once. */
  z.strictObject({ kind: z.literal('duplicate_callback'), ...scope }),
  z.strictObject({ kind: z.literal('delay_callback'), seconds: z.number().positive(), ...scope }),
  /** The job ends at once and calls back before the order is answered. */
  z.strictObject({ kind: z.literal('early_callback'), ...scope }),
  /** While the job runs, somebody without the secret claims that it is completed. */
  z.strictObject({ kind: z.literal('forge_callback_proof'), ...scope }),
  /** The same claim, with the right proof, at a path whose last segment is guessed. */
  z.strictObject({ kind: z.literal('forge_callback_path'), ...scope }),
  /** One more callback while the job is still running. */
  z.strictObject({ kind: z.literal('non_terminal_callback'), ...scope }),
]);

/** What can go wrong when somebody asks for the state of a job. */
const lookFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('look_error'), ...errorAnswer, ...scope }),
  z.strictObject({ kind: z.literal('look_html'), status: z.number().int().default(200), ...scope }),
  z.strictObject({ kind: z.literal('look_hangs'), ...scope }),
  z.strictObject({ kind: z.literal('unknown_status'), word: z.string().default('Rendering'), ...scope }),
  /** Strikes only once the job has succeeded. */
  z.strictObject({ kind: z.literal('success_without_url'), ...scope }),
]);

/** What can go wrong with the download of a video. */
const downloadFaultSchema = z.discriminatedUnion('kind', [
  /** The link answers 404 from now on; the next look gives another one. */
  z.strictObject({ kind: z.literal('dead_link'), ...scope }),
  /** Half of the announced bytes, then the connection ends. */
  z.strictObject({ kind: z.literal('truncated_video'), ...scope }),
  /** An HTML page with status 200. */
  z.strictObject({ kind: z.literal('not_a_video'), ...scope }),
]);

/** One fault on demand. `PUT /_simulation/faults` takes a list of them and replaces those before. */
export const faultSchema = z.discriminatedUnion('kind', [
  createFaultSchema,
  jobFaultSchema,
  callbackFaultSchema,
  lookFaultSchema,
  downloadFaultSchema,
]);
export type Fault = z.infer<typeof faultSchema>;
/** A fault as it is written down, its defaults left out. */
export type FaultInput = z.input<typeof faultSchema>;
export type CreateFault = z.infer<typeof createFaultSchema>;
export type JobFault = z.infer<typeof jobFaultSchema>;
export type CallbackFault = z.infer<typeof callbackFaultSchema>;
export type LookFault = z.infer<typeof lookFaultSchema>;
export type DownloadFault = z.infer<typeof downloadFaultSchema>;

/** At which moment a fault strikes. */
export const faultStages = {
  create: createFaultSchema,
  job: jobFaultSchema,
  callback: callbackFaultSchema,
  look: lookFaultSchema,
  download: downloadFaultSchema,
} as const;
