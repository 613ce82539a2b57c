import * as z from 'zod';
import type { LocalFile } from '../../infra/local/local-file.ts';
import { fromUsd } from '../../shared/domain/money.ts';

/** What became of an order, and when its job was under way. */
export interface Flight {
  readonly id: string;
  readonly status: string;
  readonly chargedMicroUsd: number;
  /** What is still held of it. */
  readonly heldMicroUsd: number;
  /** Milliseconds since 1970 at which the gateway knew of the job. */
  readonly fromMs: number;
  /** The job at its provider; empty when there is none. */
  readonly jobId: string;
}

const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      gateway: z.object({
        attempts: z.array(
          z.object({ job_id: z.string().nullable(), outcome_at: z.iso.datetime().nullable() }),
        ),
        cost: z.object({ estimated: z.string(), charged: z.string().nullable(), hold: z.string() }),
      }),
    }),
  ),
  has_more: z.boolean(),
  last_id: z.string().nullable(),
});
type ListedVideo = z.infer<typeof pageSchema>['data'][number];

/** Every video of the account as its list tells it. */
export async function listFlights({ url, apiKey }: LocalFile): Promise<readonly Flight[]> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const flights: Flight[] = [];
  let after = '';
  for (;;) {
    const answer = await fetch(`${url}/v1/videos?limit=100${after}`, { headers });
    const { data, has_more, last_id } = pageSchema.parse(await answer.json());
    flights.push(...data.map(toFlight));
    if (!has_more) return flights;
    after = `&after=${last_id}`;
  }
}

function toFlight({ id, status, gateway }: ListedVideo): Flight {
  const { job_id, outcome_at } = gateway.attempts.at(-1) ?? { job_id: null, outcome_at: null };
  const { estimated, charged, hold } = gateway.cost;
  return {
    id,
    status,
    chargedMicroUsd: fromUsd(charged ?? '0'),
    heldMicroUsd: hold === 'held' || hold === 'kept' ? fromUsd(estimated) : 0,
    fromMs: Date.parse(outcome_at ?? ''),
    jobId: job_id ?? '',
  };
}

/** How many of the spans, each from its beginning until right before its end, have a moment in common. */
export function mostAtOnce(spans: readonly { readonly fromMs: number; readonly toMs: number }[]): number {
  const steps = spans.flatMap(({ fromMs, toMs }) => [
    { at: fromMs, by: 1 },
    { at: toMs, by: -1 },
  ]);
  let [now, most] = [0, 0];
  // An end comes before a beginning at the same moment.
  for (const { by } of steps.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
