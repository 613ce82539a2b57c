import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Environment } from '../config.ts';
import type { CancelOutcome, Job, JobProgress, SubmitOutcome } from '../domain/job-progress.ts';
import type { Offer, ProviderLimits } from '../domain/offer.ts';
import type { Operation, Resolution } from '../domain/video-request.ts';
import { sendingCompleteOrders } from './complete-orders.ts';
import type { UpstreamHttp } from './upstream-http.ts';

/** An order as an adapter sees it: explicit, with images as URLs that the provider can fetch now. */
export interface JobRequest {
  readonly nativeModel: string;
  readonly operation: Operation;
  /** Of the video, or what an extension adds; absent as in the variant that was bought. */
  readonly seconds?: number;
  readonly resolution?: Resolution;
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly promptOptimizer?: boolean;
  readonly seed?: number;
  /** As `W:H`. */
  readonly aspectRatio?: string;
  readonly guidanceScale?: number;
  readonly firstFrameImageUrl?: string;
  readonly lastFrameImageUrl?: string;
  readonly subjectImageUrl?: string;
  readonly sourceVideoUrl?: string;
}

/** All that reaches an adapter. */
export interface ProviderContext {
  readonly apiKey: string;
  readonly http: UpstreamHttp;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Where and with which proof the provider shall call back. */
export interface CallbackTarget {
  readonly url: string;
  /** What the provider shall send back in its own proof header. */
  readonly proof: string;
}

/** An inbound callback; header names are lower case. */
export interface CallbackMessage {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What a callback claims. Never a truth: it decides only whether to look now. */
export type CallbackClaim =
  | { readonly kind: 'terminal'; readonly jobId?: string }
  | { readonly kind: 'not_terminal'; readonly jobId?: string }
  | { readonly kind: 'bad_proof' }
  /** The provider asks whether somebody listens here: this is to be answered as JSON. */
  | { readonly kind: 'challenge'; readonly answer: Readonly<Record<string, unknown>> };

/** What is left on the account at a provider. */
export type BalanceReading =
  | { readonly kind: 'read'; readonly microUsd: number }
  | { readonly kind: 'unreadable'; readonly message: string };

/** Pure translation between the canonical words and one provider's API. */
export interface Provider {
  readonly name: string;
  /** Origin and path prefix of every request; results from the same origin are trusted. */
  readonly baseUrl: string;
  readonly offers: readonly Offer[];
  /** Of the account, unless `<NAME>_LIMITS` says otherwise. */
  readonly limits: ProviderLimits;
  /** Sends one create request. Never throws for what the provider or the network does. */
  submit(request: JobRequest, context: ProviderContext, callback?: CallbackTarget): Promise<SubmitOutcome>;
  /** Reads the state of a job. Never throws for what the provider or the network does. */
  check(job: Job, context: ProviderContext): Promise<JobProgress>;
  /** Present where the provider calls back. */
  readonly verifyCallback?: (message: CallbackMessage, proof: string) => CallbackClaim;
  /** Present where the provider may cancel a job. Asking twice is harmless. Never throws. */
  readonly cancel?: (job: Job, context: ProviderContext) => Promise<CancelOutcome>;
  /** Present where the provider has an endpoint for it. Never throws. */
  readonly balance?: (context: ProviderContext) => Promise<BalanceReading>;
}

/** A provider before its settings are known: one folder of `shared/providers`, one line of the registry. */
export interface ProviderDefinition {
  readonly name: string;
  /** The environment variables it reads, `<NAME>_BASE_URL` for example. */
  readonly settingNames: readonly string[];
  /** Parses its settings; throws one error that names each wrong variable. */
  load(variables: Environment): Provider;
}

interface ProviderBlueprint<Shape extends z.ZodRawShape> {
  readonly name: string;
  /** Settings by camelCase name: `baseUrl` is read from `<NAME>_BASE_URL`. Inputs are strings. */
  readonly settings: Shape;
  create(settings: z.output<z.ZodObject<Shape>>): Provider;
}

export function defineProvider<Shape extends z.ZodRawShape>(
  blueprint: ProviderBlueprint<Shape>,
): ProviderDefinition {
  return {
    name: blueprint.name,
    settingNames: Object.keys(blueprint.settings).map((setting) => toVariable(blueprint.name, setting)),
    load: (environment) =>
      sendingCompleteOrders(blueprint.create(parseSettings(blueprint.name, blueprint.settings, environment))),
  };
}

/** The settings of a provider by camelCase name; throws one error that names each wrong variable. */
export function parseSettings<Shape extends z.ZodRawShape>(
  provider: string,
  shape: Shape,
  environment: Environment,
): z.output<z.ZodObject<Shape>> {
  const given = Object.keys(shape).map((setting) => [setting, environment[toVariable(provider, setting)]]);
  const parsed = z.object(shape).safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `${toVariable(provider, String(issue.path[0]))}: ${issue.message}`,
  );
  throw new Error(`The settings of ${provider} are wrong. ${faults.join('; ')}`);
}

function toVariable(provider: string, setting: string): string {
  return `${provider}_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}
