/** USD in us-east-1, November 2026, on demand and without free tiers: the only place of AWS's prices. */
const awsPrices = [
  { resource: 'stateTransitions', label: 'state transitions', usd: 25e-6 },
  { resource: 'lambdaRequests', label: 'Lambda invocations', usd: 0.2e-6 },
  { resource: 'lambdaGigabyteSeconds', label: 'Lambda GB-seconds (arm64)', usd: 1.33334e-5 },
  { resource: 'dynamoDbWriteUnits', label: 'DynamoDB write units', usd: 0.625e-6 },
  { resource: 'dynamoDbReadUnits', label: 'DynamoDB read units', usd: 0.125e-6 },
  // Of a PUT or a part, the dearest.
  { resource: 's3Requests', label: 'S3 requests', usd: 5e-6 },
  { resource: 'httpApiRequests', label: 'HTTP API requests', usd: 1e-6 },
  { resource: 'logKilobytes', label: 'log KB', usd: 0.5 / 1024 ** 2 },
] as const;

/** How much of each resource was used; what is absent was not. */
export type Usage = Readonly<Partial<Record<(typeof awsPrices)[number]['resource'], number>>>;

export interface CostLine {
  readonly label: string;
  readonly amount: number;
  readonly usd: number;
}

export function costOf(usage: Usage): { readonly lines: readonly CostLine[]; readonly totalUsd: number } {
  const lines = awsPrices.map(({ resource, label, usd }) => {
    const amount = usage[resource] ?? 0;
    return { label, amount, usd: amount * usd };
  });
  return { lines, totalUsd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}
