import { beforeEach, describe, expect, it } from 'vitest';
import { type RoutesOnClock, startRoutesOnClock } from '../../support/routes-on-clock.ts';
import { wayThrough } from './ways-in.ts';

let routes: RoutesOnClock;
beforeEach(async () => {
  routes = await startRoutesOnClock();
  return () => routes.close();
});

const withNothing = (word: 'message' | 'msg') => (message: string) => ({
  code: 429,
  [word]: message,
  data: null,
});
const ofTheHost = (message: string) => ({ code: '429', message });

/** What each dialect says of too many requests, besides HTTP 429. */
const refusals: Readonly<Record<string, (message: string) => object>> = {
  piapi: withNothing('message'),
  cloudsway: ofTheHost,
  haiper: ofTheHost,
  apixo: withNothing('message'),
  kie: (message) => ({ code: 1005, message: `Rate limit exceeded: ${message}`, data: null }),
  apikley: withNothing('msg'),
  'kie-market': withNothing('msg'),
};

const doors = Object.entries(refusals).map(([dialect, refusal]) => {
  const { path, order: json, look } = wayThrough(dialect);
  return {
    dialect,
    terms: { requestsPerMinute: 1, ...(dialect === 'kie-market' && { door: 'kie' }) },
    look: { path: look('unknown') },
    order: { method: 'POST', path, json },
    refusal,
  };
});

describe.each(doors)(
  'a key with a limit of requests at the door of $dialect',
  ({ terms, look, order, refusal }) => {
    it('is told on a refusal what is left, and is refused in the dialect once it made them all', async () => {
      const { text: key } = await routes.newKey(terms);

      const first = await routes.call(key, look);
      const second = await routes.call(key, order);

      expect(first).toMatchObject({
        status: 404,
        headers: { 'ratelimit-policy': '"minute";q=1;w=60', ratelimit: '"minute";r=0;t=22' },
      });
      expect(second.status).toBe(429);
      expect(second.headers).toMatchObject({
        'ratelimit-policy': '"minute";q=1;w=60',
        ratelimit: '"minute";r=0;t=22',
        'retry-after': '22',
        'x-should-retry': 'true',
      });
      const message = 'The API key may make one request a minute, and did; try again in 22 s';
      expect(second.body).toEqual(refusal(message));
      expect(routes.started).toEqual([]);
    });

    it('orders anew when the minute has turned', async () => {
      const { text: key } = await routes.newKey(terms);
      await routes.call(key, look);
      routes.clock.advance(21.5);

      const answer = await routes.call(key, order);

      expect(answer).toMatchObject({ status: 200, headers: { ratelimit: '"minute";r=0;t=60' } });
      expect(routes.started).toHaveLength(1);
    });
  },
);
