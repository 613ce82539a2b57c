import * as z from 'zod';

/** A step of an execution's history; `details` hold what AWS tells beside it, under its names. */
const historyEventSchema = z.object({
  type: z.string(),
  at: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type HistoryEvent = z.infer<typeof historyEventSchema>;

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded'), output: z.unknown() }),
  z.object({ kind: z.literal('failed'), error: z.string(), cause: z.string() }),
]);
/** How an attempt of a Task state ended. */
export type Answer = z.infer<typeof answerSchema>;

const pendingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entered') }),
  z.object({ kind: z.literal('sleeping'), dueAt: z.string() }),
  z.object({ kind: z.literal('calling') }),
  z.object({
    kind: z.literal('awaiting_token'),
    token: z.string(),
    /** Whether the call that hands the token out was answered. */
    isSubmitted: z.boolean(),
    dueAt: z.string().optional(),
  }),
  z.object({ kind: z.literal('answered'), answer: answerSchema }),
]);
/** What an execution waits for in its state. */
export type Pending = z.infer<typeof pendingSchema>;

const positionSchema = z.object({
  state: z.string(),
  input: z.unknown(),
  enteredAt: z.string(),
  /** How often each retrier of the state was used. */
  retryCounts: z.array(z.number()),
  pending: pendingSchema,
});
/** Where an execution is: enough to go on from, after the process was killed. */
export type Position = z.infer<typeof positionSchema>;

export const closedStatuses = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = 'RUNNING' | (typeof closedStatuses)[number];

const closingSchema = z.object({
  status: z.enum(closedStatuses),
  at: z.string(),
  output: z.string().exactOptional(),
  error: z.string().exactOptional(),
  cause: z.string().exactOptional(),
});

/** One line of the journal: what a step of an execution changed. */
export const executionRecordSchema = z.object({
  executionArn: z.string(),
  /** Only in an execution's first record. Input is JSON text. */
  started: z.object({ stateMachineArn: z.string(), at: z.string(), input: z.string() }).optional(),
  events: z.array(historyEventSchema),
  position: positionSchema,
  closed: closingSchema.optional(),
});
export type ExecutionRecord = z.infer<typeof executionRecordSchema>;
export type Closing = z.infer<typeof closingSchema>;

export interface Execution {
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly startedAt: string;
  /** JSON text. */
  readonly input: string;
  readonly events: HistoryEvent[];
  position: Position;
  closed?: Closing;
}

/** Makes the record's change in memory: replaying all records of a journal restores all executions. */
export function applyRecord(executions: Map<string, Execution>, record: ExecutionRecord): void {
  const { executionArn, started, events, position, closed } = record;
  if (started !== undefined) executions.delete(executionArn);
  const known = executions.get(executionArn);
  const execution = known ?? newExecution(record);
  if (execution === undefined) throw new Error(`The journal goes on with ${executionArn}, which never began`);
  execution.events.push(...events);
  execution.position = position;
  if (closed !== undefined) execution.closed = closed;
  executions.set(executionArn, execution);
}

/** One record that stands for all of an execution. */
export function toRecord(execution: Execution): ExecutionRecord {
  const { arn, stateMachineArn, startedAt, input, events, position, closed } = execution;
  return {
    executionArn: arn,
    started: { stateMachineArn, at: startedAt, input },
    events,
    position,
    ...(closed === undefined ? {} : { closed }),
  };
}

function newExecution({ executionArn, started, position }: ExecutionRecord): Execution | undefined {
  if (started === undefined) return undefined;
  return {
    arn: executionArn,
    stateMachineArn: started.stateMachineArn,
    name: executionArn.split(':').at(-1) ?? '',
    startedAt: started.at,
    input: started.input,
    events: [],
    position,
  };
}
