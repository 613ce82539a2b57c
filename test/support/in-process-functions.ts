import httpRouterHandler from '@middy/http-router';
import { apiRoutes } from '../../functions/api/routes.ts';
import { type CallbackPath, receiveCallback } from '../../functions/callback/receive-callback.ts';
import { doorRoutes } from '../../functions/doors/routes.ts';
import { takeInFile } from '../../functions/intake/take-in-file.ts';
import { archiveVideo } from '../../functions/steps/archive-video/archive-video.ts';
import { checkJob } from '../../functions/steps/check-job/check-job.ts';
import { deliverWebhook } from '../../functions/steps/deliver-webhook/deliver-webhook.ts';
import { settleTask } from '../../functions/steps/settle-task/settle-task.ts';
import { submitToProvider } from '../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { repairAfter, sweep } from '../../functions/sweeper/sweep.ts';
import type { LocalServer } from '../../infra/local/local-server.ts';
import { requireOutput } from '../../infra/local/provision.ts';
import { providerVariable } from '../../infra/local/settings.ts';
import type { LocalStack } from '../../infra/local/template/read-stack.ts';
import type { TimerClock } from '../../infra/local/timer-clock.ts';
import { type Pause, secondsAfter } from '../../shared/clock.ts';
import type { Environment } from '../../shared/config.ts';
import { type DeliveryDecision, deliveryInputSchema } from '../../shared/domain/webhook.ts';
import { type StepDecision, type StepInput, stepInputSchema } from '../../shared/domain/workflow-state.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { httpHandler } from '../../shared/http/http-stack.ts';
import { archiveVideo as archive } from '../../shared/media/archive.ts';
import { inspectStored } from '../../shared/media/inspect-stored.ts';
import { createSafeFetch, type SafeFetch } from '../../shared/media/safe-fetch.ts';
import { createSafePost, type SafePost } from '../../shared/media/safe-post.ts';
import { maxUploadBytes } from '../../shared/ordering/uploads.ts';
import { createWebhookTools } from '../../shared/ordering/webhook-tools.ts';
import { loadDoors } from '../../shared/providers/doors.ts';
import type { CallbackMessage } from '../../shared/providers/provider.ts';
import type { UpstreamHttp } from '../../shared/providers/upstream-http.ts';
import { createStepContextFor } from '../../shared/steps/step-context.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createFingerprintStore } from '../../shared/storage/fingerprint-store.ts';
import { createMediaStore } from '../../shared/storage/media-store.ts';
import { createRequestCounter } from '../../shared/storage/request-counter.ts';
import { createStreamDownload } from '../../shared/storage/stream-download.ts';
import { createStreamUpload } from '../../shared/storage/stream-upload.ts';
import { startExecution } from '../../shared/storage/workflow-starter.ts';
import type { Activity } from './activity.ts';
import type { InProcessClients } from './in-process-servers.ts';

export interface FunctionSurroundings {
  readonly stack: LocalStack;
  readonly servers: {
    readonly clients: InProcessClients;
    readonly simulated: ReadonlyMap<string, Pick<LocalServer, 'url'>>;
  };
  readonly clock: TimerClock;
  readonly pause: Pause;
  readonly publicUrl: string;
  /** How providers and receivers of webhooks are reached, where it is not over sockets. */
  readonly upstream?: { readonly http: UpstreamHttp; readonly safeFetch: SafeFetch; readonly post: SafePost };
  /** Settings of the providers. */
  readonly variables?: Environment;
  /** May be private and plain http: where webhooks are received. */
  readonly trustedOrigins?: readonly string[];
  /** The enabled ones; absent means all. */
  readonly providerNames?: readonly string[];
}

/** The functions as their handlers wire them, but with explicit clients and an injected clock. */
export function createFunctions(surroundings: FunctionSurroundings) {
  const context = createContext(surroundings);
  const { stack, servers } = surroundings;
  const stateMachineArn = requireOutput(stack, 'StateMachineArn');
  const { trustedOrigins = [] } = surroundings;
  const api = {
    ...context,
    safeFetch: createSafeFetch({ trustedOrigins }),
    trustedOrigins,
    startExecution: (input: StepInput) => startExecution(servers.clients.sfn, stateMachineArn, input),
  };
  const routes = [...apiRoutes(api), ...doorRoutes(context.doors, api)];
  const router = httpRouterHandler<HttpEvent, HttpAnswer>({ routes });
  return {
    context,
    api: httpHandler(router),
    receiveCallback: (path: CallbackPath, message: CallbackMessage) =>
      receiveCallback(path, message, context),
    takeInFile: (key: string) => takeInFile(key, { ...api, waitForImage: async () => undefined }),
    steps: createSteps(context),
    sweep: () => sweep({ ...context, stateMachineArn }),
    repairAfter: (input: StepInput) => repairAfter(input, { ...context, stateMachineArn }),
  };
}

