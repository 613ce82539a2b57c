import type * as z from 'zod';
import type { FailureCode } from '../domain/job-progress.ts';
import type { ImageLimits } from '../domain/offer.ts';
import type { DoorWarning, Operation, Resolution } from '../domain/video-request.ts';
import type { IdForm } from './id-forms.ts';

/** A request whose path was understood. */
export interface DoorRequest {
  /** Variables of the path and the query by name; blank ones are absent. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a client orders through a door, in the words of our own API. */
export interface DoorOrder {
  /** As in the body of `POST /v1/videos`; undefined ones are left out. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The dialect's own name of the model: it counts before `fields.model` wherever an enabled provider has it. */
  readonly nativeModel?: string | undefined;
  /** The client's names of those fields, for refusals: `{first_frame_image: 'input.image_url'}`. */
  readonly names: Readonly<Record<string, string>>;
  /** Where the client wants to be called back, and with which secret where its dialect has one. */
  readonly callback?: { readonly url: string; readonly secret?: string } | undefined;
  /** The id, in the form of any API, of the task whose video the order starts from. */
  readonly sourceTaskId?: string | undefined;
  /** How closely a video keeps to its prompt; our own API has no field for it. */
  readonly guidanceScale?: number | undefined;
  /** What it says and nothing can follow; in the client's words and in ASCII, for a header. */
  readonly warnings?: readonly DoorWarning[] | undefined;
  /** What the door wants back to show the order as it was written; JSON under 16 KB, without images in base64. */
  readonly echo: unknown;
}

/** A canonical order as a door shows it, where another way than this door took it in. */
export interface DoorSource {
  readonly operation: Operation;
  readonly model: string;
  /** Of the offer that is bought; means something only where this door's own provider sells it. */
  readonly nativeModel: string;
  readonly provider: string;
  readonly prompt?: string | undefined;
  readonly negativePrompt?: string | undefined;
  readonly seconds?: number | undefined;
  readonly resolution?: Resolution | undefined;
  readonly aspectRatio?: string | undefined;
  readonly seed?: number | undefined;
  readonly promptOptimizer?: boolean | undefined;
  /** Where the customer gave a link; what lies in the bucket is not shown. */
  readonly imageUrl?: string | undefined;
  /** Of the last frame, where it has a first one too. */
  readonly lastImageUrl?: string | undefined;
}

export type DoorStatus = 'queued' | 'running' | 'succeeded' | 'failed';

export function isEnded(status: DoorStatus): boolean {
  return status === 'succeeded' || status === 'failed';
}

/** A task as a door shows it, in no dialect yet. Times are ISO 8601 in UTC. */
export interface DoorView {
  /** In the door's own form. */
  readonly id: string;
  readonly status: DoorStatus;
  /** As the door took the order in; absent for an order that came another way. */
  readonly echo?: unknown;
  readonly source: DoorSource;
  readonly acceptedAt: string;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** 0 to 100. */
  readonly progress: number;
  /** Present once it has succeeded, until it is deleted or expires. */
  readonly video?: DoorVideo | undefined;
  readonly failure?: { readonly code: FailureCode; readonly message: string } | undefined;
  readonly priceMicroUsd: number;
  readonly chargeMicroUsd?: number | undefined;
  readonly callback?: { readonly url: string; readonly secret?: string | undefined } | undefined;
}

/** The keyless link to a video and what it is. */
export interface DoorVideo {
  readonly url: string;
  readonly expiresAt: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly seconds?: number | undefined;
}

/** Why a request is refused, before a dialect has put it into its words. */
export interface DoorError {
  readonly kind:
    | 'malformed'
    | 'prompt'
    | 'image'
    | 'parameter'
    | 'unauthorized'
    | 'no_budget'
    | 'not_found'
    | 'wrong_method'
    | 'conflict'
    | 'too_large'
    | 'rate_limited'
    | 'unavailable'
    | 'internal';
  readonly message: string;
  /** In the client's own words. */
  readonly param?: string | undefined;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: object;
}

interface RoutePlace {
  readonly method: 'GET' | 'POST';
  /** With variables in braces: `/api/v1/task/{task_id}`. */
  readonly path: string;
}

export type DoorRoute =
  | (RoutePlace & {
      readonly kind: 'order';
      /** Absent for a path that this account has not, which is answered as unknown. */
      schema(request: DoorRequest): z.ZodType<DoorOrder> | undefined;
      answer(view: DoorView): object;
    })
  | (RoutePlace & {
      readonly kind: 'look';
      /** Whether this account has the path; absent where it has them all. */
      isServed?(request: DoorRequest): boolean;
      /** The text of the id. */
      id(request: DoorRequest): string | undefined;
      /** Absent when there is nothing to show there: it is answered as unknown. */
      answer(view: DoorView, request: DoorRequest): object | undefined;
    })
  | (RoutePlace & {
      /** Answers a link to a video with a link to it. */
      readonly kind: 'link';
      /** Reads the URL. */
      readonly schema: z.ZodType<string>;
      answer(url: string): object;
    })
  | (RoutePlace & { readonly kind: 'balance'; answer(leftMicroUsd: number): object });

/** One provider's API as we serve it: pure translation between its wire and our words. */
export interface Door {
  readonly provider: string;
  /** Tells it from the provider's other API, where it has two. */
  readonly dialect?: string;
  readonly ids: IdForm;
  readonly routes: readonly DoorRoute[];
  /** What the dialect's document demands of every image, whoever serves the order; absent where it demands nothing. */
  readonly imageLimits?: ImageLimits;
  errorAnswer(error: DoorError): DoorAnswer;
  /** Present where the dialect calls back: the message about a task that ended. */
  readonly callbackMessage?: (view: DoorView, sentAt: Date) => DoorCallback;
}

/** The name by which an order says which API it came through, and a webhook in whose words it is told. */
export function dialectOf({ provider, dialect = provider }: DialectNames): string {
  return dialect;
}

interface DialectNames {
  readonly provider: string;
  readonly dialect?: string | undefined;
}

interface DoorCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}
