import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { fromUsd } from '../../shared/domain/money.ts';
import { loadProviders } from '../../shared/providers/registry.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { inProcessAccount } from '../support/in-process-gateway.ts';
import { openPainGateway, type PainGateway } from './pain-gateway.ts';
import { pains } from './pains.ts';

let gateway: PainGateway;
beforeAll(async () => {
  gateway = await openPainGateway();
});
afterAll(() => gateway.close());

const byCallback = { model: 'hailuo-01', provider: 'piapi' };
const offers = [...loadProviders({}, []).values()].flatMap((provider) => provider.offers);

function setMonthlyBudget(monthly: number | 'none') {
  const tableName = requireOutput(gateway.stack, 'AccountsTable');
  const accounts = createAccountStore({ client: gateway.clients.dynamodb, tableName });
  return accounts.changeAccount(inProcessAccount, { monthly });
}

const quoteSchema = z.object({
  offers: z.array(z.object({ provider: z.string(), price: z.string() })),
});

describe('charged for nothing, refunded wrong', () => {
  it(`${pains[6]}: its hold is released`, async () => {
    gateway.breakProvider('piapi', { kind: 'fail', promptIncludes: 'pain 6' });
    const before = await gateway.readMonth();
    const task = await gateway.orderToEnd({ ...byCallback, prompt: 'pain 6' });
    expect(task).toMatchObject({ state: 'failed', chargeMicroUsd: 0 });
    expect(await gateway.readMonth()).toEqual(before);
  });

  it(`${pains[7]}: the counters come back to where they were, and no further`, async () => {
    gateway.breakProvider(
      'piapi',
      { kind: 'fail', promptIncludes: 'pain 7' },
      { kind: 'duplicate_callback', promptIncludes: 'pain 7' },
    );
    const before = await gateway.readMonth();
    const id = await gateway.order({ ...byCallback, prompt: 'pain 7' });
    gateway.clock.schedule(
      new Date(gateway.clock.now().getTime() + 180_000),
      () => void gateway.kill(id, true),
    );
    gateway.sweepUntilDone();
    await gateway.runToEnd();
    expect(await gateway.readTask(id)).toMatchObject({ state: 'failed', chargeMicroUsd: 0 });
    expect(await gateway.readMonth()).toEqual(before);
  });

  it(`${pains[8]}: a budget for one video buys one again after the first has failed`, async () => {
    gateway.breakProvider('piapi', { kind: 'fail', promptIncludes: 'pain 8, first', times: 1 });
    const { spentMicroUsd, committedMicroUsd } = await gateway.readMonth();
    await setMonthlyBudget(spentMicroUsd + committedMicroUsd + 200_000);
    await gateway.orderToEnd({ ...byCallback, prompt: 'pain 8, first' });
    const second = await gateway.orderToEnd({ ...byCallback, prompt: 'pain 8, second' });
    const third = await gateway.tryOrder({ ...byCallback, prompt: 'pain 8, third' });
    await setMonthlyBudget('none');
    expect(second.state).toBe('completed');
    expect(third.status).toBe(402);
  });

  it(`${pains[9]}: a dearer provider is tried only if the budget holds its price, too`, async () => {
    gateway.breakProvider('piapi', { kind: 'create_error', status: 402, promptIncludes: 'pain 9' });
    const { spentMicroUsd, committedMicroUsd } = await gateway.readMonth();
    await setMonthlyBudget(spentMicroUsd + committedMicroUsd + 200_000);
    const task = await gateway.orderToEnd({
      model: 'hailuo-01',
      provider: 'piapi,cloudsway',
      prompt: 'pain 9',
    });
    await setMonthlyBudget('none');
    expect(task).toMatchObject({ state: 'failed', chargeMicroUsd: 0 });
    expect(task.attempts.map(({ provider }) => provider)).toEqual(['piapi']);
    expect((await gateway.readMonth()).committedMicroUsd).toBe(committedMicroUsd);
  });

  it(`${pains[10]}: the order says what is held, sent and charged`, async () => {
    const task = await gateway.orderToEnd({ model: 'hailuo-2.3', provider: 'piapi', prompt: 'pain 10' });
    const [job] =
      gateway.simulated
        .get('piapi')
        ?.jobs()
        .filter(({ prompt }) => prompt === 'pain 10') ?? [];
    const offer = offers.find((it) => it.provider === 'piapi' && it.nativeModel === task.nativeModel);
    const variant = offer?.variants.find(
      (it) => it.seconds === task.seconds && it.resolution === task.resolution,
    );
    expect(task.seconds).toBeDefined();
    expect(JSON.stringify(job)).toContain(`"duration":${task.seconds}`);
    expect(task.chargeMicroUsd).toBe(variant?.priceMicroUsd);
  });

  it(`${pains[11]}: nothing in the catalogue is free`, () => {
    const prices = offers.flatMap(({ variants }) => variants.map(({ priceMicroUsd }) => priceMicroUsd));
    expect(prices.length).toBeGreaterThan(20);
    expect(Math.min(...prices)).toBeGreaterThan(0);
  });

  it(`${pains[12]}: the quote of ten seconds is the catalogue's price of ten seconds`, async () => {
    const json = {
      model: 'hailuo-2.3',
      provider: 'piapi',
      prompt: 'pain 12',
      seconds: 10,
      resolution: '768P',
    };
    const { body } = await gateway.call({ method: 'POST', path: '/v1/videos/quote', json });
    const { offers: quoted } = quoteSchema.parse(body);
    const offer = offers.find(({ provider, model }) => provider === 'piapi' && model === 'hailuo-2.3');
    const variant = offer?.variants.find(({ seconds }) => seconds === 10);
    const task = await gateway.orderToEnd(json);
    expect(quoted.map(({ price }) => fromUsd(price))).toEqual([variant?.priceMicroUsd]);
    expect(task.chargeMicroUsd).toBe(variant?.priceMicroUsd);
  });

  it(`${pains[13]}: max_cost_usd refuses what costs more, before anything is sent`, async () => {
    const json = { ...byCallback, prompt: 'pain 13', max_cost_usd: '0.19' };
    const { status, body } = await gateway.tryOrder(json);
    expect(status).toBe(422);
    expect(body).toMatchObject({ error: { param: 'max_cost_usd' } });
    expect(gateway.countJobs('pain 13')).toBe(0);
  });

  it(`${pains[14]}: charged, held and unknown add up to every order`, async () => {
    const usage = async () => {
      const { body } = await gateway.call({ path: '/v1/usage?from=2026-03-01&to=2026-03-31' });
      const amounts = z.object({
        charged: z.string(),
        held: z.string(),
        unknown: z.string(),
        tasks: z.number(),
      });
      const { charged, held, unknown, tasks } = z.object({ total: amounts }).parse(body).total;
      return { charged: fromUsd(charged), held: fromUsd(held), unknown: fromUsd(unknown), tasks };
    };
    gateway.breakProvider('cloudsway', { kind: 'drop_after_accepting', promptIncludes: 'pain 14' });
    const before = await usage();
    await gateway.orderToEnd({ ...byCallback, prompt: 'pain 14' });
    await gateway.orderToEnd({ model: 'hailuo-01', provider: 'cloudsway', prompt: 'pain 14' });
    await gateway.order({ ...byCallback, prompt: 'pain 14' });
    const after = await usage();
    await gateway.runToEnd();
    expect({
      charged: after.charged - before.charged,
      held: after.held - before.held,
      unknown: after.unknown - before.unknown,
      tasks: after.tasks - before.tasks,
    }).toEqual({ charged: 200_000, held: 200_000, unknown: 250_000, tasks: 3 });
  });
});
