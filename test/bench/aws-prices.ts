/** USD in us-east-1, November 2026, on demand and without free tiers: the only place of AWS's prices. */
const awsPrices = {
  stateTransitions: 25e-6,
  lambdaRequests: 0.2e-6,
  /** arm64. */
  lambdaGigabyteSeconds: 1.33334e-5,
  dynamoDbWriteUnits: 0.625e-6,
  dynamoDbReadUnits: 0.125e-6,
  /** A PUT or a part; what a task makes of others is priced like it. */
  s3Requests: 5e-6,
  httpApiRequests: 1e-6,
  logGigabytes: 0.5,
} as const;

type Resource = keyof typeof awsPrices;

/** How much of each resource was used. */
export type Usage = Readonly<Record<Resource, number>>;

export interface Cost {
  readonly lines: readonly { readonly resource: string; readonly amount: number; readonly usd: number }[];
  readonly totalUsd: number;
}

export const noUsage: Usage = {
  stateTransitions: 0,
  lambdaRequests: 0,
  lambdaGigabyteSeconds: 0,
  dynamoDbWriteUnits: 0,
  dynamoDbReadUnits: 0,
  s3Requests: 0,
  httpApiRequests: 0,
  logGigabytes: 0,
};

export function costOf(usage: Usage): Cost {
  const prices: Readonly<Record<string, number>> = awsPrices;
  const lines = Object.entries(usage).map(([resource, amount]) => ({
    resource,
    amount,
    usd: amount * (prices[resource] ?? Number.NaN),
  }));
  return { lines, totalUsd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}
