import type { Failure, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
import { failureCodeOfJob, readRefusalWords, toShownReason } from '../failure-reading.ts';
import { toMaasRefusal } from '../maas/refusals.ts';
import { failureCodeOfOrigin, isBreakdownOfOrigin, refusalCodeOfOrigin } from '../origin-codes.ts';
import type { JobRequest, Provider, ProviderContext } from '../provider.ts';
import { readJobAnswer, toSubmitOutcome, unreadable } from '../upstream-answers.ts';
import { expiryOf, parseWireJson } from '../wire-reading.ts';
import {
  type CreateRequest,
  createdSchema,
  meaningOf,
  type OriginStatus,
  wireFileSchema,
  wireTaskSchema,
} from './wire.ts';

const label = 'Cloudsway';

/** The endpoint path that was bought for each native model. */
type EndpointPaths = ReadonlyMap<string, string>;

/** Talks to `{baseUrl}/{endpointPath}/hailuo/video/…`; a job's route is its endpoint path. */
export function createUpstream(
  baseUrl: string,
  endpointPaths: EndpointPaths,
): Pick<Provider, 'submit' | 'check'> {
  const videoUrlOf = (route: string) => `${baseUrl}/${route}/hailuo/video`;
  return {
    async submit(request, context) {
      const route = endpointPaths.get(request.nativeModel);
      if (route === undefined) {
        return { kind: 'not_sent', message: `${label} has no endpoint path for "${request.nativeModel}"` };
      }
      const answer = await context.http({
        method: 'POST',
        url: `${videoUrlOf(route)}/generate`,
        headers: authorization(context),
        body: toCreateRequest(request),
        signal: context.signal,
      });
      const hidden = [context.apiKey, request.prompt];
      const readRefusal = (status: number, text: string) => readRefused(status, text, hidden);
      const readSuccess = (text: string) => readCreated(text, route, hidden);
      return toSubmitOutcome(answer, { label, readSuccess, readRefusal });
    },
    async check({ id, route }, context) {
      if (route === undefined) return unreadable(label, 'the endpoint path of the job is not known');
      return checkTask(videoUrlOf(route), id, context);
    },
  };
}

/** The task first; when it succeeded, the file that it names. */
async function checkTask(videoUrl: string, taskId: string, context: ProviderContext): Promise<JobProgress> {
  const read = await readUrl(`${videoUrl}/task/${encodeURIComponent(taskId)}`, context);
  if (read.kind === 'unreadable') return read;
  const { status, fileId, originStatus } = wireTaskSchema.safeParse(read.body).data ?? {};
  if (status === undefined) return unreadable(label, 'no status');
  const meaning = meaningOf(status);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      if (fileId === undefined) return { kind: 'succeeded', outputs: [] };
      return readFile(`${videoUrl}/file?${new URLSearchParams({ taskId, fileId })}`, context);
    case 'failed':
      return { kind: 'failed', failure: toFailure(originStatus, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: status };
    default:
      return meaning satisfies never;
  }
}

function authorization({ apiKey }: ProviderContext) {
  return { Authorization: `Bearer ${apiKey}` };
}

function toCreateRequest(request: JobRequest): CreateRequest {
  const { prompt, promptOptimizer, firstFrameImageUrl, subjectImageUrl } = request;
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(promptOptimizer === undefined ? {} : { promptOptimizer }),
    ...(firstFrameImageUrl === undefined ? {} : { firstFrameImage: firstFrameImageUrl }),
    ...(subjectImageUrl === undefined
      ? {}
      : { subjectReference: [{ type: 'character', image: [subjectImageUrl] }] }),
  };
}

type Hidden = readonly (string | undefined)[];

/** A 200 without an id is a refusal only when it carries a code of the origin that says so. */
function readCreated(text: string, route: string, hidden: Hidden): SubmitOutcome | undefined {
  const { taskId, originStatus } = createdSchema.safeParse(parseWireJson(text)).data ?? {};
  if (taskId !== undefined) return { kind: 'accepted', job: { id: taskId, route } };
  const reason = toShownReason(originStatus?.message ?? 'no reason given', hidden);
  const code = refusalCodeOfOrigin(originStatus?.code, reason);
  if (code === undefined) return undefined;
  const message = `${label} refused the order: ${reason}`;
  return {
    kind: 'refused',
    failure: { code, message, charged: 'no', providerCode: `${originStatus?.code}` },
  };
}

/** A breakdown of the origin that comes with a 4xx leaves open how far the order went. */
function readRefused(status: number, text: string, hidden: Hidden): SubmitOutcome | undefined {
  if (isBreakdownOfOrigin(Number(readRefusalWords(text).code))) return undefined;
  return toMaasRefusal(status, text, { label, hidden, failureCodeOf: failureCodeOfOrigin });
}

async function readUrl(url: string, context: ProviderContext) {
  const { http, signal } = context;
  return readJobAnswer(await http({ method: 'GET', url, headers: authorization(context), signal }), label);
}

async function readFile(url: string, context: ProviderContext): Promise<JobProgress> {
  const read = await readUrl(url, context);
  // The job is done, and was paid for, whether its file can be read just now or not.
  const file = read.kind === 'read' ? wireFileSchema.safeParse(read.body).data : undefined;
  if (file?.url === undefined) return { kind: 'succeeded', outputs: [] };
  const expiresAt = expiryOf(file.url, file.expireTime);
  return {
    kind: 'succeeded',
    outputs: [{ url: file.url, ...(expiresAt === undefined ? {} : { expiresAt }) }],
  };
}

/** That a failed job costs nothing is the origin's rule; this provider's document is silent. */
function toFailure(originStatus: OriginStatus, { apiKey }: ProviderContext): Failure {
  const { code, message } = originStatus ?? {};
  const reason = toShownReason(message ?? 'no reason given', [apiKey]);
  return {
    code: failureCodeOfOrigin(code, reason) ?? failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: 'no',
    ...(code === undefined || code === 0 ? {} : { providerCode: `${code}` }),
  };
}
