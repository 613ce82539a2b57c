import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toVideoId } from '../../../shared/ids.ts';
import { dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { idSchema, type WayIn, ways } from './ways-in.ts';

const doors = loadDoors({});

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const headersOf = (way: string) =>
  way === 'kie-market' ? { authorization: `Bearer ${api.keys.kieMarket}` } : {};

function idFor(way: string, taskId: string): string {
  const door = doors.find((candidate) => dialectOf(candidate) === way);
  return door?.ids.toText(taskId) ?? toVideoId(taskId);
}

async function orderThrough(way: string, { path, order }: WayIn): Promise<string> {
  const { body } = await api.call({ method: 'POST', path, json: order, headers: headersOf(way) });
  return idSchema.parse(body);
}

describe.each(Object.entries(ways))('a task that was ordered through %s', (maker, wayIn) => {
  it('is read through every other by the id that its maker got, each in its own form', async () => {
    const id = await orderThrough(maker, wayIn);
    const taskId = readAnyId(id) ?? '';

    expect(id).toBe(idFor(maker, taskId));
    for (const [reader, { look, showsId = true }] of Object.entries(ways)) {
      const { status, body } = await api.call({ path: look(id), headers: headersOf(reader) });
      expect([reader, status]).toEqual([reader, 200]);
      if (showsId) expect(idSchema.parse(body)).toBe(idFor(reader, taskId));
    }
  });
});

describe('the table of ways', () => {
  it('has every door', () => {
    expect(Object.keys(ways).sort()).toEqual(['conch', ...doors.map(dialectOf)].sort());
  });
});
