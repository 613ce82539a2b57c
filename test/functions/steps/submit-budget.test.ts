import { describe, expect, it, onTestFinished } from 'vitest';
import type { Budget } from '../../../shared/domain/budget.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import {
  aCloudswayJob,
  aPiapiTask,
  providersAsked,
  type Steps,
  startSteps,
  submitUntilDecided,
} from '../../support/steps.ts';

const [piapiPrice, cloudswayPrice] = [200_000, 250_000];
const broke = { status: 402, body: { code: 402, message: 'insufficient credit' } };

async function start(budget: Budget, variables: Record<string, string> = {}): Promise<Steps> {
  const steps = await startSteps(variables);
  onTestFinished(() => steps.close());
  await steps.accounts.createAccount('acme', steps.clock.now(), budget);
  return steps;
}
const submit = (steps: Steps, task: Task) => submitUntilDecided(task, steps.submitContext);
const committed = async (steps: Steps) => (await readMonth(steps, 'acme')).committedMicroUsd;
const read = ({ tasks }: Steps, { id }: Task) => tasks.getTask(id);

describe('an order whose provider turned it down, with another one that is dearer', () => {
  it('goes there when the budget has room for exactly the difference', async () => {
    const steps = await start({ monthlyMicroUsd: cloudswayPrice });
    const task = await placeTestOrder(steps);
    steps.upstream.reply(broke, aCloudswayJob());

    expect(await submit(steps, task)).toMatchObject({ decision: 'await' });
    expect(await committed(steps)).toBe(cloudswayPrice);
  });

  it('fails for want of budget before anything is sent, and says which', async () => {
    const steps = await start({ dailyMicroUsd: cloudswayPrice - 1 });
    const task = await placeTestOrder(steps);
    steps.upstream.reply(broke);

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });

    expect(providersAsked(steps)).toEqual(['piapi']);
    const message = expect.stringMatching(/costs 0\.05 USD more.*account's daily budget for 2026-03-02/);
    expect((await read(steps, task))?.failure).toEqual({ code: 'budget_exceeded', message, charged: 'no' });
    expect(await committed(steps)).toBe(piapiPrice);
  });

  it('fails by the last reason when no offer was left that a budget kept it from', async () => {
    const steps = await start({ dailyMicroUsd: piapiPrice });
    const task = await placeTestOrder(steps, { request: { providers: ['piapi'] } });
    steps.upstream.reply(broke);

    expect(await submit(steps, task)).toEqual({ decision: 'settle' });
    expect((await read(steps, task))?.failure).toMatchObject({ code: 'provider_balance' });
  });

  it('goes past it to a cheaper one that was named later', async () => {
    const steps = await start({ dailyMicroUsd: piapiPrice });
    await steps.context.credentials.putApiKey('haiper', 'haiper-key');
    const task = await placeTestOrder(steps, {
      offer: { provider: 'haiper' },
      request: { providers: ['haiper', 'cloudsway', 'piapi'] },
    });
    const providers = new Map([...steps.context.providers].filter(([name]) => name !== 'haiper'));
    steps.upstream.reply(aPiapiTask());

    const decision = await submitUntilDecided(task, { ...steps.submitContext, providers });

    expect(decision).toMatchObject({ decision: 'await' });
    expect(providersAsked(steps)).toEqual(['piapi']);
  });
});

describe('an order that could start sooner at a dearer provider', () => {
  it('waits for its own when the budget has no room for that', async () => {
    const steps = await start({ monthlyMicroUsd: 2 * piapiPrice }, { PIAPI_LIMITS: '{"concurrent": 1}' });
    const [first, second] = [await placeTestOrder(steps), await placeTestOrder(steps)];
    steps.upstream.reply(aPiapiTask());
    await submit(steps, first);

    expect(await submit(steps, second)).toMatchObject({ decision: 'queue' });

    expect(providersAsked(steps)).toEqual(['piapi']);
    expect(await committed(steps)).toBe(2 * piapiPrice);
  });
});
