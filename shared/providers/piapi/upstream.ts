import type { CancelOutcome, Failure, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
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
  toCancelOutcome,
  toSubmitOutcome,
  unreadable,
} from '../upstream-answers.ts';
import { parseWireJson } from '../wire-reading.ts';
import {
  accountSchema,
  type CreateRequest,
  envelopeSchema,
  isTimed,
  meaningOf,
  nativeModels,
  type WireTask,
} from './wire.ts';

const label = 'PiAPI';

/** Talks to `POST /api/v1/task`, `GET` and `DELETE /api/v1/task/{task_id}`, and `GET /account/info` under `baseUrl`. */
export function createUpstream(baseUrl: string): Pick<Provider, 'submit' | 'check' | 'cancel' | 'balance'> {
  const tasksUrl = `${baseUrl}/api/v1/task`;
  const jobUrl = (id: string) => `${tasksUrl}/${encodeURIComponent(id)}`;
  return {
    async submit(request, context, callback) {
      const nativeModel = nativeModels.find((name) => name === request.nativeModel);
      if (nativeModel === undefined) {
        return { kind: 'not_sent', message: `${label} has no model "${request.nativeModel}"` };
      }
      const answer = await context.http({
        method: 'POST',
        url: tasksUrl,
        headers: { 'x-api-key': context.apiKey },
        body: toCreateRequest(request, nativeModel, callback),
        signal: context.signal,
      });
      const hidden = [context.apiKey, callback?.proof, request.prompt];
      const readRefusal = (status: number, text: string) => readRefused(status, text, hidden);
      const readSuccess = (text: string) => readCreated(text, hidden);
      return toSubmitOutcome(answer, { label, readSuccess, readRefusal });
    },
    async check(job, context) {
      const read = readJobAnswer(await ask('GET', jobUrl(job.id), context), label);
      return read.kind === 'read' ? toProgress(read.body, context) : read;
    },
    async cancel(job, context) {
      return toCancelOutcome(await ask('DELETE', jobUrl(job.id), context), { label, readWord });
    },
    async balance(context) {
      const read = readJobAnswer(await ask('GET', `${baseUrl}/account/info`, context), label);
      return read.kind === 'read' ? toBalance(read.body) : read;
    },
  };
}

function ask(method: 'GET' | 'DELETE', url: string, { http, apiKey, signal }: ProviderContext) {
  return http({ method, url, headers: { 'x-api-key': apiKey }, signal });
}

function toCreateRequest(
  request: JobRequest,
  nativeModel: CreateRequest['input']['model'],
  callback: CallbackTarget | undefined,
): CreateRequest {
  const imageUrl = request.firstFrameImageUrl ?? request.subjectImageUrl;
  return {
    model: 'hailuo',
    task_type: 'video_generation',
    input: {
      model: nativeModel,
      ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
      ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
      ...(request.promptOptimizer === undefined ? {} : { expand_prompt: request.promptOptimizer }),
      ...(isTimed(nativeModel) ? toLengthAndSize(request) : {}),
    },
    config: {
      service_mode: 'public',
      ...(callback === undefined
        ? {}
        : { webhook_config: { endpoint: callback.url, secret: callback.proof } }),
    },
  };
}

/** Both are integers: `768P` is sent as 768. */
function toLengthAndSize({ seconds, resolution }: JobRequest): Partial<CreateRequest['input']> {
  return {
    ...(seconds === undefined ? {} : { duration: seconds }),
    ...(resolution === undefined ? {} : { resolution: Number.parseInt(resolution, 10) }),
  };
}

type Hidden = readonly (string | undefined)[];

/** The business code in the body of a 200 stands for an HTTP status. */
function readCreated(text: string, hidden: Hidden): SubmitOutcome | undefined {
  const { code = 200, data } = envelopeSchema.safeParse(parseWireJson(text)).data ?? {};
  const id = data?.task_id;
  if (code !== 200) return isRefusal(code) && id === undefined ? toRefusal(code, text, hidden) : undefined;
  if (data?.status !== undefined && meaningOf(data.status) === 'failed') return readStillborn(data, hidden);
  return id === undefined ? undefined : { kind: 'accepted', job: { id } };
}

