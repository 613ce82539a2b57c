import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { AnswerMessage, InvocationMessage, WorkerSettings } from './worker-messages.ts';

// Runs inside a worker thread, one per function. A failed import ends the thread, as it ends a Lambda sandbox.
const settings: WorkerSettings = workerData;
// Only Linux keeps a priority for each thread; elsewhere it would be the whole gateway's.
if (!settings.isAwaited && process.platform === 'linux')
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const handler: (event: unknown, context: object) => unknown = (await import(settings.moduleUrl))[
  settings.exportName
];
if (typeof handler !== 'function') throw new Error(`The bundle exports no ${settings.exportName}`);

parentPort?.on('message', async (message: InvocationMessage) => {
  parentPort?.postMessage(await answer(message));
});

async function answer(message: InvocationMessage): Promise<AnswerMessage> {
  const { requestId } = message;
  try {
    const result = await handler(JSON.parse(message.payload), toContext(message));
    return { requestId, kind: 'returned', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { requestId, kind: 'failed', ...toFailure(error) };
  }
}

function toFailure(error: unknown) {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function toContext({ requestId, deadlineMs }: InvocationMessage) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: String(settings.memoryMegabytes),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}
