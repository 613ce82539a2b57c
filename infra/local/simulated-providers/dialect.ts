import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod';
import type { Job, JobStatus } from './job.ts';

/** What the engine needs to know of an order, whatever the dialect calls it. */
export interface Order {
  /** Empty when there is none. */
  readonly prompt: string;
  /** https, http or data URL; gives the video its shape. */
  readonly firstFrameImage?: string;
  readonly lastFrameImage?: string;
  readonly subjectImage?: string;
  readonly sourceVideo?: string;
  /** How long the video shall be; 6 where the dialect does not say. */
  readonly seconds?: number;
  readonly callback?: { readonly url: string; readonly proof: string };
}

/** A job as it shall be shown now. */
export interface JobView {
  readonly job: Job;
  readonly status: JobStatus;
  /** A status word to show instead of the right one. */
  readonly unknownStatus?: string;
  /** Present once the job has succeeded. */
  readonly videoUrl?: string;
  /** A job that was canceled has failed. */
  readonly isCanceled?: boolean;
}

/** Which job a path speaks of. */
interface JobAddress {
  readonly route: string;
  readonly jobId: string;
}

export interface LookRoute {
  readonly shows: 'status' | 'url' | 'status_and_url';
  /** Absent when the URL is another route's. */
  match(url: URL): JobAddress | undefined;
  /** Absent when there is nothing to show at this URL yet. */
  body(view: JobView, url: URL): unknown;
}

export interface CancelRoute {
  /** Absent when the URL is another route's. */
  match(url: URL): JobAddress | undefined;
  body(job: Job): unknown;
  /** What a job is told that has begun or is over. */
  readonly refusal: string;
}

/** One provider's API: pure translation between the engine's words and its JSON. */
export interface Dialect {
  readonly name: string;
  newJobId(route: string): string;
  presentedKey(headers: IncomingHttpHeaders): string | undefined;
  /** The route is known as soon as the path was understood. */
  errorBody(status: number, message: string, route?: string): unknown;
  /** The status that an error is answered with, where that is not the error's own. */
  errorStatus?(status: number): number;
  readonly refusals: {
    readonly wrongKey: string;
    readonly notFound: string;
    /** For what the prompt says. */
    readonly moderated: string;
  };
  /** The route in the path of a create request; absent when the path is another's. */
  matchCreate(url: URL): string | undefined;
  /** What the document says about the body of an order to this URL; its output is the order. */
  orderSchema(route: string, url: URL): z.ZodType<Order>;
  createdBody(view: JobView): unknown;
  readonly looks: readonly LookRoute[];
  /** Present where a job that has not begun can be canceled, by DELETE. */
  readonly cancel?: CancelRoute;
  /** Present where the provider tells what is left on the account: always the same, whatever was ordered. */
  readonly balance?: { match(url: URL): boolean; body(): unknown };
  /** Present where the provider calls back. */
  readonly callbackMessage?: (view: JobView, proof: string, sentAt: Date) => CallbackContent;
  /** Present where a callback URL must send a message back before its order is taken. */
  readonly challenge?: { readonly withinSeconds: number; message(): unknown };
  /** What an image may be, where that is not only JPEG and PNG. */
  readonly imageTypes?: readonly ImageType[];
}

export type ImageType = 'jpg' | 'png' | 'webp';

export interface CallbackContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
