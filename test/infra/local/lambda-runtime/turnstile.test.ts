import { expect, it } from 'vitest';
import { createTurnstile } from '../../../../infra/local/lambda-runtime/turnstile.ts';

/** Work that ends when it is told to. */
function aWork(name: string, begun: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = () => {
    begun.push(name);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

it('lets as many in as it has places, and the others in their order as places become free', async () => {
  const begun: string[] = [];
  const { pass } = createTurnstile(2);
  const works = ['a', 'b', 'c', 'd'].map((name) => aWork(name, begun));
  const passed = works.map(({ work }) => pass(work));
  expect(begun).toEqual(['a', 'b']);

  works[1]?.end();
  await passed[1];
  expect(begun).toEqual(['a', 'b', 'c']);
  works[0]?.end();
  await passed[0];
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

it('frees the place of work that failed, and tells its caller why', async () => {
  const begun: string[] = [];
  const { pass } = createTurnstile(1);
  const [first, second] = [aWork('a', begun), aWork('b', begun)];
  const passed = [pass(first.work), pass(second.work)];

  first.fail();
  await expect(passed[0]).rejects.toThrow('a');
  second.end();
  expect(await passed[1]).toBe('b');
});

it('lets the next one in at once when nobody is inside any more', async () => {
  const { pass } = createTurnstile(1);
  await pass(async () => 1);
  await pass(async () => 2);

  expect(await pass(async () => 3)).toBe(3);
});
