import type { Failure, JobProgress, SubmitOutcome } from '../../domain/job-progress.ts';
import { failureCodeOfJob, toShownReason } from '../failure-reading.ts';
import { toCreateOutcome } from '../market/create-answers.ts';
import { authorization, type MarketAccount, readBalance } from '../market/credits.ts';
import { isSuccessCode } from '../market/wire.ts';
import type { CallbackTarget, JobRequest, Provider, ProviderContext } from '../provider.ts';
import { readJobAnswer, unreadable } from '../upstream-answers.ts';
import {
  aspectRatios,
  createRequestSchema,
  envelopeSchema,
  failureCodeOf,
  meaningOf,
  nativeModels,
  type WireTask,
} from './wire.ts';

/** Talks to `POST /api/v1/hailuo/generate` and `GET /api/v1/hailuo/record-info`. */
export function createUpstream(
  account: MarketAccount,
): Pick<Provider, 'submit' | 'check'> & Required<Pick<Provider, 'balance'>> {
  const { label, baseUrl } = account;
  return {
    async submit(request, context, callback) {
      if (!nativeModels.some((name) => name === request.nativeModel)) {
        return { kind: 'not_sent', message: `${label} has no model "${request.nativeModel}"` };
      }
      const body = createRequestSchema.safeParse(toCreateRequest(request, callback));
      if (!body.success) {
        return refuse(
          label,
          body.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
        );
      }
      const answer = await context.http({
        method: 'POST',
        url: `${baseUrl}/api/v1/hailuo/generate`,
        headers: authorization(context),
        body: body.data,
        signal: context.signal,
      });
      return toCreateOutcome(answer, { label, hidden: [context.apiKey, request.prompt], failureCodeOf });
    },
    async check({ id }, context) {
      const { http, signal } = context;
      const url = `${baseUrl}/api/v1/hailuo/record-info?${new URLSearchParams({ taskId: id })}`;
      const answer = await http({ method: 'GET', url, headers: authorization(context), signal });
      const read = readJobAnswer(answer, label);
      return read.kind === 'read' ? toProgress(read.body, label, context) : read;
    },
    balance: (context) => readBalance(account, context),
  };
}

/** The prose of the document is a schema here: what is outside it, a seed of 7 for example, is not sent at all. */
function refuse(label: string, faults: readonly string[]): SubmitOutcome {
  const message = `${label} does not take this order, which was not sent: ${faults.join('; ')}`;
  return { kind: 'refused', failure: { code: 'invalid_request', message, charged: 'no' } };
}

function toCreateRequest(request: JobRequest, callback: CallbackTarget | undefined) {
  const { prompt, seconds, resolution, seed, firstFrameImageUrl } = request;
  return {
    prompt,
    model: request.nativeModel,
    duration: seconds,
    resolution: resolution?.toLowerCase(),
    ...(firstFrameImageUrl === undefined ? toAspectRatio(request) : { imageUrl: firstFrameImageUrl }),
    ...(seed === undefined ? {} : { seed }),
    ...(callback === undefined ? {} : { callBackUrl: callback.url }),
  };
}

/** Which shape a text gets by default is not documented; the sizes of our offers are those of the first ratio. */
function toAspectRatio({ aspectRatio = aspectRatios[0] }: JobRequest) {
  return { aspectRatio };
}

function toProgress(body: unknown, label: string, context: ProviderContext): JobProgress {
  const { code = 0, data } = envelopeSchema.safeParse(body).data ?? {};
  if (!isSuccessCode(code)) return unreadable(label, `code ${code}`);
  if (data?.status === undefined) return unreadable(label, 'no status');
  const meaning = meaningOf(data.status);
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      return { kind: 'succeeded', outputs: data.videoUrl === undefined ? [] : [{ url: data.videoUrl }] };
    case 'failed':
      return { kind: 'failed', failure: toFailure(data, label, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: data.status };
    default:
      return meaning satisfies never;
  }
}

/** That a failed job costs nothing is an assumption: the document is silent. */
function toFailure(
  { errorCode, errorMessage }: WireTask,
  label: string,
  { apiKey }: ProviderContext,
): Failure {
  const reason = toShownReason(errorMessage ?? 'no reason given', [apiKey]);
  const code = errorCode === undefined ? undefined : failureCodeOf(errorCode, reason);
  return {
    code: code ?? failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: 'no',
    ...(errorCode === undefined ? {} : { providerCode: `${errorCode}` }),
  };
}