export type InProcessFunctions = ReturnType<typeof createFunctions>;
type Context = ReturnType<typeof createContext>;

/** By the beginning of their logical ids. */
function createSteps(
  context: Context,
): Readonly<Record<string, (input: unknown) => Promise<StepDecision | DeliveryDecision>>> {
  const step = (run: (input: StepInput, context: Context) => Promise<StepDecision>) => (input: unknown) =>
    run(stepInputSchema.parse(input), context);
  return {
    SubmitToProvider: step(submitToProvider),
    CheckJob: step(checkJob),
    ArchiveVideo: step(archiveVideo),
    SettleTask: step(settleTask),
    DeliverWebhook: (input) => deliverWebhook(deliveryInputSchema.parse(input), context),
  };
}

function createContext(surroundings: FunctionSurroundings) {
  const { stack, servers, clock, pause, publicUrl, upstream, variables, providerNames = [] } = surroundings;
  const { dynamodb: client, s3, ssm, sfn: executions } = servers.clients;
  const [tasksTableName, accountsTableName] = [
    requireOutput(stack, 'TasksTable'),
    requireOutput(stack, 'AccountsTable'),
  ];
  const config = {
    TASKS_TABLE_NAME: tasksTableName,
    CREDENTIALS_PATH: requireOutput(stack, 'CredentialsPath'),
    CONCH_PROVIDERS: [...providerNames],
  };
  const bucket = { client: s3, bucket: stack.bucket };
  const media = createMediaStore(bucket);
  const ledger = { client, tasksTableName, accountsTableName };
  const machine = { client: executions, arn: requireOutput(stack, 'DeliveryMachineArn') };
  const webhooks = createWebhookTools(ledger, machine);
  const steps = createStepContextFor({
    client,
    ssm,
    executions,
    clock,
    pause,
    variables: { ...toVariables(servers), ...variables },
    config,
  });
  return {
    ...steps,
    offers: [...steps.providers.values()].flatMap((provider) => provider.offers),
    webhooks,
    ...webhooks,
    doors: loadDoors({}),
    post: upstream?.post ?? createSafePost({ trustedOrigins: surroundings.trustedOrigins ?? [] }),
    random: () => 0.5,
    ...(upstream !== undefined && { http: upstream.http }),
    publicUrl,
    presignInput: (key: string) => media.presignGet(key, { expiresSeconds: 3600 }),
    readInput: (key: string) => media.getBytes(key, { maxBytes: maxUploadBytes }),
    archive: (url: string, key: string) => archive({ url, key }, toArchiveTools(surroundings, bucket)),
    inspectStored: (key: string) => inspectStored(key, createStreamDownload(bucket)),
    media,
    ledger,
    accounts: createAccountStore({ client, tableName: accountsTableName }),
    fingerprints: createFingerprintStore({ client, tableName: tasksTableName }),
    requests: createRequestCounter({ client, tableName: tasksTableName }),
  };
}

/** Waits on the clock of the test; while it does, the function is not under way. */
export function pauseBy(clock: TimerClock, activity: Activity): Pause {
  return (seconds) =>
    new Promise((resolve) => {
      activity.rest();
      clock.schedule(new Date(secondsAfter(clock.now(), seconds)), () => {
        activity.goOn();
        resolve();
      });
    });
}

function toArchiveTools(
  { servers, upstream }: FunctionSurroundings,
  bucket: Parameters<typeof createStreamUpload>[0],
): Parameters<typeof archive>[1] {
  const trustedOrigins = [...servers.simulated.values()].map(({ url }) => url);
  return {
    safeFetch: upstream?.safeFetch ?? createSafeFetch({ trustedOrigins }),
    uploadStream: createStreamUpload(bucket),
  };
}

function toVariables({ simulated }: FunctionSurroundings['servers']): Record<string, string> {
  const urls = [...simulated].map(([name, { url }]) => [providerVariable(name, 'BASE_URL'), url]);
  return Object.fromEntries(urls);
}
