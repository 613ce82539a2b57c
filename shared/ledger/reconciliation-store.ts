import * as z from 'zod';
import { secondsAfter } from '../clock.ts';
import { fromUsd } from '../domain/money.ts';
import { fromVideoId } from '../ids.ts';
import type { MediaStore } from '../storage/media-store.ts';
import type { Balance } from './reconcile-balances.ts';
import type { ReconciliationReport } from './reconciliation-report.ts';

/** What a reconciliation needs to know of the one before it. */
export interface PreviousReconciliation {
  readonly at: string;
  /** By provider. */
  readonly balances: ReadonlyMap<string, Balance>;
  /** The tasks of which it could not tell the end yet: they kept their holds, or a late job was looked into. */
  readonly openTaskIds: readonly string[];
}

/** After so many days without a report the next one starts anew. */
const searchedDays = 40;
const maxReportBytes = 100 * 1024 * 1024;

/** Where the report of a UTC day such as `2026-11-21` lies. */
export function reportKey(day: string): string {
  return `reports/reconciliation/${day}.json`;
}

/** Replaces the report of the same UTC day: that one covers the same time and less. */
export async function storeReport(
  report: ReconciliationReport,
  media: Pick<MediaStore, 'putObject'>,
): Promise<string> {
  const key = reportKey(report.at.slice(0, 10));
  await media.putObject(key, `${JSON.stringify(report, undefined, 2)}\n`, 'application/json');
  return key;
}

/**
 * The newest report of an earlier UTC day. So a second run on a day begins where the first did, and loses nothing of
 * what the first had found. One that cannot be read counts as missing, which `since` shows.
 */
export async function findPreviousReport(
  now: Date,
  media: Pick<MediaStore, 'getBytes'>,
): Promise<PreviousReconciliation | undefined> {
  for (let days = 1; days <= searchedDays; days += 1) {
    const key = reportKey(secondsAfter(now, -days * 86_400).slice(0, 10));
    const bytes = await media.getBytes(key, { maxBytes: maxReportBytes });
    const previous = bytes === undefined ? undefined : parseReport(bytes);
    if (previous !== undefined) return previous;
  }
  return undefined;
}

/** Of a balance, which may be negative; as it was written, so nothing is rounded. */
const amountSchema = z
  .string()
  .regex(/^-?\d{1,9}\.\d{2,6}$/)
  .transform((text) => (text.startsWith('-') ? -fromUsd(text.slice(1)) : fromUsd(text)));

const reportSchema = z.object({
  at: z.iso.datetime(),
  unknown: z.array(z.object({ video: z.string() })).default([]),
  /** Not in reports of the first versions. */
  pending: z.array(z.string()).default([]),
  cost_without_task: z.object({
    balances: z.array(
      z.object({
        provider: z.string(),
        now: z.object({ amount: amountSchema, at: z.iso.datetime() }),
      }),
    ),
  }),
});

function parseReport(bytes: Uint8Array): PreviousReconciliation | undefined {
  const { data } = reportSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (data === undefined) return undefined;
  const balances = data.cost_without_task.balances.map(
    ({ provider, now }) => [provider, { microUsd: now.amount, at: now.at }] as const,
  );
  const videos = [...data.unknown.map(({ video }) => video), ...data.pending];
  const openTaskIds = videos.flatMap((video) => fromVideoId(video) ?? []);
  return { at: data.at, balances: new Map(balances), openTaskIds };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
