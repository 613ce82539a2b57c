import { SSMClient } from '@aws-sdk/client-ssm';
import { startAwsJsonServer } from '../../infra/local/aws-json-server.ts';
import { createParameterStore } from '../../infra/local/parameter-store.ts';
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
      presignInput: async (key: string) => `https://bucket.example.com/${key}?signed`,
    },
    async close() {
      await Promise.all([tables.close(), upstream.close(), parameters.close(), sleepers.close()]);
    },
  };
}
export type Steps = Awaited<ReturnType<typeof startSteps>>;

/** PiAPI's answer about a task. */
export function aPiapiTask(task: object = {}): Reply {
  const pending = { task_id: 'job-1', status: 'pending', output: null, error: { code: 0, message: '' } };
  return { body: { code: 200, message: 'success', data: { ...pending, ...task } } };
}

export function aFinishedPiapiTask(videoUrl = 'https://cdn.example.com/v.mp4'): Reply {
  return aPiapiTask({
    status: 'completed',
    output: { video_url: videoUrl },
    meta: { usage: { type: 'point', frozen: 0, consume: 2_000_000 } },
  });
}
