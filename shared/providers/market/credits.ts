import type { BalanceReading, ProviderContext } from '../provider.ts';
import { readJobAnswer, unreadable } from '../upstream-answers.ts';
import { creditSchema, isSuccessCode } from './wire.ts';

/** An account on the market's host. */
export interface MarketAccount {
  /** The provider as messages call it. */
  readonly label: string;
  readonly baseUrl: string;
  readonly microUsdPerCredit: number;
}

/** Micro-USD of an amount of credits, rounded up. There are halves of credits: they are counted in thousandths. */
export function priceOfCredits(credits: number, microUsdPerCredit: number): number {
  const thousandths = Math.round(credits * 1000);
  return Math.ceil((thousandths * microUsdPerCredit) / 1000);
}

/** Credits that an amount is worth, to the thousandth. */
export function creditsOf(microUsd: number, microUsdPerCredit: number): number {
  return Math.round((microUsd * 1000) / microUsdPerCredit) / 1000;
}

export function authorization({ apiKey }: ProviderContext) {
  return { Authorization: `Bearer ${apiKey}` };
}

/** Reads `GET /api/v1/chat/credit`, which both dialects share. */
export async function readBalance(
  { label, baseUrl, microUsdPerCredit }: MarketAccount,
  context: ProviderContext,
): Promise<BalanceReading> {
  const { http, signal } = context;
  const url = `${baseUrl}/api/v1/chat/credit`;
  const answer = await http({ method: 'GET', url, headers: authorization(context), signal });
  const read = readJobAnswer(answer, label);
  if (read.kind === 'unreadable') return read;
  const { code = 200, data: credits } = creditSchema.safeParse(read.body).data ?? {};
  const microUsd = priceOfCredits(credits ?? Number.NaN, microUsdPerCredit);
  const isPlausible = isSuccessCode(code) && Number.isSafeInteger(microUsd);
  return isPlausible ? { kind: 'read', microUsd } : unreadable(label, `no balance, code ${code}`);
}
