import type { AccountsTable } from './constructs/accounts-table.ts';
import type { HttpApi } from './constructs/http-api.ts';
import type { MediaBucket } from './constructs/media-bucket.ts';
import type { ProviderAccess } from './constructs/provider-access.ts';
import type { TasksTable } from './constructs/tasks-table.ts';
import type { WebhookDelivery } from './constructs/webhook-delivery.ts';
import type { Workflow } from './constructs/workflow.ts';
import type { GatewayFunctions } from './gateway-functions.ts';
import type { DeploymentSettings } from './settings.ts';

export interface Resources {
  readonly tasks: TasksTable;
  readonly accounts: AccountsTable;
  readonly media: MediaBucket;
  readonly providers: ProviderAccess;
  readonly workflow: Workflow;
  readonly webhooks: WebhookDelivery;
  readonly httpApi: HttpApi;
}

/** Who may touch what. A grant also sets the variables by which the function finds the resource. */
export function grantPermissions(functions: GatewayFunctions, resources: Resources): void {
  const { api, doors, callback, intake, sweeper, submitToProvider, checkJob, archiveVideo, settleTask } =
    functions;
  const { tasks, accounts, media, providers, workflow, httpApi } = resources;

  tasks.grantAccept(api, doors, intake);
  tasks.grantList(api);
  tasks.grantSteps(submitToProvider, checkJob, archiveVideo, settleTask, sweeper);
  tasks.grantMark(api, callback);
  tasks.grantCountRequests(api, doors);
  tasks.grantDue(sweeper);
  tasks.grantStandings(api, doors, intake, submitToProvider);
  tasks.grantQueue(submitToProvider, checkJob, settleTask, sweeper);

  accounts.grantAuthenticate(api, doors, intake);
  accounts.grantBook(api, doors, intake, submitToProvider, settleTask);
  accounts.grantReadTerms(submitToProvider, settleTask);

  // An order can name a file of its account in each folder; the link to it is signed at submit.
  media.grantRead('inputs', api, doors, intake, submitToProvider);
  media.grantWrite('inputs', api, doors, intake);
  media.grantRead('videos', api, doors, intake, submitToProvider, sweeper, settleTask);
  media.grantWrite('videos', archiveVideo);
  // What a run stored before it died, where the provider's link is dead since.
  media.grantRead('videos', archiveVideo);
  media.grantRead('inbox', api, doors, intake, submitToProvider);
  media.grantRead('outbox', api, doors, intake, submitToProvider, sweeper, settleTask);
  media.grantWrite('outbox', intake, sweeper, settleTask);
  // What a task delivered goes with its video: when it is deleted, and when it expires.
  media.grantDelete('outbox', api, sweeper, settleTask);
  media.grantDelete('videos', api, sweeper, settleTask);

  // The callback function too: a setting may choose the dialect in which a provider calls back.
  providers.grantSettings(
    api,
    doors,
    callback,
    intake,
    submitToProvider,
    checkJob,
    archiveVideo,
    settleTask,
    sweeper,
  );
  providers.grantCredentials(submitToProvider, checkJob, archiveVideo, sweeper);

  workflow.grantStart(api, doors, intake, sweeper);
  workflow.grantDescribe(sweeper);
  workflow.grantWake(api, callback, submitToProvider, checkJob, settleTask, sweeper);

  httpApi.grantPublicUrl(api, doors, intake, sweeper, submitToProvider, settleTask);

  grantWebhooks(functions, resources);
  grantReconciliation(functions, resources);
}

/** Whoever sees a task's end hands over what is told of it; the API keeps the endpoints and replays. */
function grantWebhooks(
  { api, sweeper, settleTask, deliverWebhook }: GatewayFunctions,
  { tasks, accounts, providers, webhooks, httpApi }: Resources,
): void {
  webhooks.grantStart(api, sweeper, settleTask);
  accounts.grantReadTerms(sweeper, deliverWebhook);
  // Marks on the counters of what was told, and endpoints that are gone.
  accounts.grantBook(sweeper, deliverWebhook);
  tasks.grantDeliver(deliverWebhook);
  providers.grantSettings(deliverWebhook);
  httpApi.grantPublicUrl(deliverWebhook);
}

/** The reconciler reads the money of everybody, and moves none of it. */
function grantReconciliation(
  { reconciler }: GatewayFunctions,
  { tasks, accounts, media, providers }: Resources,
): void {
  tasks.grantReconcile(reconciler);
  accounts.grantReconcile(reconciler);
  media.grantRead('reports', reconciler);
  media.grantWrite('reports', reconciler);
  providers.grantSettings(reconciler);
  providers.grantCredentials(reconciler);
}

/** The fetches of images and results, and webhooks, may use these origins although they are private or plain http. */
export function trustOrigins(
  { api, doors, intake, archiveVideo, deliverWebhook }: GatewayFunctions,
  { trustedOrigins }: DeploymentSettings,
): void {
  for (const gatewayFunction of [api, doors, intake, archiveVideo, deliverWebhook])
    gatewayFunction.setVariables(trustedOrigins);
}