/** A job that had failed when its order was answered is a refusal, whose words may blame the account. */
function readStillborn(task: WireTask, hidden: Hidden): SubmitOutcome | undefined {
  const failure = toFailure(task, hidden);
  const code = failureCodeOfText(failure.message) ?? failure.code;
  return failure.charged === 'no' ? { kind: 'refused', failure: { ...failure, code } } : undefined;
}

function readRefused(status: number, text: string, hidden: Hidden): SubmitOutcome | undefined {
  const { code = status, data } = envelopeSchema.safeParse(parseWireJson(text)).data ?? {};
  return isContradiction(code) || data?.task_id !== undefined ? undefined : toRefusal(status, text, hidden);
}

function toRefusal(status: number, text: string, hidden: Hidden): SubmitOutcome {
  const words = readRefusalWords(text);
  const reason = toShownReason(words.text ?? 'no reason given', hidden);
  return toRefused({ label, status, reason, providerCode: words.code });
}

function toProgress(body: unknown, context: ProviderContext): JobProgress {
  const { code = 200, data } = envelopeSchema.safeParse(body).data ?? {};
  if (code === 404) return { ...unreadable(label, 'code 404'), isJobUnknown: true };
  if (code !== 200) return unreadable(label, `code ${code}`);
  if (data?.status === undefined) return unreadable(label, 'no status');
  const meaning = meaningOf(data.status);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      return toSuccess(data);
    case 'failed':
      return { kind: 'failed', failure: toFailure(data, [context.apiKey, data.input?.prompt]) };
    case 'unknown':
      return { kind: 'running', unknownStatus: data.status };
    default:
      return meaning satisfies never;
  }
}

function toSuccess({ output, meta }: WireTask): JobProgress {
  const url = output?.url;
  const points = toPoints(meta?.usage);
  return {
    kind: 'succeeded',
    outputs: url === undefined ? [] : [{ url }],
    ...(points === undefined ? {} : { reportedCostMicroUsd: Math.ceil(points / pointsPerMicroUsd) }),
  };
}

/** 10,000,000 points are one US dollar (facts.md 2.3). */
const pointsPerMicroUsd = 10;

function toPoints(usage: NonNullable<WireTask['meta']>['usage'] | undefined): number | undefined {
  const isInPoints = usage?.type === undefined || usage.type === 'point';
  const points = isInPoints ? usage?.consume : undefined;
  const isPlausible = points !== undefined && points >= 0 && Number.isSafeInteger(Math.ceil(points));
  return isPlausible ? points : undefined;
}

/** Only successful jobs are charged, says the document; one that shows points nevertheless may have been. */
function toFailure({ error, output, meta }: WireTask, hidden: Hidden): Failure {
  const texts = [error?.raw_message, error?.message, output?.message].filter((text) => text !== undefined);
  const [reason = 'no reason given', ...others] = texts.map((text) => toShownReason(text, hidden));
  return {
    code: failureCodeOfJob([reason, ...others].join(' ')),
    message: `${label} failed the job: ${reason}`,
    charged: (toPoints(meta?.usage) ?? 0) > 0 ? 'unknown' : 'no',
    ...(error?.code === undefined || error.code === '0' ? {} : { providerCode: error.code }),
  };
}

/** Nothing but its own word counts: for Hailuo the endpoint is not documented. A task that goes on contradicts it. */
function readWord(body: unknown): CancelOutcome {
  const { code, data } = envelopeSchema.safeParse(body).data ?? {};
  const isOver = data?.status === undefined || meaningOf(data.status) === 'failed';
  if (code === 200 && isOver) return { kind: 'canceled' };
  return { kind: 'not_canceled', message: `${label} answered code ${code} and status ${data?.status}` };
}

/** May be negative; a fraction of a millionth of a dollar is dust of the number. */
function toBalance(body: unknown): BalanceReading {
  const { code = 200, data } = accountSchema.safeParse(body).data ?? {};
  const microUsd = Math.round((data?.equivalent_in_usd ?? Number.NaN) * 1_000_000);
  const isPlausible = code === 200 && Number.isSafeInteger(microUsd);
  return isPlausible ? { kind: 'read', microUsd } : unreadable(label, 'no balance');
}
