import type { Failure, JobProgress } from '../../domain/job-progress.ts';
import { failureCodeOfJob, toShownReason } from '../failure-reading.ts';
import type { CallbackTarget, JobRequest, Provider, ProviderContext } from '../provider.ts';
import { readJobAnswer, unreadable } from '../upstream-answers.ts';
import { toCreateOutcome } from './create-answers.ts';
import { authorization, type MarketAccount, priceOfCredits, readBalance } from './credits.ts';
import {
  createRequestSchema,
  envelopeSchema,
  failureCodeOf,
  generationFailedCode,
  inputFieldsOf,
  isSuccessCode,
  meaningOf,
  type WireTask,
} from './wire.ts';

/** Talks to `POST /api/v1/jobs/createTask` and `GET /api/v1/jobs/recordInfo`. */
export function createMarketUpstream(
  account: MarketAccount,
): Pick<Provider, 'submit' | 'check'> & Required<Pick<Provider, 'balance'>> {
  const { label, baseUrl } = account;
  return {
    async submit(request, context, callback) {
      const body = createRequestSchema.safeParse(toCreateRequest(request, callback));
      if (!body.success) {
        return {
          kind: 'not_sent',
          message: `${label} cannot be asked for "${request.nativeModel}" like this`,
        };
      }
      const answer = await context.http({
        method: 'POST',
        url: `${baseUrl}/api/v1/jobs/createTask`,
        headers: authorization(context),
        body: body.data,
        signal: context.signal,
      });
      return toCreateOutcome(answer, { label, hidden: [context.apiKey, request.prompt], failureCodeOf });
    },
    async check({ id }, context) {
      const { http, signal } = context;
      const url = `${baseUrl}/api/v1/jobs/recordInfo?${new URLSearchParams({ taskId: id })}`;
      const answer = await http({ method: 'GET', url, headers: authorization(context), signal });
      const read = readJobAnswer(answer, label);
      return read.kind === 'read' ? toProgress(read.body, account, context) : read;
    },
    balance: (context) => readBalance(account, context),
  };
}

/** Length and quality are always sent where the model has a field for them: its defaults are not ours. */
function toCreateRequest(request: JobRequest, callback: CallbackTarget | undefined) {
  const { nativeModel: model, prompt, promptOptimizer, firstFrameImageUrl, lastFrameImageUrl } = request;
  const fields = inputFieldsOf(model);
  return {
    model,
    ...(callback === undefined ? {} : { callBackUrl: callback.url }),
    input: {
      prompt,
      ...(firstFrameImageUrl === undefined ? {} : { image_url: firstFrameImageUrl }),
      ...(lastFrameImageUrl === undefined ? {} : { end_image_url: lastFrameImageUrl }),
      ...(fields?.has('duration') ? { duration: `${request.seconds}` } : {}),
      ...(fields?.has('resolution') ? { resolution: request.resolution } : {}),
      ...toOptimizer(promptOptimizer, fields?.has('prompt_optimizer')),
    },
  };
}

/** A model without the field always optimizes: `true` goes without saying there, `false` cannot be said. */
function toOptimizer(promptOptimizer: boolean | undefined, hasField = false) {
  const goesWithoutSaying = promptOptimizer === true && !hasField;
  return promptOptimizer === undefined || goesWithoutSaying ? {} : { prompt_optimizer: promptOptimizer };
}

function toProgress(body: unknown, account: MarketAccount, context: ProviderContext): JobProgress {
  const { label } = account;
  const { code = 200, data } = envelopeSchema.safeParse(body).data ?? {};
  const meaning = data?.state === undefined ? undefined : meaningOf(data.state);
  const isAboutJob = isSuccessCode(code) || (code === generationFailedCode && meaning === 'failed');
  if (!isAboutJob) return unreadable(label, `code ${code}`);
  if (data?.state === undefined || meaning === undefined) return unreadable(label, 'no state');
  switch (meaning) {
    case 'queued':
    case 'running':
      return { kind: meaning };
    case 'succeeded':
      return toSuccess(data, account);
    case 'failed':
      return { kind: 'failed', failure: toFailure(data, label, context) };
    case 'unknown':
      return { kind: 'running', unknownStatus: data.state };
    default:
      return meaning satisfies never;
  }
}

function toSuccess({ resultUrls, creditsConsumed }: WireTask, account: MarketAccount): JobProgress {
  const cost = priceOfCredits(creditsConsumed ?? Number.NaN, account.microUsdPerCredit);
  return {
    kind: 'succeeded',
    outputs: resultUrls.map((url) => ({ url })),
    ...(cost >= 0 && Number.isSafeInteger(cost) ? { reportedCostMicroUsd: cost } : {}),
  };
}

/** That a failed job costs nothing is an assumption, unless the answer says that credits were taken. */
function toFailure(
  { failCode, failMsg, creditsConsumed = 0, prompt }: WireTask,
  label: string,
  { apiKey }: ProviderContext,
): Failure {
  const reason = toShownReason(failMsg ?? 'no reason given', [apiKey, prompt]);
  return {
    code: failureCodeOfJob(reason),
    message: `${label} failed the job: ${reason}`,
    charged: creditsConsumed > 0 ? 'unknown' : 'no',
    ...(failCode === undefined ? {} : { providerCode: failCode }),
  };
}
