import * as z from 'zod';
import type { LocalFile } from '../../../infra/local/local-file.ts';
import type { FaultInput } from '../../../infra/local/simulated-providers/faults.ts';

const stateSchema = z.object({
  /** Orders that reached the provider since it started, whatever became of them. */
  createRequests: z.int(),
  jobs: z.array(
    z.object({
      id: z.string(),
      prompt: z.string(),
      status: z.enum(['queued', 'running', 'succeeded', 'failed']),
      /** Absent on a job that never ends. */
      endsAt: z.iso.datetime().optional(),
      callbackTries: z.int(),
    }),
  ),
});
type SimulationState = z.infer<typeof stateSchema>;

/** The levers of one simulated provider of a running gateway, in this process or in another. */
export interface SimulationControl {
  setFaults(faults: readonly FaultInput[]): Promise<void>;
  readState(): Promise<SimulationState>;
  /** Every job that it ever accepted for this prompt. */
  jobsOf(prompt: string): Promise<SimulationState['jobs']>;
}

export function controlSimulation(
  { providers }: Pick<LocalFile, 'providers'>,
  name: string,
): SimulationControl {
  const base = `${providers[name]}/_simulation`;
  const readState = async () => stateSchema.parse(await (await fetch(`${base}/jobs`)).json());
  return {
    readState,
    async setFaults(faults) {
      const response = await fetch(`${base}/faults`, { method: 'PUT', body: JSON.stringify(faults) });
      if (!response.ok) throw new Error(await response.text());
    },
    jobsOf: async (prompt) => (await readState()).jobs.filter((job) => job.prompt === prompt),
  };
}
