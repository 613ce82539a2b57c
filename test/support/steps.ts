import { SSMClient } from '@aws-sdk/client-ssm';
import {
  type SubmitContext,
  submitToProvider,
} from '../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { startAwsJsonServer } from '../../infra/local/aws-json-server.ts';
import { createParameterStore } from '../../infra/local/parameter-store.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { StepDecision } from '../../shared/domain/workflow-state.ts';
import { createStepContextFor } from '../../shared/steps/step-context.ts';
import { createManualClock } from './manual-clock.ts';
import { type Reply, startScriptedUpstream } from './scripted-upstream.ts';
import { startSleepers } from './sleepers.ts';
import { startTables } from './tables.ts';

/**
 * Everything a step works with: real stores on embedded servers, and one scripted upstream for the two providers
 * that have keys. `variables` are settings of the providers.
 */
export async function startSteps(variables: Readonly<Record<string, string>> = {}) {
  const tables = await startTables();
  const upstream = await startScriptedUpstream();
  const sleepers = await startSleepers();
  const parameters = await startAwsJsonServer({ services: { AmazonSSM: createParameterStore({}) } });
  const clock = createManualClock();
  const context = createStepContextFor({
    client: tables.client,
    ssm: new SSMClient({ endpoint: parameters.url }),
    executions: sleepers.executions,
    clock,
    pause: async (seconds) => clock.advance(seconds),
    variables: { PIAPI_BASE_URL: upstream.url, CLOUDSWAY_BASE_URL: upstream.url, ...variables },
    config: { TASKS_TABLE_NAME: 'tasks', CREDENTIALS_PATH: '/conch/Test/providers', CONCH_PROVIDERS: [] },
  });
  await context.credentials.putApiKey('piapi', 'piapi-key');
  await context.credentials.putApiKey('cloudsway', 'cloudsway-key');
  return {
    ...tables,
    upstream,
    /** Tokens of the executions that were woken. */
    released: sleepers.released,
    clock,
    context,
    submitContext: {
      ...context,
      ledger: tables.ledger,
      publicUrl: 'http://127.0.0.1:3000',
      readInput: async () => undefined,
      presignInput: async (key: string) => `https://bucket.example.com/${key}?signed`,
    },
    async close() {
      await Promise.all([tables.close(), upstream.close(), parameters.close(), sleepers.close()]);
    },
  };
}
export type Steps = Awaited<ReturnType<typeof startSteps>>;

/** Which providers were asked for what, in order: all share one server, and differ by their paths. */
export function providersAsked({ upstream }: Steps): string[] {
  return upstream.requests.map(({ path }) => (path?.includes('MaaS_HL') ? 'cloudsway' : 'piapi'));
}

/** Runs the submit step until it decides something else than to run once more. */
export async function submitUntilDecided(
  { id }: Pick<Task, 'id'>,
  context: SubmitContext,
): Promise<StepDecision> {
  for (let runs = 0; runs < 30; runs += 1) {
    const decision = await submitToProvider({ taskId: id, run: 1 }, context);
    if (decision.decision !== 'submit') return decision;
  }
  throw new Error('The submit step runs in a circle');
}

/** PiAPI's answer about a task. */
export function aPiapiTask(task: object = {}): Reply {
  const pending = { task_id: 'job-1', status: 'pending', output: null, error: { code: 0, message: '' } };
  return { body: { code: 200, message: 'success', data: { ...pending, ...task } } };
}

/** Cloudsway's answer to an order. */
export function aCloudswayJob(taskId = '1896852590888419329'): Reply {
  return { body: { taskId } };
}

export function aFinishedPiapiTask(videoUrl = 'https://cdn.example.com/v.mp4'): Reply {
  return aPiapiTask({
    status: 'completed',
    output: { video_url: videoUrl },
    meta: { usage: { type: 'point', frozen: 0, consume: 2_000_000 } },
  });
}
