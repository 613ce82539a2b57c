import type { Failure, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
import { failureCodeOfJob, toShownReason } from '../failure-reading.ts';
import { toMaasRefusal } from '../maas/refusals.ts';
import type { JobRequest, Provider, ProviderContext } from '../provider.ts';
import { readJobAnswer, toSubmitOutcome, unreadable } from '../upstream-answers.ts';
import { expiryOf, parseWireJson } from '../wire-reading.ts';
import {
  createdSchema,
  type ExtendRequest,
  type GenerateRequest,
  meaningOf,
  type UpscaleRequest,
  type WireTask,
  wireTaskSchema,
} from './wire.ts';

const label = 'Haiper';

/** Talks to `{baseUrl}/{endpointPath}/video/…`; a job's route is its endpoint path. */
export function createUpstream(baseUrl: string, endpointPath: string): Pick<Provider, 'submit' | 'check'> {
  const videoUrlOf = (route: string) => `${baseUrl}/${route}/video`;
  return {
    async submit(request, context) {
      const call = toCreateCall(request);
      if (call === undefined) {
        return { kind: 'not_sent', message: `${label} cannot ${request.operation} with what was ordered` };
      }
      const answer = await context.http({
        method: 'POST',
        url: `${videoUrlOf(endpointPath)}/${call.action}`,
        headers: authorization(context),
        body: call.body,
        signal: context.signal,
      });
      const hidden = [context.apiKey, request.prompt, request.negativePrompt];
      const readRefusal = (status: number, text: string) => toMaasRefusal(status, text, { label, hidden });
      const readSuccess = (text: string) => readCreated(text, endpointPath);
      return toSubmitOutcome(answer, { label, readSuccess, readRefusal });
    },
    async check({ id, route }, context) {
      if (route === undefined) return unreadable(label, 'the endpoint path of the job is not known');
      const url = `${videoUrlOf(route)}/tasks/${encodeURIComponent(id)}`;
      const headers = authorization(context);
      const answer = await context.http({ method: 'GET', url, headers, signal: context.signal });
      const read = readJobAnswer(answer, label);
      return read.kind === 'read' ? toProgress(read.body, context) : read;
    },
  };
}

function authorization({ apiKey }: ProviderContext) {
  return { Authorization: `Bearer ${apiKey}` };
}

type CreateCall =
  | { readonly action: 'generate'; readonly body: GenerateRequest }
  | { readonly action: 'upscale'; readonly body: UpscaleRequest }
  | { readonly action: 'extend'; readonly body: ExtendRequest };

/** Absent where the provider has no such operation, or where what the operation starts from is missing. */
function toCreateCall(request: JobRequest): CreateCall | undefined {
  const { operation, firstFrameImageUrl: sourceImage, sourceVideoUrl: sourceVideo } = request;
  switch (operation) {
    case 't2v':
      return { action: 'generate', body: toGenerateRequest(request) };
    case 'i2v':
      if (sourceImage === undefined) return undefined;
      return { action: 'generate', body: { ...toGenerateRequest(request), config: { sourceImage } } };
    case 'upscale':
      return sourceVideo === undefined ? undefined : { action: 'upscale', body: { config: { sourceVideo } } };
    case 'extend':
      if (sourceVideo === undefined) return undefined;
      return { action: 'extend', body: toExtendRequest(request, sourceVideo) };
    case 'fl2v':
    case 's2v':
      return undefined;
    default:
      return operation satisfies never;
  }
}

function toGenerateRequest({ seconds, seed, aspectRatio, ...request }: JobRequest): GenerateRequest {
  return {
    ...toPrompts(request),
    settings: {
      ...(seed === undefined ? {} : { seed }),
      ...(seconds === undefined ? {} : { duration: seconds }),
      ...(aspectRatio === undefined ? {} : { aspectRatio }),
    },
  };
}

/** What the document says is used without it; sent, so that a new default there changes no video of ours. */
const defaultGuidanceScale = 7.5;

function toExtendRequest(
  { seconds, seed, guidanceScale = defaultGuidanceScale, ...request }: JobRequest,
  sourceVideo: string,
): ExtendRequest {
  return {
    ...toPrompts(request),
    config: { sourceVideo, ...(seconds === undefined ? {} : { extendDuration: seconds }) },
    settings: { ...(seed === undefined ? {} : { seed }), guidanceScale },
  };
}

function toPrompts({ prompt, negativePrompt }: Pick<JobRequest, 'prompt' | 'negativePrompt'>) {
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(negativePrompt === undefined ? {} : { negativePrompt }),
  };
}

function readCreated(text: string, route: string): SubmitOutcome | undefined {
  const { taskId } = createdSchema.safeParse(parseWireJson(text)).data ?? {};
  return taskId === undefined ? undefined : { kind: 'accepted', job: { id: taskId, route } };
}

function toProgress(body: unknown, context: ProviderContext): JobProgress {
  const task = wireTaskSchema.safeParse(body).data;
  if (task?.status === undefined) return unreadable(label, 'no status');
  const meaning = meaningOf(task.status);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      return toSuccess(task);
    case 'failed':
      return { kind: 'failed', failure: toFailure(task, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: task.status };
    default:
      return meaning satisfies never;
  }
}

function toSuccess({ url, expireTime }: WireTask): JobProgress {
  if (url === undefined) return { kind: 'succeeded', outputs: [] };
  const expiresAt = expiryOf(url, expireTime);
  return { kind: 'succeeded', outputs: [{ url, ...(expiresAt === undefined ? {} : { expiresAt }) }] };
}

/** That a failed job costs nothing is our assumption: the document is silent. */
function toFailure(
  { code, reason: text = 'no reason given' }: WireTask,
  { apiKey }: ProviderContext,
): Failure {
  const reason = toShownReason(text, [apiKey]);
  return {
    code: failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: 'no',
    ...(code === undefined || code === '0' ? {} : { providerCode: code }),
  };
}
