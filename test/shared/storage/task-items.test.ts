import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../shared/routing/quote.ts';
import {
  fromRequestItem,
  fromTaskItem,
  toRequestItem,
  toTaskItem,
} from '../../../shared/storage/task-items.ts';
import { anOffer, anOrder } from '../../support/orders.ts';

const { task, request } = anOrder();

describe('a row of the first version', () => {
  it('is read with what its attempts bought: what the task buys, for what it holds', () => {
    const attempt = { number: 1, provider: 'piapi', claimedAt: task.createdAt, claimId: 'claim-1' };
    const { size: _later, ...row } = unmarshall(toTaskItem(task));

    const { attempts, size } = fromTaskItem(marshall({ ...row, attempts: [attempt] }));

    expect(attempts).toEqual([{ ...attempt, nativeModel: 't2v-01', priceMicroUsd: 200_000 }]);
    expect(size).toBeUndefined();
  });

  it('is still kept to the provider that its request names as text', () => {
    const item = toRequestItem(task.id, request);
    const old = { ...unmarshall(item), request: { ...request, provider: 'piapi' } };
    const offers = [anOffer({ provider: 'cloudsway' }), anOffer()];

    const read = fromRequestItem(marshall(old));

    expect(read).toEqual({ ...request, providers: ['piapi'] });
    expect(quote(read, offers).offers.map(({ offer }) => offer.provider)).toEqual(['piapi']);
  });
});

it('reads a row of today as it was written', () => {
  const attempt = {
    number: 1,
    provider: 'kie',
    nativeModel: 'other',
    priceMicroUsd: 1,
    claimedAt: task.createdAt,
    claimId: 'claim-1',
  };
  const full = { ...request, providers: ['kie', 'piapi'] };

  expect(fromTaskItem(toTaskItem({ ...task, attempts: [attempt] }))).toEqual({
    ...task,
    attempts: [attempt],
  });
  expect(fromRequestItem(toRequestItem(task.id, full))).toEqual(full);
});
