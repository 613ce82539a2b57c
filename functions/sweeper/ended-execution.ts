import * as z from 'zod';
import { type StepInput, stepInputSchema } from '../../shared/domain/workflow-state.ts';

const jsonText = z.string().transform((text): unknown => JSON.parse(text));
const schema = z.object({ detail: z.object({ input: jsonText.pipe(stepInputSchema) }) });

/** The input of the execution whose bad end EventBridge reports; absent for the event of the schedule. */
export function getEndedExecution(event: unknown): StepInput | undefined {
  return schema.safeParse(event).data?.detail.input;
}
