import * as z from 'zod';

/** All that an execution carries from state to state, besides the last step's decision. */
export const stepInputSchema = z.object({
  taskId: z.string(),
  /** Numbers the executions of a task: an execution's name is used up for 90 days. */
  run: z.number().int().positive(),
});
export type StepInput = z.infer<typeof stepInputSchema>;

/** What a step tells the state machine to do next. `done` means that the task is terminal already. */
export type StepDecision =
  | { readonly decision: 'await'; readonly nextLookSeconds: number }
  /** It waits for a place at its provider. */
  | { readonly decision: 'queue'; readonly nextLookSeconds: number }
  /** Nothing was sent to a provider yet. */
  | { readonly decision: 'submit' }
  | { readonly decision: 'archive' }
  | { readonly decision: 'settle' }
  | { readonly decision: 'done' };

export function executionName(input: StepInput): string {
  return `${input.taskId}-${input.run}`;
}
