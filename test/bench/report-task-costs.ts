import { costOf, type Usage } from './aws-prices.ts';
import { formatTable, formatTarget } from './format-table.ts';
import { runChild } from './run-child.ts';
import { jobSeconds, type TaskCost, taskCostSchema } from './task-cost.ts';

const maxCallbackUsd = 0.00025;
const maxPolledUsd = 0.0008;
/** Lambda's own START, END and REPORT lines, with the 26 bytes that CloudWatch adds to each. */
const platformLogBytes = 450;
const loopSeconds = 5;

interface MeasuredTask {
  readonly cost: TaskCost;
  readonly usage: Usage;
}

/** What a 3-minute task with a 20 MB video costs on AWS, beside a loop that asks every 5 seconds. */
export async function reportTaskCosts(): Promise<string> {
  const callback = await measure('piapi');
  const polled = await measure('cloudsway');
  const loop = toLoopUsage(polled.cost);
  return [
    formatTable(`A task of ${jobSeconds} s with a 20 MB video: AWS usage and USD`, [
      ['', 'callback', 'USD', 'polled', 'USD', `${loopSeconds} s loop, waiting only`, 'USD'],
      ...toCostRows([callback.usage, polled.usage, loop]),
    ]),
    formatTable('Beside the targets', toOutcomeRows(callback, polled, loop)),
    `
Billed milliseconds of each invocation, in this process on this machine
  callback: ${describeInvocations(callback.cost)}
  polled: ${describeInvocations(polled.cost)}
${notes}`,
  ].join('\n');
}

const notes = `
  From the order's request to the settled task. Not in it: the client's own requests for state and content,
  webhooks, X-Ray samples, the sweeper's schedule, storage. Each second that a function waits for a provider
  adds $0.0000067. AWS's task tokens are longer than those of the local engine: each sleep may take two write
  units more, $0.0000013. Index entries that a transaction writes are counted twice, as its items are.`;

async function measure(provider: string): Promise<MeasuredTask> {
  const script = new URL('./task-cost-child.ts', import.meta.url);
  const { message, outputBytes } = await runChild({ script, args: [provider] });
  const cost = taskCostSchema.parse(message);
  return { cost, usage: toUsage(cost, outputBytes / cost.tasks) };
}

function toUsage(cost: TaskCost, ownLogBytes: number): Usage {
  const { invocations, memoryMegabytes } = cost;
  const requests = invocations.filter(({ name }) => name === 'Api' || name === 'Callback');
  return {
    stateTransitions: cost.stateTransitions,
    lambdaRequests: invocations.length,
    lambdaGigabyteSeconds: invocations.reduce(
      (sum, { name, milliseconds }) =>
        sum + gigabyteSeconds(milliseconds, memoryMegabytes[name] ?? Number.NaN),
      0,
    ),
    dynamoDbWriteUnits: cost.writeUnits,
    dynamoDbReadUnits: cost.readUnits,
    s3Requests: cost.s3Requests,
    httpApiRequests: requests.length,
    logKilobytes: (ownLogBytes + invocations.length * platformLogBytes) / 1024,
  };
}

function gigabyteSeconds(milliseconds: number, megabytes: number): number {
  return (Math.ceil(milliseconds) / 1000) * (megabytes / 1024);
}

/** Wait, Lambda, Choice until the job is done; a look is as long as ours. Nothing before or after it counts. */
function toLoopUsage({ invocations, memoryMegabytes }: TaskCost): Usage {
  const rounds = jobSeconds / loopSeconds;
  const looks = invocations.filter(({ name }) => name === 'CheckJob');
  const lookMs = looks.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / looks.length;
  return {
    stateTransitions: 3 * rounds,
    lambdaRequests: rounds,
    lambdaGigabyteSeconds: rounds * gigabyteSeconds(lookMs, memoryMegabytes['CheckJob'] ?? Number.NaN),
    logKilobytes: (rounds * platformLogBytes) / 1024,
  };
}

function toCostRows(usages: readonly Usage[]): string[][] {
  const costs = usages.map(costOf);
  const labels = costs[0]?.lines.map(({ label }) => label) ?? [];
  const rows = labels.map((label, row) => [
    label,
    ...costs.flatMap(({ lines }) => [formatAmount(lines[row]?.amount), formatUsd(lines[row]?.usd)]),
  ]);
  return [...rows, ['total', ...costs.flatMap(({ totalUsd }) => ['', formatUsd(totalUsd)])]];
}

function toOutcomeRows(callback: MeasuredTask, polled: MeasuredTask, loop: Usage): string[][] {
  const [callbackUsd, polledUsd, loopUsd] = [callback.usage, polled.usage, loop].map(
    (usage) => costOf(usage).totalUsd,
  );
  const { lagSeconds } = polled.cost;
  const meanLag = lagSeconds.reduce((sum, lag) => sum + lag, 0) / lagSeconds.length;
  return [
    ['callback task', formatUsd(callbackUsd), toTarget(callbackUsd, maxCallbackUsd)],
    ['polled task', formatUsd(polledUsd), toTarget(polledUsd, maxPolledUsd)],
    [`${loopSeconds} s loop, waiting only`, formatUsd(loopUsd), ''],
    ['looks of the polled task that count', String(polled.cost.looks), ''],
    ['detection lag, callback', `${Math.max(...callback.cost.lagSeconds)} s at most`, ''],
    [
      `detection lag, polled, ${lagSeconds.length} jobs`,
      `${meanLag.toFixed(1)} s mean, ${Math.max(...lagSeconds)} s at most`,
      '',
    ],
    ['detection lag, loop', `${loopSeconds / 2} s mean, ${loopSeconds} s at most`, ''],
  ];
}

function toTarget(usd = Number.NaN, limit: number): string {
  return formatTarget(`≤ $${limit}`, usd <= limit);
}

function describeInvocations({ invocations }: TaskCost): string {
  return invocations.map(({ name, milliseconds }) => `${name} ${Math.ceil(milliseconds)}`).join(', ');
}

function formatAmount(amount = Number.NaN): string {
  return Number.isInteger(amount) ? String(amount) : amount.toFixed(2);
}

function formatUsd(usd = Number.NaN): string {
  return usd.toFixed(7);
}
