import type { Failure, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
import { failureCodeOfJob, readRefusalWords, toRefused, toShownReason } from '../failure-reading.ts';
import { failureCodeOfOrigin, isBreakdownOfOrigin, refusalCodeOfOrigin } from '../origin-codes.ts';
import type { CallbackTarget, JobRequest, Provider, ProviderContext } from '../provider.ts';
import { isContradiction, readJobAnswer, toSubmitOutcome, unreadable } from '../upstream-answers.ts';
import { expiryOf, parseWireJson } from '../wire-reading.ts';
import {
  type BaseResp,
  type CreateRequest,
  createdSchema,
  fileAnswerSchema,
  meaningOf,
  type NativeModel,
  nativeModels,
  wireTaskSchema,
} from './wire.ts';

const label = 'MiniMax';

/** Talks to `POST /v1/video_generation`, `GET /v1/query/video_generation` and `GET /v1/files/retrieve`. */
export function createUpstream(baseUrl: string): Pick<Provider, 'submit' | 'check'> {
  return {
    async submit(request, context, callback) {
      const nativeModel = nativeModels.find((name) => name === request.nativeModel);
      if (nativeModel === undefined) {
        return { kind: 'not_sent', message: `${label} has no model "${request.nativeModel}"` };
      }
      const answer = await context.http({
        method: 'POST',
        url: `${baseUrl}/v1/video_generation`,
        headers: authorization(context),
        body: toCreateRequest(request, nativeModel, callback),
        signal: context.signal,
      });
      const hidden = [context.apiKey, request.prompt];
      const readRefusal = (status: number, text: string) => toRefusal(status, text, hidden);
      const readSuccess = (text: string) => readCreated(text, hidden);
      return toSubmitOutcome(answer, { label, readSuccess, readRefusal });
    },
    check: (job, context) => checkTask(baseUrl, job.id, context),
  };
}

/** The task first; when it succeeded, the file that it names. Unless it failed, a code is about the question. */
async function checkTask(baseUrl: string, taskId: string, context: ProviderContext): Promise<JobProgress> {
  const query = new URLSearchParams({ task_id: taskId });
  const read = await readUrl(`${baseUrl}/v1/query/video_generation?${query}`, context);
  if (read.kind === 'unreadable') return read;
  const { status, file_id: fileId, base_resp: baseResp } = wireTaskSchema.safeParse(read.body).data ?? {};
  if (codeOf(baseResp) !== undefined && (status === undefined || meaningOf(status) !== 'failed')) {
    return unreadable(label, describe(baseResp, [context.apiKey]));
  }
  if (status === undefined) return unreadable(label, 'no status');
  const meaning = meaningOf(status);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      if (fileId === undefined) return { kind: 'succeeded', outputs: [] };
      return readFile(`${baseUrl}/v1/files/retrieve?${new URLSearchParams({ file_id: fileId })}`, context);
    case 'failed':
      return { kind: 'failed', failure: toFailure(baseResp, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: status };
    default:
      return meaning satisfies never;
  }
}

function authorization({ apiKey }: ProviderContext) {
  return { Authorization: `Bearer ${apiKey}` };
}

function toCreateRequest(
  request: JobRequest,
  model: NativeModel,
  callback: CallbackTarget | undefined,
): CreateRequest {
  const { prompt, promptOptimizer, firstFrameImageUrl, lastFrameImageUrl, subjectImageUrl } = request;
  return {
    model,
    ...(prompt !== undefined && { prompt }),
    ...(promptOptimizer !== undefined && { prompt_optimizer: promptOptimizer }),
    ...(firstFrameImageUrl !== undefined && { first_frame_image: firstFrameImageUrl }),
    ...(lastFrameImageUrl !== undefined && { last_frame_image: lastFrameImageUrl }),
    ...(subjectImageUrl === undefined
      ? toLength(request)
      : { subject_reference: [{ type: 'character', image: [subjectImageUrl] }] }),
    ...(callback !== undefined && { callback_url: callback.url }),
  };
}

/** The document gives a video of a subject neither field: its length is fixed. */
function toLength({ seconds, resolution }: JobRequest): Pick<CreateRequest, 'duration' | 'resolution'> {
  return {
    ...(seconds !== undefined && { duration: seconds }),
    ...(resolution !== undefined && { resolution }),
  };
}

type Hidden = readonly (string | undefined)[];

/** A 200 with an id is a job, whatever else it says; without one, the code tells what is proven. */
function readCreated(text: string, hidden: Hidden): SubmitOutcome | undefined {
  const { task_id: id, base_resp: baseResp } = createdSchema.safeParse(parseWireJson(text)).data ?? {};
  if (id !== undefined) return { kind: 'accepted', job: { id } };
  const providerCode = codeOf(baseResp);
  if (providerCode === undefined) return undefined;
  const reason = describe(baseResp, hidden);
  const code = refusalCodeOfOrigin(baseResp?.status_code, reason);
  if (code === undefined) return inDoubt(reason);
  const message = `${label} refused the order ${reason}`;
  return { kind: 'refused', failure: { code, message, charged: 'no', providerCode } };
}

function inDoubt(reason: string): SubmitOutcome {
  return { kind: 'unknown', message: `${label} may have started a job although it answered ${reason}` };
}

/** The documented errors come with HTTP 200; a 4xx comes from what stands before them, in a shape not known. */
function toRefusal(status: number, text: string, hidden: Hidden): SubmitOutcome {
  const baseResp = createdSchema.safeParse(parseWireJson(text)).data?.base_resp;
  const originCode = baseResp?.status_code ?? Number.NaN;
  if (isContradiction(originCode) || isBreakdownOfOrigin(originCode))
    return inDoubt(describe(baseResp, hidden));
  const words = readRefusalWords(text);
  const reason = toShownReason(baseResp?.status_msg ?? words.text ?? 'no reason given', hidden);
  const code = refusalCodeOfOrigin(originCode, reason);
  return toRefused({ label, status, reason, code, providerCode: codeOf(baseResp) ?? words.code });
}

/** Absent where all is well. */
function codeOf(baseResp: BaseResp): string | undefined {
  const code = baseResp?.status_code ?? 0;
  return code === 0 ? undefined : `${code}`;
}

function describe(baseResp: BaseResp, hidden: Hidden): string {
  return `(${baseResp?.status_code}): ${toShownReason(baseResp?.status_msg ?? 'no reason given', hidden)}`;
}

async function readUrl(url: string, context: ProviderContext) {
  const { http, signal } = context;
  return readJobAnswer(await http({ method: 'GET', url, headers: authorization(context), signal }), label);
}

/** Each retrieval makes a link that is valid for one hour. */
const linkMs = 60 * 60 * 1000;

async function readFile(url: string, context: ProviderContext): Promise<JobProgress> {
  const askedAtMs = context.clock.now().getTime();
  const read = await readUrl(url, context);
  // The job is done, and was paid for, whether its file can be read just now or not.
  const file = read.kind === 'read' ? fileAnswerSchema.safeParse(read.body).data?.file : undefined;
  if (file?.download_url === undefined) return { kind: 'succeeded', outputs: [] };
  const expiresAt = expiryOf(file.download_url, askedAtMs + linkMs);
  return {
    kind: 'succeeded',
    outputs: [{ url: file.download_url, ...(expiresAt !== undefined && { expiresAt }) }],
  };
}

/** Only successful generations are charged, says public documentation of the packages. */
function toFailure(baseResp: BaseResp, { apiKey }: ProviderContext): Failure {
  const reason = toShownReason(baseResp?.status_msg ?? 'no reason given', [apiKey]);
  const providerCode = codeOf(baseResp);
  return {
    code: failureCodeOfOrigin(baseResp?.status_code, reason) ?? failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: 'no',
    ...(providerCode !== undefined && { providerCode }),
  };
}
