import type { Failure, Job, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
import type { Operation, Resolution } from '../../domain/video-request.ts';
import {
  failureCodeOfJob,
  failureCodeOfText,
  readRefusalWords,
  toRefused,
  toShownReason,
} from '../failure-reading.ts';
import type { BalanceReading, CallbackTarget, JobRequest, Provider, ProviderContext } from '../provider.ts';
import {
  isContradiction,
  isRefusal,
  readJobAnswer,
  toSubmitOutcome,
  unreadable,
} from '../upstream-answers.ts';
import { parseWireJson } from '../wire-reading.ts';
import {
  balanceSchema,
  type CreateRequest,
  envelopeSchema,
  failureCodeOfFailCode,
  meaningOf,
  modes,
  nativeModels,
  type WireTask,
} from './wire.ts';

const label = 'Apixo';

type Mode = (typeof modes)[number];

/** Talks to `/api/v1/generateTask/{model}` and `/api/v1/statusTask/{model}`; a job's route is its model. */
export function createUpstream(
  baseUrl: string,
  strategy: CreateRequest['provider'],
): Pick<Provider, 'submit' | 'check' | 'balance'> {
  const apiUrl = `${baseUrl}/api/v1`;
  return {
    async submit(request, context, callback) {
      const { nativeModel: route } = request;
      const mode = modeOf(request);
      if (mode === undefined) {
        return { kind: 'not_sent', message: `${label} has no mode for ${request.resolution} of "${route}"` };
      }
      const answer = await context.http({
        method: 'POST',
        url: `${apiUrl}/generateTask/${encodeURIComponent(route)}`,
        headers: authorization(context),
        body: { ...toStrategy(strategy), ...toCreateRequest(request, mode, callback) },
        signal: context.signal,
      });
      const hidden = [context.apiKey, request.prompt];
      const readRefusal = (status: number, text: string) => readRefused(status, text, hidden);
      const readSuccess = (text: string) => readCreated(text, route, hidden);
      return toSubmitOutcome(answer, { label, readSuccess, readRefusal });
    },
    check: (job, context) => checkTask(`${apiUrl}/statusTask`, job, context),
    async balance(context) {
      const read = await readUrl(`${apiUrl}/apikeys/current-balance`, context);
      return read.kind === 'read' ? toBalance(read.body) : read;
    },
  };
}

/** A job whose id came with a callback, as the answer to its order was lost, is sought under each model. */
async function checkTask(url: string, { id, route }: Job, context: ProviderContext): Promise<JobProgress> {
  const query = new URLSearchParams({ taskId: id });
  const look = async (model: string) => {
    const read = await readUrl(`${url}/${encodeURIComponent(model)}?${query}`, context);
    return read.kind === 'read' ? toProgress(read.body, context) : read;
  };
  if (route !== undefined) return look(route);
  for (const model of nativeModels) {
    const progress = await look(model);
    if (progress.kind !== 'unreadable') return progress;
  }
  return unreadable(label, 'no model knows the job');
}

const tiers: Readonly<Partial<Record<Resolution, string>>> = { '768P': 'standard', '1080P': 'pro' };
const kinds: Readonly<Partial<Record<Operation, string>>> = { t2v: 'text-to-video', i2v: 'image-to-video' };

/** The mode follows from what is ordered: standard or pro from the resolution. */
function modeOf({ operation, resolution }: JobRequest): Mode | undefined {
  const tier = resolution === undefined ? undefined : tiers[resolution];
  return modes.find((mode) => mode === `${tier}-${kinds[operation]}`);
}

function authorization({ apiKey }: ProviderContext) {
  return { Authorization: `Bearer ${apiKey}` };
}

async function readUrl(url: string, context: ProviderContext) {
  const { http, signal } = context;
  return readJobAnswer(await http({ method: 'GET', url, headers: authorization(context), signal }), label);
}

function toStrategy(provider: CreateRequest['provider']): Pick<CreateRequest, 'provider'> {
  return provider === undefined ? {} : { provider };
}

/** Pro is always 6 s long, and ignores a duration that is sent. */
function toCreateRequest(
  { prompt, firstFrameImageUrl, seconds }: JobRequest,
  mode: Mode,
  callback: CallbackTarget | undefined,
): CreateRequest {
  return {
    ...(callback === undefined
      ? { request_type: 'async' }
      : { request_type: 'callback', callback_url: callback.url }),
    input: {
      mode,
      ...(prompt === undefined ? {} : { prompt }),
      ...(firstFrameImageUrl === undefined ? {} : { image_urls: [firstFrameImageUrl] }),
      ...(mode.startsWith('standard-') && seconds !== undefined ? { duration: seconds } : {}),
    },
  };
}

type Hidden = readonly (string | undefined)[];

/** The business code in the body of a 200 stands for an HTTP status. */
function readCreated(text: string, route: string, hidden: Hidden): SubmitOutcome | undefined {
  const { code = 200, data } = envelopeSchema.safeParse(parseWireJson(text)).data ?? {};
  const id = data?.taskId;
  if (code === 200) return id === undefined ? undefined : { kind: 'accepted', job: { id, route } };
  return isRefusal(code) && id === undefined ? toRefusal(code, text, hidden) : undefined;
}

function readRefused(status: number, text: string, hidden: Hidden): SubmitOutcome | undefined {
  const { code = status, data } = envelopeSchema.safeParse(parseWireJson(text)).data ?? {};
  return isContradiction(code) || data?.taskId !== undefined ? undefined : toRefusal(status, text, hidden);
}

function toRefusal(status: number, text: string, hidden: Hidden): SubmitOutcome {
  const words = readRefusalWords(text);
  const reason = toShownReason(words.text ?? 'no reason given', hidden);
  // A 403 is about the key on one page of the provider, about the content on another: its words decide.
  const isAboutContent = status === 403 && failureCodeOfText(reason) === 'content_rejected';
  const code = isAboutContent ? 'content_rejected' : undefined;
  return toRefused({ label, status, reason, code, providerCode: words.code });
}

function toProgress(body: unknown, context: ProviderContext): JobProgress {
  const { code = 200, data } = envelopeSchema.safeParse(body).data ?? {};
  if (code !== 200) return unreadable(label, `code ${code}`);
  if (data?.state === undefined) return unreadable(label, 'no state');
  const meaning = meaningOf(data.state);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      return { kind: 'succeeded', outputs: data.resultUrls.map((url) => ({ url })) };
    case 'failed':
      return { kind: 'failed', failure: toFailure(data, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: data.state };
    default:
      return meaning satisfies never;
  }
}

/** That a failed job costs nothing is an assumption: the document is silent. */
function toFailure({ failCode, failMsg }: WireTask, { apiKey }: ProviderContext): Failure {
  const reason = toShownReason(failMsg ?? failCode ?? 'no reason given', [apiKey]);
  return {
    code: failureCodeOfFailCode(failCode ?? '') ?? failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: 'no',
    ...(failCode === undefined ? {} : { providerCode: failCode }),
  };
}

/** May be negative; a fraction of a millionth of a dollar is dust of the number. */
function toBalance(body: unknown): BalanceReading {
  const { code = 200, data: usd } = balanceSchema.safeParse(body).data ?? {};
  const microUsd = Math.round((usd ?? Number.NaN) * 1_000_000);
  const isPlausible = code === 200 && Number.isSafeInteger(microUsd);
  return isPlausible ? { kind: 'read', microUsd } : unreadable(label, 'no balance');
}
